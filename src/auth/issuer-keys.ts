import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

/** After a failure the issuer is left alone: this long first, twice as long after each further one, up to the maximum. */
const PAUSE_MS = 2_000;
const PAUSE_MS_MAX = 60_000;
/** Key sets of large issuers have some 10 KB. */
const BYTES_MAX = 500_000;

/** The issuer failed a moment ago and is not asked again yet. */
export class IssuerPausedError extends Error {
  override readonly name = 'IssuerPausedError';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('The issuer of tokens is left alone after a failure.');
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The published keys of the issuer of tokens. They are fetched when a token needs them, by one request at a time, and kept for ten minutes.
 *
 * @param now `performance.now()`'s scale.
 * @returns What finds the key for a token; it throws IssuerPausedError while the issuer is left alone, and other errors when a fetch fails.
 */
export function createIssuerKeys(jwksUrl: string, now: () => number = () => performance.now()): JWTVerifyGetKey {
  let failures = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  const fetchKeys = async (url: string, options: RequestInit) => {
    if (now() < pausedUntil) throw new IssuerPausedError(pausedUntil - now());
    try {
      const text = await readKeySet(await fetch(url, options));
      failures = 0;
      return new Response(text);
    } catch (error) {
      pausedUntil = now() + Math.min(PAUSE_MS * 2 ** failures, PAUSE_MS_MAX);
      failures += 1;
      throw error;
    }
  };
  return createRemoteJWKSet(new URL(jwksUrl), { [customFetch]: fetchKeys });
}

async function readKeySet(response: Response): Promise<string> {
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`The issuer of tokens answered with HTTP ${response.status}.`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw new Error('The key set of the issuer of tokens is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (!isKeySet(text)) throw new Error('The issuer of tokens did not answer with a key set.');
  return text;
}

function isKeySet(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
  } catch {
    return false;
  }
}
