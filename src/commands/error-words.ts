import { SettingsError } from '../config/settings.ts';
import { ConsentError } from '../datasources/credentials/source-connection.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { TokenFileError } from '../datasources/credentials/token-file.ts';

/** The words for what a person can mend; whatever else went wrong shows its name and code alone, since its message may quote a secret. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unexpected error.';
  const isWorded = [ConsentError, SourceError, TokenFileError, SettingsError].some((kind) => error instanceof kind);
  if (isWorded) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `Unexpected ${error.name}${code}.`;
}
