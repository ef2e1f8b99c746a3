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
  /** The stored pair; null when there is none. Reads the store afresh each time. */
  read(source: string): Promise<TokenPair | null>;
  /** Runs `change` alone, between processes too; what it returns is durable before this resolves. */
  update(source: string, change: Change): Promise<TokenPair | null>;
}
