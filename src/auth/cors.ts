/** How long a browser may remember the answer to a preflight, in seconds. */
const PREFLIGHT_SECONDS = 600;
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'cache-control',
  'x-request-id',
  'x-explain',
  'x-graphql-csrf',
  'x-requested-with',
  'apollo-require-preflight',
  'graphql-require-preflight',
];
const RESPONSE_HEADERS = ['x-request-id', 'retry-after', 'www-authenticate'];

/**
 * The headers that let the pages of a listed origin read an answer, refusals included; none for other origins, `null` among them.
 * Credentials that a browser adds by itself are never allowed: keys are sent by the page.
 *
 * @param origin The Origin header.
 * @param allowed Origins as browsers write them, such as `https://app.example.com`.
 */
export function corsHeaders(origin: string | null, allowed: readonly string[]): Readonly<Record<string, string>> {
  if (allowed.length === 0) return {};
  if (!isListedOrigin(origin, allowed)) return { vary: 'origin' };
  return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': RESPONSE_HEADERS.join(', ') };
}

/** What a preflight of a listed origin is answered with, besides `corsHeaders`. */
export function preflightHeaders(origin: string | null, allowed: readonly string[]): Readonly<Record<string, string>> {
  if (!isListedOrigin(origin, allowed)) return {};
  return {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': REQUEST_HEADERS.join(', '),
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  };
}

/** Whether an origin is among the allowed ones; false when the request names none. */
export function isListedOrigin(origin: string | null, allowed: readonly string[]): origin is string {
  return origin !== null && allowed.includes(origin);
}

/** An origin as browsers write it; null when the text is none. */
export function toOrigin(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return text.toLowerCase().replace(/\/$/, '') === url.origin ? url.origin : null;
}
