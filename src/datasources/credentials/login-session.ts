import type { Call, WriteCall } from '../port/call.ts';
import { SourceError } from '../port/source-error.ts';
import { withinCall } from '../http/within-call.ts';

/** After a log-in ahead of a token's end that failed, the next one ahead waits for so long; meanwhile the token serves. */
const AHEAD_AGAIN_AFTER_MS = 5_000;

/** After a token fresh from a log-in was refused, no log-in is sent for so long. The password is good, so that nobody is locked out by another one. */
const FUTILE_COOLING_MS = 5_000;

/** Where calls get the token that they carry. */
export interface Session {
  /** Whether a token that the CRM refuses can be exchanged for a new one. */
  readonly canRenew: boolean;
  /**
   * Gives the token to send now.
   * Cost: at most 1 call, outside the meter, which all who wait share.
   *
   * @throws SourceError of the log-in; with `retryAfterMs`, and `wasSent` false, while none is sent after a refusal.
   * @throws SourceError TIMEOUT when the log-in takes longer than the call may.
   */
  getToken(call: Call): Promise<string>;
  /** Gives up a token that the CRM refused, unless it has been renewed since. */
  reject(token: string): void;
  /** Notes that a token fresh from a log-in was refused: another log-in would not help. */
  noteFailedRenewal(token: string, error: SourceError): void;
}

/** What a log-in gave. */
export interface LogIn {
  readonly token: string;
  /** As the CRM says, Unix milliseconds; null when it does not say. */
  readonly expiresAt: number | null;
}

/** How one account is logged in to, and when again. */
export interface LoginSessionOptions {
  readonly source: string;
  /** Sends one log-in. */
  readonly logIn: () => Promise<LogIn>;
  /** How long before its end a token is renewed; those that live shortly, in the last quarter of their life. */
  readonly leadMs: number;
  /** The life of a token whose end is not given, or cannot be; Infinity: until the CRM refuses it. */
  readonly lifetimeMs: number;
  /** For how long no log-in is sent after this failure; 0: the next call may try. */
  readonly coolingMs: (error: SourceError) => number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** Both in Unix milliseconds; Infinity: never. */
interface HeldToken {
  readonly token: string;
  readonly renewAt: number;
  readonly endsAt: number;
}

/** A token of the settings: there is nothing to renew. */
export function fixedSession(token: string): Session {
  return { canRenew: false, getToken: async () => token, reject: () => undefined, noteFailedRenewal: () => undefined };
}

/** Gives the token for a write. A log-in that fails is a write that was not sent. @throws SourceError whose `wasSent` is false. */
export async function tokenForWrite(session: Session, write: WriteCall): Promise<string> {
  try {
    return await session.getToken({ ...write, signal: new AbortController().signal });
  } catch (error) {
    throw error instanceof SourceError ? error.with({ wasSent: false }) : error;
  }
}

/**
 * Logs in with a password when a token is first needed, and when the one held is over or was refused; log-ins under way are shared.
 * Ahead of its end a token is renewed while it goes on serving, so that neither a slow log-in nor a failing one is felt before that.
 */
export class LoginSession implements Session {
  readonly canRenew = true;
  readonly #options: LoginSessionOptions;
  #held: HeldToken | null = null;
  #underWay: Promise<string> | null = null;
  /** Why no log-in is sent until a moment on `performance.now()`'s scale, which no change of the clock moves. */
  #refusal: { readonly error: SourceError; readonly until: number } | null = null;
  /** When the next log-in ahead of the end may be sent; the same scale. */
  #aheadAgainAt = -Infinity;

  constructor(options: LoginSessionOptions) {
    this.#options = options;
  }

  async getToken(call: Call): Promise<string> {
    const held = this.#held;
    const now = this.#options.now();
    if (held !== null && now < held.endsAt) {
      if (now >= held.renewAt) this.#renewAhead();
      return held.token;
    }
    this.#throwIfCooling();
    return withinCall(this.#options.source, this.#sharedLogIn(), call);
  }

  reject(token: string): void {
    if (this.#held?.token === token) this.#held = null;
  }

  noteFailedRenewal(token: string, error: SourceError): void {
    this.reject(token);
    this.#refusal = { error, until: performance.now() + FUTILE_COOLING_MS };
  }

  #renewAhead(): void {
    const now = performance.now();
    if (now >= this.#aheadAgainAt && now >= (this.#refusal?.until ?? -Infinity)) void this.#sharedLogIn();
  }

  #throwIfCooling(): void {
    if (this.#refusal === null) return;
    const { error, until } = this.#refusal;
    const retryAfterMs = Math.ceil(until - performance.now());
    if (retryAfterMs > 0) throw error.with({ retryAfterMs, wasSent: false, isRetryable: false });
  }

  #sharedLogIn(): Promise<string> {
    if (this.#underWay === null) {
      this.#underWay = this.#logIn().finally(() => {
        this.#underWay = null;
      });
      // Nobody may be waiting when it fails: the token that it is to replace still serves, or all have left.
      this.#underWay.catch(() => undefined);
    }
    return this.#underWay;
  }

  async #logIn(): Promise<string> {
    try {
      const logIn = await this.#options.logIn();
      this.#held = this.#hold(logIn);
      this.#refusal = null;
      return logIn.token;
    } catch (error) {
      this.#aheadAgainAt = performance.now() + AHEAD_AGAIN_AFTER_MS;
      if (!(error instanceof SourceError)) throw error;
      this.#noteFailure(error);
      // Not by the retries of the reads that wait for it: the CRM may have counted it as a wrong password.
      throw error.with({ isRetryable: false });
    }
  }

  #noteFailure(error: SourceError): void {
    const coolingMs = this.#options.coolingMs(error);
    if (coolingMs > 0) this.#refusal = { error, until: performance.now() + coolingMs };
  }

  #hold({ token, expiresAt }: LogIn): HeldToken {
    const { leadMs, lifetimeMs, now } = this.#options;
    const loggedInAt = now();
    // An end in the past is a clock that differs from ours, and would mean a log-in for every call: the CRM's refusal decides.
    const endsAt = expiresAt !== null && expiresAt > loggedInAt ? expiresAt : loggedInAt + lifetimeMs;
    return { token, renewAt: endsAt - Math.min(leadMs, (endsAt - loggedInAt) / 4), endsAt };
  }
}
