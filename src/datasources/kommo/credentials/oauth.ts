import { Buffer } from 'node:buffer';
import type { HttpResponse, SourceHttp } from '../../http/source-http.ts';
import { SourceError } from '../../port/source-error.ts';
import type { TokenPair } from '../../credentials/token-store.ts';
import { beginningOf, parseJson, parseReply } from '../../wire/wire-reply.ts';
import { problemOf, toSourceError } from '../api-error.ts';
import { kommoTokens } from '../wire-types.ts';

/** An integration as registered with Kommo. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As registered; Kommo wants it with every grant, refreshes included. */
  readonly redirectUri: string;
}

/** What asking Kommo for tokens takes. */
export interface GrantContext {
  readonly source: string;
  readonly http: SourceHttp;
  readonly client: OAuthClient;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

type Grant =
  | { readonly grant_type: 'authorization_code'; readonly code: string }
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string };

/**
 * A grant spends its code or refresh token, so that only its own answer holds tokens that work: it is waited for longer than any list, by nobody
 * but those who cannot do without it.
 */
const GRANT_TIMEOUT_MS = 30_000;

/** What Kommo's English hints mean for whoever has to mend it. Its title and detail are Russian. */
const ADVICE_BY_HINT: readonly (readonly [hint: RegExp, advice: string])[] = [
  [/client_id|client_secret/i, 'the client id or the client secret is wrong'],
  [/redirect/i, 'the redirect URI is not the one registered with the integration'],
  [/invalid account/i, 'the configured URL is of another account'],
  [/code has expired/i, 'the code has expired (it lives for 20 minutes)'],
  [/code has been revoked/i, 'the code was used already'],
  [/authorization code/i, 'the code cannot be read'],
];

/** Hosts of the platform: nothing else that stands in a token is shown. */
const PLATFORM_DOMAIN = /^[a-z0-9-]{1,63}\.(?:kommo\.com|amocrm\.(?:ru|com))$/;

/**
 * Exchanges a one-time authorization code for the first pair of tokens. The caller stores it.
 *
 * @throws SourceError UNAUTHENTICATED when Kommo refuses the code or the integration, with advice; by `toSourceError` otherwise.
 * Cost: 1 call.
 * @see https://developers.kommo.com/reference/get-token POST /oauth2/access_token
 */
export function exchangeCode(context: GrantContext, code: string): Promise<TokenPair> {
  return sendGrant(context, { grant_type: 'authorization_code', code }, null);
}

/**
 * Exchanges a refresh token for a new pair, once more with the same token if the answer was lost: Kommo may keep the old token usable until the
 * new one is used.
 *
 * @param check Is awaited just before each sending; what it throws ends the exchange.
 * @throws SourceError UNAUTHENTICATED when the grant is dead, which a person has to mend.
 * Cost: 1 call; 2 when the answer was lost.
 */
export async function exchangeRefreshToken(
  context: GrantContext,
  { refreshToken, accessToken }: Pick<TokenPair, 'refreshToken' | 'accessToken'>,
  check: () => Promise<void>,
): Promise<TokenPair> {
  const grant: Grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
  await check();
  try {
    return await sendGrant(context, grant, accessToken);
  } catch (error) {
    if (!isLost(error)) throw error;
    // Waiting for what was lost took a while.
    await check();
    return sendGrant(context, grant, accessToken);
  }
}

function sendGrant(context: GrantContext, grant: Grant, accessToken: string | null): Promise<TokenPair> {
  const { clientId, clientSecret, redirectUri } = context.client;
  return context.http.authenticate(
    {
      method: 'POST',
      path: '/oauth2/access_token',
      headers: { accept: 'application/json' },
      json: { client_id: clientId, client_secret: clientSecret, ...grant, redirect_uri: redirectUri },
    },
    (response) => toTokenPair(context, response, accessToken),
    GRANT_TIMEOUT_MS,
  );
}

function toTokenPair({ source, now }: GrantContext, response: HttpResponse, accessToken: string | null): TokenPair {
  const { status, text } = response;
  if (status < 200 || status >= 300) throw toGrantError(source, response, now(), accessToken);
  const tokens = parseReply(source, kommoTokens, parseJson(source, text));
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: new Date(now() + tokens.expires_in * 1000),
  };
}

/**
 * Tells a dead grant from a failure that passes. Only what Kommo itself says of the grant ends it: a 401, and a 400 or 403 with its problem in JSON.
 * 402 and the 400 that asks to repeat come and go on good accounts, a 404 or 405 is about the URL, and 408 or a page of HTML comes from a proxy:
 * none of them is mended by connecting again.
 */
function toGrantError(source: string, response: HttpResponse, now: number, accessToken: string | null): SourceError {
  const problem = problemOf(response.text);
  const error = toSourceError(source, response, now);
  const isRefused = problem !== null && (response.status === 403 || (response.status === 400 && error.code !== 'UNAVAILABLE'));
  if (response.status === 404) {
    const message = `${source} does not know the account at its configured URL, or ${renamed(accessToken)}.`;
    return new SourceError(source, error.code, message, { httpStatus: response.status });
  }
  if (response.status !== 401 && !isRefused) return error;
  const hint = typeof problem?.hint === 'string' ? beginningOf(problem.hint) : '';
  const advice = ADVICE_BY_HINT.find(([pattern]) => pattern.test(hint))?.[1] ?? `the grant is no longer valid, or ${renamed(accessToken)}`;
  return connectAgain(source, `${source} refuses to give an access token: ${advice}.`, response.status);
}

/**
 * Says that the account may have a new address: at the old one Kommo answers a refresh with 401 or 404, as it answers a dead grant. The access token
 * names a host of the platform that knows the account under any name.
 */
function renamed(accessToken: string | null): string {
  const domain = accessToken === null ? null : apiDomainOf(accessToken);
  const whereToAsk = domain === null ? '' : ` (${domain}, which the token names, knows its address of today)`;
  return `the account was renamed and its configured URL is the old one${whereToAsk}`;
}

/** The claim `api_domain` of an access token, which is a JWT; null where there is none, or it is no host of Kommo's. */
function apiDomainOf(accessToken: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const domain = typeof claims === 'object' && claims !== null && 'api_domain' in claims ? claims.api_domain : null;
    return typeof domain === 'string' && PLATFORM_DOMAIN.test(domain) ? domain : null;
  } catch {
    return null;
  }
}

/** The failure that a person has to mend, who is told how. @param reason A sentence. */
export function connectAgain(source: string, reason: string, httpStatus?: number): SourceError {
  return new SourceError(source, 'UNAUTHENTICATED', `${reason} Connect again: npm run connect -- ${source}`, { httpStatus });
}

/** Whether a request may have been carried out without its answer having reached us. */
function isLost(error: unknown): boolean {
  return error instanceof SourceError && error.wasSent && error.httpStatus === undefined;
}
