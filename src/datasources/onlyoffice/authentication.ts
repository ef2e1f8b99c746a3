import type { Call } from '../contact-source.ts';
import { withinCall } from '../within-call.ts';
import { SourceError } from '../source-error.ts';
import type { HttpResponse, SourceHttp } from '../source-http.ts';
import { parseReply } from '../wire-reply.ts';
import { readInstant } from './portal-date.ts';
import { errorMessage, readReply } from './reply.ts';
import { tokenSchema } from './wire-types.ts';

/** One way to identify oneself to a portal. */
export type OnlyofficeCredential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

/** The portal locks a log-in out after five failures in a minute, so after one failure it is left alone that long. */
const LOG_IN_PAUSE_MS = 60_000;
/** After a 500 in words that are not known: it may be a wrong password all the same, and this keeps to four tries a minute. */
const DOUBTFUL_PAUSE_MS = 15_000;
/** Tokens are renewed a little ahead of their expiry: a delete that meets an expired one is not sent again. */
const RENEWAL_LEAD_MS = 30_000;

interface HeldToken {
  readonly token: string;
  /** Unix milliseconds; Infinity: never. */
  readonly renewAt: number;
}

/**
 * Keeps the token that calls carry. With a password it logs in when a token is first needed, when it has run out, and when the portal
 * stopped accepting it; log-ins under way are shared.
 *
 * @see https://api.onlyoffice.com/workspace/api-backend/get-started/authentication/auth-process POST api/2.0/authentication
 */
export class Authentication {
  readonly #source: string;
  readonly #http: SourceHttp;
  readonly #credential: OnlyofficeCredential;
  readonly #now: () => number;
  #held: HeldToken | null = null;
  #logIn: Promise<HeldToken> | null = null;
  #failure: { readonly error: SourceError; readonly until: number } | null = null;

  constructor(source: string, http: SourceHttp, credential: OnlyofficeCredential, now: () => number) {
    this.#source = source;
    this.#http = http;
    this.#credential = credential;
    this.#now = now;
  }

  /** Whether a token that the portal refuses can be exchanged for a new one. */
  get canRenew(): boolean {
    return this.#credential.kind === 'password';
  }

  /**
   * Gives the token to send now.
   *
   * @throws SourceError UNAUTHENTICATED when the log-in is refused, and, without a call, for a minute after that.
   * @throws SourceError TIMEOUT when the log-in takes longer than the call may.
   */
  async getToken(call: Call): Promise<string> {
    if (this.#credential.kind === 'token') return this.#credential.token;
    if (this.#held !== null && this.#now() < this.#held.renewAt) return this.#held.token;
    this.#throwIfPaused();
    this.#logIn ??= this.#startLogIn(this.#credential.username, this.#credential.password);
    return (await withinCall(this.#source, this.#logIn, call)).token;
  }

  /** Forgets a token that the portal refused, unless it has been renewed since. */
  reject(token: string): void {
    if (this.#held?.token === token) this.#held = null;
  }

  /** Notes that a token fresh from a log-in was refused: another log-in would not help. */
  noteFutile(token: string, error: SourceError): void {
    this.reject(token);
    this.#failure = { error, until: this.#now() + LOG_IN_PAUSE_MS };
  }

  #throwIfPaused(): void {
    if (this.#failure === null) return;
    const { error, until } = this.#failure;
    const retryAfterMs = until - this.#now();
    if (retryAfterMs <= 0) {
      this.#failure = null;
      return;
    }
    throw new SourceError(error.source, error.code, error.message, { cause: error, retryAfterMs, wasSent: false });
  }

  #startLogIn(username: string, password: string): Promise<HeldToken> {
    const request = {
      method: 'POST',
      path: '/api/2.0/authentication',
      json: { userName: username, password },
    } as const;
    const logIn = this.#http
      .authenticate(request, (response) => this.#readToken(response))
      .then(
        (held) => {
          this.#held = held;
          return held;
        },
        (error: unknown) => {
          throw this.#noteFailure(error);
        },
      )
      .finally(() => {
        this.#logIn = null;
      });
    // Every waiter may have left before it fails.
    logIn.catch(() => undefined);
    return logIn;
  }

  /** A log-in is not sent again by the retries of the read that waits for it: the portal may have counted it as a wrong password. */
  #noteFailure(error: unknown): unknown {
    if (!(error instanceof SourceError)) return error;
    const pauseMs = error.code === 'UNAUTHENTICATED' ? LOG_IN_PAUSE_MS : error.httpStatus === 500 ? DOUBTFUL_PAUSE_MS : 0;
    if (pauseMs > 0) this.#failure = { error, until: this.#now() + pauseMs };
    if (!error.isRetryable) return error;
    const { source, code, message, retryAfterMs, httpStatus } = error;
    return new SourceError(source, code, message, { cause: error, retryAfterMs, httpStatus });
  }

  #readToken(response: HttpResponse): HeldToken {
    // Wrong credentials are answered by 500, as is the lock after too many of them.
    const message = errorMessage(response.text) ?? '';
    const isRefused = response.status === 500 && /authentication failed|login fail|too many attempts/i.test(message);
    if (isRefused || response.status === 400 || response.status === 401) {
      throw this.#unauthenticated('refuses the log-in: check the user name and the password.', response.status);
    }
    const reply = readReply(this.#source, response, this.#now());
    if (reply.outcome === 'notFound') throw this.#unauthenticated('does not know the user name.', response.status);
    const { token, expires, sms, tfa } = parseReply(this.#source, tokenSchema, reply.envelope.response);
    if (token === null || token === undefined || token.trim() === '') {
      const isTwoFactor = sms === true || tfa === true;
      throw this.#unauthenticated(
        isTwoFactor
          ? 'asks for a second factor: use a token, or an account without two-factor authentication.'
          : 'gave no token for the log-in.',
        response.status,
      );
    }
    return { token: token.trim(), renewAt: this.#renewAt(expires) };
  }

  #renewAt(expires: string | null | undefined): number {
    const expiresAt = readInstant(expires)?.getTime() ?? Infinity;
    if (expiresAt - RENEWAL_LEAD_MS > this.#now()) return expiresAt - RENEWAL_LEAD_MS;
    // An expiry in the past is a wrong clock, and would mean a log-in for every call: the portal's 401 decides.
    return expiresAt > this.#now() ? expiresAt : Infinity;
  }

  #unauthenticated(what: string, httpStatus: number): SourceError {
    return new SourceError(this.#source, 'UNAUTHENTICATED', `${this.#source} ${what}`, { httpStatus });
  }
}
