import type { Call } from '../../port/call.ts';
import { withinCall } from '../../http/within-call.ts';
import { SourceError } from '../../port/source-error.ts';
import type { TokenExpiry } from '../../port/source-health.ts';
import { LostTurnError, TokenStoreAwayError, type TokenPair, type TokenStore, type Turn } from '../../credentials/token-store.ts';
import type { Credentials } from './credentials.ts';
import { connectAgain, exchangeRefreshToken, type GrantContext } from './oauth.ts';

/** Tokens are refreshed so long before they expire; short-lived ones in the last quarter of their life. */
const REFRESH_AHEAD_MS = 5 * 60_000;
/** After a refresh that failed for a passing reason, none is sent for so long. */
const RETRY_REFRESH_AFTER_MS = 5_000;
/** A grant that Kommo calls dead is tried again after so long: should it have been wrong, nobody has to start the gateway anew. */
const RETRY_DEAD_GRANT_AFTER_MS = 10 * 60_000;
/** Where the token store does not answer, callers may try again after so long. */
const STORE_AGAIN_AFTER_MS = 2_000;
/** A token that was granted and refused at once is not refreshed again for so long: that would be a loop. */
const RENEW_AGAIN_AFTER_MS = 60_000;

/** What the rotating tokens of one account need. */
export interface OAuthOptions extends GrantContext {
  readonly tokenStore: TokenStore;
}

/**
 * Rotating tokens of an OAuth integration.
 *
 * A refresh kills the token that it was made with, so there is never more than one: callers of this process share it, other processes are kept out
 * by the store's lock, and under the lock the stored pair is read again, because another process may have refreshed it. Just before each sending the
 * lock is checked: a process that was paused may have lost it. The new pair is stored before its first use, in the place of the one that it was
 * received for. A refresh once begun is never aborted. Ahead of its end a token serves while it is refreshed, so that neither a slow refresh nor a
 * failing one is felt before that. When Kommo says that the grant is dead, that holds for some minutes, or until the stored pair changes.
 *
 * @see https://developers.kommo.com/docs/oauth-20
 */
export class OAuthCredentials implements Credentials {
  readonly #options: OAuthOptions;
  #pair: TokenPair | null = null;
  #refresh: Promise<TokenPair> | null = null;
  /** Why no refresh is sent: for the refresh token, and until the moment, named here; on `performance.now()`'s scale, as `at` below. */
  #failure: { readonly refreshToken: string; readonly until: number; readonly error: SourceError } | null = null;
  /** A pair that is not stored yet, and the refresh token that it cost: getting another one would be impossible. It is stored as long as that token is. */
  #unstored: { readonly refreshToken: string; readonly pair: TokenPair } | null = null;
  #granted: { readonly accessToken: string; readonly lifeMs: number; readonly at: number; wasAccepted: boolean } | null = null;
  /** A pair that another process stored while this one was looking, and how long it had to live when it was seen first. */
  #seen: { readonly accessToken: string; readonly lifeMs: number } | null = null;
  /** The access token that Kommo refused with 401. */
  #refused: string | null = null;
  #hasLimitation = false;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  get expiry(): TokenExpiry | null {
    return this.#pair === null ? null : { expiresAt: this.#pair.expiresAt, isRenewed: true };
  }

  async accessToken(call: Call): Promise<string> {
    const pair = await this.#currentPair(call);
    if (this.#isFresh(pair)) return pair.accessToken;
    const refresh = this.#refreshed(pair);
    if (this.#isUsable(pair)) return pair.accessToken;
    return (await withinCall(this.#options.source, refresh, call)).accessToken;
  }

  canRenew(refusedToken: string): boolean {
    const granted = this.#granted;
    if (granted === null || granted.accessToken !== refusedToken || granted.wasAccepted) return true;
    return performance.now() - granted.at >= RENEW_AGAIN_AFTER_MS;
  }

  async renew(refusedToken: string, call: Call): Promise<void> {
    if (this.#pair !== null && this.#pair.accessToken !== refusedToken) return;
    this.#refused = refusedToken;
    const pair = await withinCall(this.#options.source, this.#readPair(), call);
    if (this.#isUsable(pair)) return;
    await withinCall(this.#options.source, this.#refreshed(pair), call);
  }

  noteAccepted(accessToken: string): void {
    if (this.#granted?.accessToken === accessToken) this.#granted.wasAccepted = true;
    const isGrantInDoubt = this.#failure !== null && this.#failure.refreshToken === this.#pair?.refreshToken;
    if (!isGrantInDoubt) this.#unnote();
  }

  #isFresh(pair: TokenPair): boolean {
    if (!this.#isUsable(pair)) return false;
    const lifeMs = [this.#granted, this.#seen].find((known) => known?.accessToken === pair.accessToken)?.lifeMs ?? Infinity;
    return this.#leftMs(pair) > Math.min(REFRESH_AHEAD_MS, lifeMs / 4);
  }

  #isUsable(pair: TokenPair): boolean {
    return pair.accessToken !== this.#refused && this.#leftMs(pair) > 0;
  }

  #leftMs(pair: TokenPair): number {
    return pair.expiresAt.getTime() - this.#options.now();
  }

  /** The pair in hand while it is fresh; else the stored one, which another process may have renewed. */
  async #currentPair(call: Call): Promise<TokenPair> {
    const known = this.#pair;
    if (known !== null && this.#isFresh(known)) return known;
    try {
      return await withinCall(this.#options.source, this.#readPair(), call);
    } catch (error) {
      if (known !== null && this.#isUsable(known)) return known;
      throw error;
    }
  }

  /** @throws SourceError UNAUTHENTICATED when nothing is stored, or the store cannot be read; UNAVAILABLE while it does not answer. */
  async #readPair(): Promise<TokenPair> {
    const { source, tokenStore } = this.#options;
    const stored = await tokenStore.read(source).catch((error: unknown) => {
      throw storeFailure(source, error);
    });
    if (stored === null) throw this.#noted(connectAgain(source, `No tokens are stored for ${source}.`));
    this.#noteSeen(stored);
    this.#pair = stored;
    return stored;
  }

  #noteSeen(stored: TokenPair): void {
    const { accessToken } = stored;
    const isNews = this.#pair !== null && this.#pair.accessToken !== accessToken && this.#seen?.accessToken !== accessToken;
    if (isNews) this.#seen = { accessToken, lifeMs: this.#leftMs(stored) };
  }

  #refreshed(stale: TokenPair): Promise<TokenPair> {
    if (this.#refresh === null) {
      this.#refresh = this.#runRefresh(stale).finally(() => {
        this.#refresh = null;
      });
      // Nobody may be waiting when it fails: the token that it is to replace still serves, or all have left.
      this.#refresh.catch(() => undefined);
    }
    return this.#refresh;
  }

  async #runRefresh(stale: TokenPair): Promise<TokenPair> {
    const { source, tokenStore } = this.#options;
    this.#refuseAgain(stale);
    try {
      const pair = await tokenStore.update(source, async (stored, turn) => {
        if (stored !== null) this.#noteSeen(stored);
        if (stored === null || this.#isFresh(stored)) return stored;
        if (this.#unstored?.refreshToken === stored.refreshToken) return this.#unstored.pair;
        this.#refuseAgain(stored);
        const pair = await this.#exchange(stored, turn);
        this.#unstored = { refreshToken: stored.refreshToken, pair };
        return pair;
      });
      this.#unstored = null;
      if (pair === null) throw this.#noted(connectAgain(source, `No tokens are stored for ${source}.`));
      this.#pair = pair;
      return pair;
    } catch (error) {
      throw error instanceof SourceError ? error : storeFailure(source, error);
    }
  }

  /** Throws what the last refresh with the same token failed with, as long as that stands. */
  #refuseAgain(stored: TokenPair): void {
    if (this.#failure?.refreshToken !== stored.refreshToken) return;
    const { error, until } = this.#failure;
    const retryAfterMs = Math.ceil(until - performance.now());
    if (retryAfterMs <= 0) return;
    // A dead grant waits for a person, not for a moment.
    throw isDead(error) ? error : error.with({ retryAfterMs });
  }

  async #exchange(stored: TokenPair, turn: Turn): Promise<TokenPair> {
    const { refreshToken } = stored;
    try {
      const pair = await exchangeRefreshToken(this.#options, stored, () => turn.check());
      this.#failure = null;
      this.#granted = { accessToken: pair.accessToken, lifeMs: this.#leftMs(pair), at: performance.now(), wasAccepted: false };
      return pair;
    } catch (error) {
      if (error instanceof LostTurnError) throw error;
      const failure = withoutRetry(this.#options.source, error);
      if (isDead(failure)) this.#noted(failure);
      const waitMs = isDead(failure) ? RETRY_DEAD_GRANT_AFTER_MS : (failure.retryAfterMs ?? RETRY_REFRESH_AFTER_MS);
      this.#failure = { refreshToken, until: performance.now() + waitMs, error: failure };
      throw failure;
    }
  }

  /** Health shows it though no call is made any more. */
  #noted(error: SourceError): SourceError {
    this.#hasLimitation = true;
    this.#options.http.noteLimitation(error);
    return error;
  }

  #unnote(): void {
    if (this.#hasLimitation) this.#options.http.noteLimitation(null);
    this.#hasLimitation = false;
  }
}

/** A read that waits for a token must not make the refresh go out again by its own retries. */
function withoutRetry(source: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error.with({ wasSent: false, isRetryable: false });
  return new SourceError(source, 'UNAVAILABLE', `${source} could not be asked for a token.`, { cause: error, wasSent: false });
}

function isDead({ code }: SourceError): boolean {
  return code === 'UNAUTHENTICATED';
}

function storeFailure(source: string, error: unknown): SourceError {
  if (error instanceof TokenStoreAwayError) {
    return new SourceError(source, 'UNAVAILABLE', `The token of ${source} cannot be renewed: the token store does not answer.`, {
      cause: error,
      retryAfterMs: STORE_AGAIN_AFTER_MS,
      isRetryable: false,
      wasSent: false,
    });
  }
  return new SourceError(source, 'UNAUTHENTICATED', `The stored tokens of ${source} cannot be used; check the token store.`, {
    cause: error,
  });
}
