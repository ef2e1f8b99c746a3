import { randomBytes } from 'node:crypto';

/** Codes live for 20 minutes, access tokens for a day, refresh tokens for three months. */
const CODE_LIFETIME_MS = 20 * 60 * 1000;
const ACCESS_LIFETIME_SECONDS = 86_400;
const REFRESH_LIFETIME_MS = 90 * 86_400 * 1000;

/** What a grant gives. */
export interface KommoTokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Why no pair is given: what the OAuth error body says. */
export interface GrantRefusal {
  readonly status: 400 | 401;
  readonly hint: string;
}

/** For whom tokens are given out, and how long they live. */
export interface TokenVaultOptions {
  readonly clientId: string;
  readonly accountId: number;
  /** Whether a used refresh token stays usable until the pair that it gave has refreshed in its turn. */
  readonly isRefreshGraceful: boolean;
  /** 86,400 when left out. */
  readonly accessTokenLifetimeSeconds?: number | undefined;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
}

interface RefreshGrant {
  readonly expiresAtMs: number;
  isRevoked: boolean;
  /** The grant whose token gave this one. */
  readonly parent: RefreshGrant | undefined;
}

/** Kommo's access tokens are JWTs; this one looks like it, its signature is noise. */
function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${randomBytes(64).toString('base64url')}`;
}

/** The codes and tokens that the sandbox account has given out. */
export class TokenVault {
  readonly accessTokenLifetimeSeconds: number;
  readonly #options: TokenVaultOptions;
  readonly #accessTokens = new Map<string, number>();
  readonly #refreshTokens = new Map<string, RefreshGrant>();
  readonly #codes = new Map<string, { readonly expiresAtMs: number; isUsed: boolean }>();

  constructor(options: TokenVaultOptions) {
    this.#options = options;
    this.accessTokenLifetimeSeconds = options.accessTokenLifetimeSeconds ?? ACCESS_LIFETIME_SECONDS;
  }

  /** Gives a new pair as if a code had been exchanged. */
  issueTokens(): KommoTokenPair {
    return this.#issue(undefined);
  }

  /** Gives a code for 20 minutes and one use. */
  issueCode(): string {
    const code = `def502${randomBytes(48).toString('hex')}`;
    this.#codes.set(code, { expiresAtMs: this.#options.nowMs() + CODE_LIFETIME_MS, isUsed: false });
    return code;
  }

  exchangeCode(sent: unknown): KommoTokenPair | GrantRefusal {
    const code = typeof sent === 'string' ? this.#codes.get(sent) : undefined;
    if (code === undefined) return { status: 400, hint: 'Cannot decrypt the authorization code' };
    if (code.isUsed) return { status: 400, hint: 'Authorization code has been revoked' };
    if (code.expiresAtMs <= this.#options.nowMs()) return { status: 400, hint: 'Authorization code has expired' };
    code.isUsed = true;
    return this.issueTokens();
  }

  /** Gives a new pair for a refresh token and revokes that token: at once or, with grace, when the new one is used. */
  refresh(sent: unknown): KommoTokenPair | GrantRefusal {
    const grant = typeof sent === 'string' ? this.#refreshTokens.get(sent) : undefined;
    if (grant?.isRevoked === true) return { status: 401, hint: 'Token has been revoked' };
    if (grant === undefined || grant.expiresAtMs <= this.#options.nowMs()) return { status: 400, hint: 'Invalid refresh token' };
    if (grant.parent !== undefined) grant.parent.isRevoked = true;
    if (!this.#options.isRefreshGraceful) grant.isRevoked = true;
    return this.#issue(grant);
  }

  isAccessTokenValid(token: string): boolean {
    return (this.#accessTokens.get(token) ?? 0) > this.#options.nowMs();
  }

  isRefreshTokenValid(token: string): boolean {
    return this.#refreshTokens.get(token)?.isRevoked === false;
  }

  /** From now on every access token given so far is answered 401. */
  expireAccessTokens(): void {
    this.#accessTokens.clear();
  }

  /** From now on every refresh token given so far is answered as revoked: the user has to consent again. */
  revokeRefreshTokens(): void {
    for (const grant of this.#refreshTokens.values()) grant.isRevoked = true;
  }

  #issue(parent: RefreshGrant | undefined): KommoTokenPair {
    const { clientId, accountId, nowMs } = this.#options;
    const nowSeconds = Math.floor(nowMs() / 1000);
    const accessToken = jwt({
      aud: clientId,
      jti: randomBytes(16).toString('hex'),
      iat: nowSeconds,
      exp: nowSeconds + this.accessTokenLifetimeSeconds,
      sub: '9001',
      account_id: accountId,
      base_domain: 'kommo.com',
      api_domain: 'api-b.kommo.com',
      scopes: ['crm', 'notifications'],
    });
    const refreshToken = `def502${randomBytes(64).toString('hex')}`;
    this.#accessTokens.set(accessToken, nowMs() + this.accessTokenLifetimeSeconds * 1000);
    this.#refreshTokens.set(refreshToken, { expiresAtMs: nowMs() + REFRESH_LIFETIME_MS, isRevoked: false, parent });
    return { accessToken, refreshToken };
  }
}
