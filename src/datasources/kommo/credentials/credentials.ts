import type { Call } from '../../port/call.ts';
import type { TokenExpiry } from '../../port/source-health.ts';

/** What a client needs to sign its calls, whichever way the account is connected. */
export interface Credentials {
  /** @throws SourceError UNAUTHENTICATED when there is no token to be had. */
  accessToken(call: Call): Promise<string>;
  /** Whether a token that Kommo refused may be worth a renewal. */
  canRenew(refusedToken: string): boolean;
  /** Sees to it that `accessToken` gives another token than the one that Kommo refused. @throws SourceError when that failed. */
  renew(refusedToken: string, call: Call): Promise<void>;
  /** Called when Kommo accepted a token. */
  noteAccepted(accessToken: string): void;
  /** null: not known. */
  readonly expiry: TokenExpiry | null;
}

/**
 * A long-lived token of a private integration: it cannot be renewed.
 *
 * @see https://developers.kommo.com/docs/long-lived-token
 */
export function longLivedToken(token: string): Credentials {
  return {
    accessToken: async () => token,
    canRenew: () => false,
    renew: async () => undefined,
    noteAccepted: () => undefined,
    expiry: expiryOf(token),
  };
}

/** Of a JSON web token, whose second part says it in seconds. Nothing is checked: Kommo does that. */
function expiryOf(token: string): TokenExpiry | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims) || typeof claims.exp !== 'number') return null;
    const expiresAt = new Date(claims.exp * 1_000);
    return Number.isNaN(expiresAt.getTime()) ? null : { expiresAt, isRenewed: false };
  } catch {
    return null;
  }
}
