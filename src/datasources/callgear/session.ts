import { SourceError } from '../source-error.ts';

/** A session lives an hour; used when CallGear does not say, or says something that cannot be. */
const SESSION_LIFETIME_MS = 3_600_000;
/** How long before its end a session is given up. */
const RENEW_AHEAD_MS = 60_000;
/** After a refused log-in nothing is sent for this long: trying the same password again would get the user locked out. */
const REFUSAL_COOLING_MS = 10_000;
/** Unix times above this are milliseconds. */
const SECONDS_MAX = 1e12;

const REFUSALS: ReadonlySet<string | undefined> = new Set(['auth_error', 'account_inactive']);

export interface LogIn {
  readonly accessToken: string;
  /** As CallGear sent it. */
  readonly expireAt: unknown;
}

/** Where the access token comes from. */
export interface Session {
  /** Cost: at most 1 call, shared by all who wait. @throws SourceError of the log-in. */
  accessToken(): Promise<string>;
  /** Gives up a token that CallGear no longer knows. False: there is no other to be had. */
  renounce(accessToken: string): boolean;
  /** Notes that a session fresh from a log-in was refused: another log-in would not help. */
  noteFutile(accessToken: string, error: SourceError): void;
}

/** A permanent key: there is nothing to renew. */
export function keySession(accessToken: string): Session {
  return { accessToken: () => Promise.resolve(accessToken), renounce: () => false, noteFutile: () => undefined };
}

/** Logs in when a token is needed and none is good. @param logIn Sends `login.user`. */
export function loginSession(logIn: () => Promise<LogIn>, now: () => number): Session {
  return new LoginSession(logIn, now);
}

class LoginSession implements Session {
  readonly #logIn: () => Promise<LogIn>;
  readonly #now: () => number;
  #current: { readonly accessToken: string; readonly renewAt: number } | undefined;
  #underWay: Promise<string> | undefined;
  #refusal: { readonly error: SourceError; readonly until: number } | undefined;

  constructor(logIn: () => Promise<LogIn>, now: () => number) {
    this.#logIn = logIn;
    this.#now = now;
  }

  async accessToken(): Promise<string> {
    if (this.#current !== undefined && this.#now() < this.#current.renewAt) return this.#current.accessToken;
    if (this.#refusal !== undefined && this.#now() < this.#refusal.until) throw this.#refusal.error;
    this.#underWay ??= this.#begin().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  renounce(accessToken: string): boolean {
    // Another request may have found it dead first, and a newer one may be there already.
    if (this.#current?.accessToken === accessToken) this.#current = undefined;
    return true;
  }

  noteFutile(accessToken: string, error: SourceError): void {
    if (this.#current?.accessToken === accessToken) this.#current = undefined;
    this.#refusal = { error, until: this.#now() + REFUSAL_COOLING_MS };
  }

  async #begin(): Promise<string> {
    try {
      const { accessToken, expireAt } = await this.#logIn();
      this.#current = { accessToken, renewAt: renewalTime(expireAt, this.#now()) };
      this.#refusal = undefined;
      return accessToken;
    } catch (error) {
      if (error instanceof SourceError && REFUSALS.has(error.mnemonic)) {
        this.#refusal = { error, until: this.#now() + REFUSAL_COOLING_MS };
      }
      throw error;
    }
  }
}

/**
 * When to log in again, Unix milliseconds: a minute before the end. An end that is past already is a clock that differs from ours;
 * then the session is used until CallGear says no.
 *
 * @param expireAt Unix seconds; milliseconds, numeric text and a date are taken too.
 */
export function renewalTime(expireAt: unknown, now: number): number {
  const expiresAt = toMilliseconds(expireAt) ?? now + SESSION_LIFETIME_MS;
  if (expiresAt - RENEW_AHEAD_MS > now) return expiresAt - RENEW_AHEAD_MS;
  return expiresAt > now ? expiresAt : now + SESSION_LIFETIME_MS;
}

function toMilliseconds(expireAt: unknown): number | undefined {
  if (typeof expireAt === 'string') {
    const text = expireAt.trim();
    if (/^[0-9]+$/.test(text)) return toMilliseconds(Number(text));
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : at;
  }
  if (typeof expireAt !== 'number' || !Number.isFinite(expireAt) || expireAt <= 0) return undefined;
  return expireAt > SECONDS_MAX ? expireAt : expireAt * 1000;
}
