import type { Call } from '../../port/call.ts';

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
  };
}
