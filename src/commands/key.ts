import { createHash, randomBytes } from 'node:crypto';
import { SCOPES } from '../auth/scopes.ts';
import { parseApiKeys } from '../auth/api-keys.ts';
import { loadEnvFile } from '../platform/env-file.ts';
import { readArguments, refuseArguments } from './command-line.ts';

const USAGE = `Usage: npm run key -- NAME [SCOPE...]
Makes an API key, and the setting that lets it in.
  NAME   who will use it: letters, digits, ".", "_", "@", "-"
  SCOPE  of ${SCOPES.join(', ')}; ${SCOPES[0]} when left out`;

/** `npm run key -- NAME [SCOPE...]`: makes an API key, and the entry of API_KEYS that lets it in. The key itself is not stored anywhere. */
function main([name, ...scopes]: readonly string[]): void {
  if (name === undefined) return refuseArguments('A key needs the name of its user.', USAGE);
  const key = `crmgw_${randomBytes(32).toString('base64url')}`;
  const entry = `${name} ${scopes.join(',') || SCOPES[0]} sha256:${createHash('sha256').update(key).digest('hex')}`;
  const { faults } = parseApiKeys(entry);
  if (faults.length > 0) return refuseArguments(faults.join('\n'), USAGE);
  loadEnvFile();
  const present = process.env['API_KEYS']?.trim().replace(/;$/, '') ?? '';
  const line = `API_KEYS='${present === '' ? entry : `${present};${entry}`}'`;
  const advice =
    present === ''
      ? 'Put this line into .env, or the setting into the environment:'
      : 'Replace API_KEYS by this line, which keeps the keys of before:';
  console.log(`Give this key to ${name}; it is shown only now:\n\n${key}\n\n${advice}\n\n${line}`);
}

main(readArguments({ usage: USAGE, argumentsMax: SCOPES.length + 1 }));
