/** A rotating pair of OAuth tokens. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** Another process has the turn now. Must not be caught by a change: it begins anew. */
export class LostTurnError extends Error {
  override readonly name = 'LostTurnError';
}

/** The store cannot be reached at the moment, and nothing was changed. */
export class TokenStoreAwayError extends Error {
  override readonly name = 'TokenStoreAwayError';
}

/** The store cannot be used as it is. The message says what to do, and shows nothing of the content. */
export class TokenStoreError extends Error {
  override readonly name: string = 'TokenStoreError';
}

/** The time in which a change has the store for itself. */
export interface Turn {
  /**
   * Checks that the turn still is one: a process that was paused may have lost it to another. To be awaited just before what must not be done twice.
   *
   * @throws LostTurnError
   */
  check(): Promise<void>;
}

/**
 * Makes the new pair of the one that is stored.
 *
 * It is called again, with what is stored by then, when the turn was lost before the new pair was stored. So what can be received once only is kept
 * between the calls, and given again if what is stored still is the pair that it was received for.
 */
export type Change = (stored: TokenPair | null, turn: Turn) => Promise<TokenPair | null>;

/** Where rotating tokens live between processes, by source name. */
export interface TokenStore {
  /** The stored pair; null when there is none. Reads the store afresh each time. @throws TokenStoreError, TokenStoreAwayError */
  read(source: string): Promise<TokenPair | null>;
  /** Runs `change` alone, between processes too; what it returns is durable before this resolves. @throws TokenStoreError, TokenStoreAwayError */
  update(source: string, change: Change): Promise<TokenPair | null>;
  /** Waits for the changes under way: a process that ended between a refresh and its storing would have lost the grant. */
  settle(): Promise<void>;
}
