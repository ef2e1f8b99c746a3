import { createHash } from 'node:crypto';

/** Keys of callers as a test presents them. */
export const KEYS = { reader: 'key-of-the-reader', deleter: 'key-of-the-deleter', both: 'key-of-both' } as const;

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** The entries of API_KEYS for them: `reader` and `deleter` with one scope each, `both` with two. */
export const API_KEYS = [
  `reader contacts:read sha256:${sha256(KEYS.reader)}`,
  `deleter contacts:delete sha256:${sha256(KEYS.deleter)}`,
  `both contacts:read,contacts:delete sha256:${sha256(KEYS.both)}`,
].join('; ');

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
