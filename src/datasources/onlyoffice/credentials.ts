import { fixedSession, LoginSession, type LogIn, type Session } from '../credentials/login-session.ts';
import { SourceError } from '../port/source-error.ts';
import type { HttpResponse, SourceHttp } from '../http/source-http.ts';
import { parseReply } from '../wire/wire-reply.ts';
import { readInstant } from './mapping/portal-date.ts';
import { errorMessage, readReply } from './reply.ts';
import { tokenSchema } from './wire-types.ts';

/** One way to identify oneself to a portal. */
export type OnlyofficeCredential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

/** The portal locks a log-in out after five failures in a minute, so after one failure it is left alone that long. */
const REFUSAL_COOLING_MS = 60_000;
/** After a 500 in words that are not known: it may be a wrong password all the same, and this keeps to four tries a minute. */
const DOUBTFUL_COOLING_MS = 15_000;
/** Tokens are renewed a little ahead of their expiry: a delete that meets an expired one is not sent again. */
const RENEWAL_LEAD_MS = 30_000;

/**
 * Opens the session that calls are made in, without a call: of a token for ever, or of a password that logs in.
 *
 * @param now The wall clock, Unix milliseconds.
 * @see https://api.onlyoffice.com/workspace/api-backend/get-started/authentication/auth-process POST api/2.0/authentication
 */
export function openSession(source: string, http: SourceHttp, credential: OnlyofficeCredential, now: () => number): Session {
  if (credential.kind === 'token') return fixedSession(credential.token);
  const { username, password } = credential;
  return new LoginSession({
    source,
    logIn: () =>
      http.authenticate({ method: 'POST', path: '/api/2.0/authentication', json: { userName: username, password } }, (response) =>
        readLogIn(source, response, now()),
      ),
    leadMs: RENEWAL_LEAD_MS,
    lifetimeMs: Infinity,
    coolingMs,
    now,
  });
}

function coolingMs({ code, httpStatus }: SourceError): number {
  if (code === 'UNAUTHENTICATED') return REFUSAL_COOLING_MS;
  return httpStatus === 500 ? DOUBTFUL_COOLING_MS : 0;
}

function readLogIn(source: string, response: HttpResponse, now: number): LogIn {
  const refusal = (what: string) => new SourceError(source, 'UNAUTHENTICATED', `${source} ${what}`, { httpStatus: response.status });
  // Wrong credentials are answered by 500, as is the lock after too many of them.
  const message = errorMessage(response.text) ?? '';
  const isRefused = response.status === 500 && /authentication failed|login fail|too many attempts/i.test(message);
  if (isRefused || response.status === 400 || response.status === 401) {
    throw refusal('refuses the log-in: check the user name and the password.');
  }
  const reply = readReply(source, response, now);
  if (reply.outcome === 'notFound') throw refusal('does not know the user name.');
  const { token, expires, sms, tfa } = parseReply(source, tokenSchema, reply.envelope.response);
  if (token === null || token === undefined || token.trim() === '') {
    const isTwoFactor = sms === true || tfa === true;
    throw refusal(
      isTwoFactor
        ? 'asks for a second factor: use a token, or an account without two-factor authentication.'
        : 'gave no token for the log-in.',
    );
  }
  return { token: token.trim(), expiresAt: readInstant(expires)?.getTime() ?? null };
}
