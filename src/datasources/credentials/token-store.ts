/** A rotating pair of OAuth tokens. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** Where rotating tokens live between processes, by source name. */
export interface TokenStore {
  /** The stored pair; null when there is none. Reads the store afresh each time. */
  read(source: string): Promise<TokenPair | null>;
  /** Runs `change` alone, between processes too. It gets the pair as stored now; what it returns is durable before this resolves. */
  update(source: string, change: (stored: TokenPair | null) => Promise<TokenPair | null>): Promise<TokenPair | null>;
}
