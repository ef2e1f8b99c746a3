import type { Call } from '../contact-source.ts';
import { withinCall } from '../within-call.ts';
import { SourceError } from '../source-error.ts';
import type { TokenPair, TokenStore } from '../token-store.ts';
import type { Credentials } from './credentials.ts';
import { connectAgain, exchangeRefreshToken, type GrantContext } from './oauth.ts';

/** Tokens are refreshed so long before they expire; short-lived ones in the last quarter of their life. */
const REFRESH_AHEAD_MS = 5 * 60_000;
/** After a refresh that failed for a passing reason, none is sent for so long. */
const RETRY_REFRESH_AFTER_MS = 1_000;
/** A token that was granted and refused at once is not refreshed again for so long: that would be a loop. */
const RENEW_AGAIN_AFTER_MS = 60_000;

export interface OAuthOptions extends GrantContext {
  readonly tokenStore: TokenStore;
}

/**
 * Rotating tokens of an OAuth integration.
 *
 * A refresh kills the token that it was made with, so there is never more than one: callers of this process share it, other processes are kept out
 * by the store's lock, and under the lock the stored pair is read again, because another process may have refreshed it. The new pair is stored
 * before its first use. A refresh once begun is never aborted. When Kommo says that the grant is dead, that is remembered until the stored pair changes.
 *
 * @see https://developers.kommo.com/docs/oauth-20
 */
export class OAuthCredentials implements Credentials {
  readonly #options: OAuthOptions;
  #pair: TokenPair | null = null;
  #refresh: Promise<TokenPair> | null = null;
  /** Why no refresh is sent: for the refresh token, and until the moment (Unix milliseconds), named here. */
  #failure: { readonly refreshToken: string; readonly until: number; readonly error: SourceError } | null = null;
  /** A pair that could not be stored, and the refresh token that it cost: getting another one would be impossible. */
  #unstored: { readonly refreshToken: string; readonly pair: TokenPair } | null = null;
  #granted: { readonly accessToken: string; readonly at: number; wasAccepted: boolean } | null = null;
  /** A pair that another process stored while this one was looking, and when it was seen first. */
  #seen: { readonly accessToken: string; readonly at: number } | null = null;
  /** The access token that Kommo refused with 401. */
  #refused: string | null = null;
  #hasLimitation = false;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  async accessToken(call: Call): Promise<string> {
    const known = this.#pair;
    const pair = known !== null && this.#isFresh(known) ? known : await withinCall(this.#options.source, this.#readPair(), call);
    if (this.#isFresh(pair)) return pair.accessToken;
    try {
      return (await withinCall(this.#options.source, this.#refreshed(pair), call)).accessToken;
    } catch (error) {
      // Ahead of its expiry the token still serves.
      if (this.#isUsable(pair) && !call.signal.aborted) return pair.accessToken;
      throw error;
    }
  }

  canRenew(refusedToken: string): boolean {
    const granted = this.#granted;
    if (granted === null || granted.accessToken !== refusedToken || granted.wasAccepted) return true;
    return this.#options.now() - granted.at >= RENEW_AGAIN_AFTER_MS;
  }

  async renew(refusedToken: string, call: Call): Promise<void> {
    if (this.#pair !== null && this.#pair.accessToken !== refusedToken) return;
    this.#refused = refusedToken;
    const pair = await withinCall(this.#options.source, this.#readPair(), call);
    if (this.#isFresh(pair)) return;
    await withinCall(this.#options.source, this.#refreshed(pair), call);
  }

  noteAccepted(accessToken: string): void {
    if (this.#granted?.accessToken === accessToken) this.#granted.wasAccepted = true;
    const isDead = this.#failure !== null && this.#failure.refreshToken === this.#pair?.refreshToken;
    if (!isDead) this.#unnote();
  }

  #isFresh(pair: TokenPair): boolean {
    if (!this.#isUsable(pair)) return false;
    const begun = [this.#granted, this.#seen].find((known) => known?.accessToken === pair.accessToken);
    const lifeMs = begun ? pair.expiresAt.getTime() - begun.at : Infinity;
    return pair.expiresAt.getTime() - this.#options.now() > Math.min(REFRESH_AHEAD_MS, lifeMs / 4);
  }

  #isUsable(pair: TokenPair): boolean {
    return pair.accessToken !== this.#refused && pair.expiresAt.getTime() > this.#options.now();
  }

  /** @throws SourceError UNAUTHENTICATED when nothing is stored, or the store cannot be read. */
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
    if (isNews) this.#seen = { accessToken, at: this.#options.now() };
  }

  #refreshed(stale: TokenPair): Promise<TokenPair> {
    this.#refresh ??= this.#runRefresh(stale).finally(() => {
      this.#refresh = null;
    });
    return this.#refresh;
  }

  async #runRefresh(stale: TokenPair): Promise<TokenPair> {
    const { source, tokenStore } = this.#options;
    this.#refuseAgain(stale);
    try {
      const pair = await tokenStore.update(source, async (stored) => {
        if (stored !== null) this.#noteSeen(stored);
        if (stored === null || this.#isFresh(stored)) return stored;
        if (this.#unstored?.refreshToken === stored.refreshToken) return this.#unstored.pair;
        this.#refuseAgain(stored);
        const pair = await this.#exchange(stored.refreshToken);
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
    const failure = this.#failure;
    if (failure?.refreshToken === stored.refreshToken && this.#options.now() < failure.until) throw failure.error;
  }

  async #exchange(refreshToken: string): Promise<TokenPair> {
    try {
      const pair = await exchangeRefreshToken(this.#options, refreshToken);
      this.#failure = null;
      this.#granted = { accessToken: pair.accessToken, at: this.#options.now(), wasAccepted: false };
      return pair;
    } catch (error) {
      const failure = withoutRetry(this.#options.source, error);
      const isDead = failure.code === 'UNAUTHENTICATED';
      if (isDead) this.#noted(failure);
      const waitMs = isDead ? Infinity : (failure.retryAfterMs ?? RETRY_REFRESH_AFTER_MS);
      this.#failure = { refreshToken, until: this.#options.now() + waitMs, error: failure };
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
  if (!(error instanceof SourceError))
    return new SourceError(source, 'UNAVAILABLE', `${source} could not be asked for a token.`, { cause: error });
  const { code, message, httpStatus, retryAfterMs } = error;
  return new SourceError(source, code, message, { cause: error, httpStatus, retryAfterMs, wasSent: false, isRetryable: false });
}

function storeFailure(source: string, error: unknown): SourceError {
  return new SourceError(source, 'UNAUTHENTICATED', `The stored tokens of ${source} cannot be used; check the token store.`, {
    cause: error,
  });
}
