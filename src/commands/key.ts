import { createHash, randomBytes } from 'node:crypto';
import { SCOPES } from '../auth/scopes.ts';
import { parseApiKeys } from '../auth/api-keys.ts';

/** `npm run key -- NAME [SCOPES]`: makes an API key, and the entry of API_KEYS that lets it in. The key itself is not stored anywhere. */
function main(name: string | undefined, scopes: string = SCOPES[0]): void {
  const key = `crmgw_${randomBytes(32).toString('base64url')}`;
  const entry = `${name ?? ''} ${scopes} sha256:${createHash('sha256').update(key).digest('hex')}`;
  const { faults } = parseApiKeys(entry);
  if (name === undefined || faults.length > 0) {
    console.error(
      `Usage: npm run key -- NAME [SCOPES]\n  NAME    who will use it: letters, digits, ".", "_", "@", "-"\n  SCOPES  ${SCOPES.join(',')}; ${SCOPES[0]} when left out`,
    );
    process.exitCode = 2;
    return;
  }
  console.log(
    `Give this key to ${name}; it is shown only now:\n  ${key}\n\nAdd this entry to API_KEYS (entries are parted by ";"):\n  ${entry}`,
  );
}

const [, , name, scopes] = process.argv;
main(name, scopes);
