import { createHash, timingSafeEqual } from 'node:crypto';
import { isScope, SCOPES, type Scope } from './scopes.ts';

/** A key that callers may present as `Authorization: Bearer KEY`. The gateway knows only its hash. */
export interface ApiKey {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** SHA-256 of the key. */
  readonly hash: Buffer;
}

/**
 * Reads `API_KEYS`: entries parted by `;`, each `name scope,scope sha256:HEX`.
 *
 * @returns the keys, or what is wrong, by the entry's place and never by its text.
 */
export function parseApiKeys(text: string): { keys: ApiKey[]; faults: string[] } {
  const keys: ApiKey[] = [];
  const faults: string[] = [];
  const entries = text.split(';').map((entry) => entry.trim());
  for (const [index, entry] of entries.entries()) {
    if (entry === '') continue;
    const key = parseEntry(entry);
    if (typeof key === 'string') faults.push(`entry ${index + 1} ${key}`);
    else if (keys.some(({ name }) => name === key.name)) faults.push(`entry ${index + 1} has a name that is taken`);
    else keys.push(key);
  }
  if (keys.length === 0 && faults.length === 0) faults.push('holds no key');
  return { keys, faults };
}

function parseEntry(entry: string): ApiKey | string {
  const [name, scopeList, hash, ...rest] = entry.split(/\s+/);
  if (!name || !scopeList || !hash || rest.length > 0) return 'must be "name scope,scope sha256:HEX"';
  if (!/^[\w.@-]{1,64}$/.test(name)) return 'has a name with other characters than letters, digits, ".", "_", "@" and "-"';
  const scopes = scopeList.split(',');
  if (!scopes.every(isScope)) return `names an unknown scope; the scopes are ${SCOPES.join(' and ')}`;
  const hex = /^sha256:([0-9a-f]{64})$/i.exec(hash)?.[1];
  if (hex === undefined) return 'must end with sha256: and 64 hexadecimal digits';
  return { name, scopes: new Set(scopes), hash: Buffer.from(hex, 'hex') };
}

/** Finds the key that was presented, in the same time whichever it is. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | null {
  const hash = createHash('sha256').update(presented).digest();
  let found: ApiKey | null = null;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}
