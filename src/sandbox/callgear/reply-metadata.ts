import type { CallgearSettings } from './callgear-options.ts';
import type { JsonValue } from './filtering/json-value.ts';
import type { Mnemonic } from './rpc-error.ts';

/** Errors that never tell limits: no account is known yet, or may be told about. */
const WITHOUT_METADATA: ReadonlySet<Mnemonic> = new Set([
  'parse_error',
  'invalid_request',
  'method_not_found',
  'batch_opreations_not_supported',
  'batch_operations_not_supported',
  'notifications_not_supported',
  'access_token_expired',
  'access_token_blocked',
  'access_token_invalid',
  'auth_error',
  'ip_not_whitelisted',
  'account_inactive',
]);

type Metadata = Readonly<Record<string, JsonValue>>;

/** Makes the `metadata` beside the data of a reply; undefined when this account sends none. */
export function replyMetadata(
  settings: CallgearSettings,
  limits: Readonly<Record<string, number>>,
  totalItems?: number,
): Metadata | undefined {
  if (settings.metadata === 'absent') return undefined;
  const told = settings.totalItems === 'overstated' ? 1 : 0;
  return {
    ...(totalItems !== undefined && settings.totalItems !== 'absent' && { total_items: totalItems + told }),
    ...(settings.hasVersionKey && { version: null }),
    ...sharedMetadata(settings, limits),
  };
}

/** Makes the `metadata` inside `error.data`; undefined for errors that have none. */
export function errorMetadata(
  settings: CallgearSettings,
  limits: Readonly<Record<string, number>>,
  mnemonic: Mnemonic,
): Metadata | undefined {
  if (settings.errorMetadata === 'never' || WITHOUT_METADATA.has(mnemonic)) return undefined;
  if (settings.errorMetadata === 'limit_exceeded only' && mnemonic !== 'limit_exceeded') return undefined;
  return sharedMetadata(settings, limits);
}

function sharedMetadata(settings: CallgearSettings, limits: Readonly<Record<string, number>>): Metadata {
  return {
    limits: settings.tellsLimits ? limits : {},
    ...(settings.isVersionDeprecated && {
      api_version: { current_version_deprecated: true, current_version: 'v2.0', latest_version: 'v3.0' },
    }),
  };
}
