/** How long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_SECONDS = 600;
/** Names of headers that one preflight may ask for; a browser's program sends a dozen. */
const REQUEST_HEADERS_MAX = 64;
const RESPONSE_HEADERS = ['x-request-id', 'retry-after', 'www-authenticate'];

/** Whose pages may send requests and read the answers. */
export interface OriginRules {
  /** Origins as browsers write them, such as `https://app.example.com`. */
  readonly listed: readonly string[];
  /** Whether pages that this machine serves itself may, on any port: what a front end is while it is developed. */
  readonly admitsLoopback: boolean;
}

/** The settings that the rules are made of. */
interface OriginSettings {
  readonly corsOrigins: readonly string[];
  readonly isSandbox: boolean;
  readonly apiKeys: readonly unknown[];
  readonly jwt: object | null;
}

/** Makes the rules of the settings: pages on loopback are let in while only invented contacts are shown and no keys exist. */
export function originRules({ corsOrigins, isSandbox, apiKeys, jwt }: OriginSettings): OriginRules {
  return { listed: corsOrigins, admitsLoopback: isSandbox && apiKeys.length === 0 && jwt === null };
}

/**
 * Returns the headers that let the pages of an admitted origin read an answer, refusals included; none for other origins, `null` among them.
 * Credentials that a browser adds by itself are never allowed: keys are sent by the page.
 *
 * @param origin The Origin header.
 */
export function corsHeaders(origin: string | null, rules: OriginRules): Readonly<Record<string, string>> {
  if (rules.listed.length === 0 && !rules.admitsLoopback) return {};
  if (!isAdmittedOrigin(origin, rules)) return { vary: 'origin' };
  return { vary: 'origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': RESPONSE_HEADERS.join(', ') };
}

/**
 * Returns what a preflight of an admitted origin is answered with, besides `corsHeaders`. Whatever headers it asks for are allowed: those of
 * tracing and of GraphQL clients are many, and none of them means more to the gateway than it would from any other program.
 *
 * @param requested The header Access-Control-Request-Headers.
 */
export function preflightHeaders(origin: string | null, requested: string | null, rules: OriginRules): Readonly<Record<string, string>> {
  if (!isAdmittedOrigin(origin, rules)) return {};
  const names = (requested ?? '').split(',', REQUEST_HEADERS_MAX).map((name) => name.trim().toLowerCase());
  return {
    vary: 'origin, access-control-request-headers',
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': names.filter((name) => HEADER_NAME.test(name)).join(', '),
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Whether the pages of an origin may send requests; false when the request names none. */
export function isAdmittedOrigin(origin: string | null, { listed, admitsLoopback }: OriginRules): origin is string {
  if (origin === null) return false;
  return listed.includes(origin) || (admitsLoopback && isLoopbackOrigin(origin));
}

/** Names and addresses that merely look like loopback (`localhost.example.com`, `127.0.0.1.example.com`) are none: the host is parsed and compared whole. */
function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && url.origin === origin && LOOPBACK_HOSTS.has(url.hostname);
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An origin as browsers write it; null when the text is none. */
export function toOrigin(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return text.toLowerCase().replace(/\/$/, '') === url.origin ? url.origin : null;
}
