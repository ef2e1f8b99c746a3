import type { FaultEffect } from '../../../../../src/sandbox/fault.ts';
import { createCall } from '../../../../support/call.ts';
import { MemoryTokenStore, startKommo } from '../kommo-source.ts';

export const integration = { clientId: 'client', clientSecret: 'client-secret', redirectUri: 'https://example.com/callback' };
export const MINUTE_MS = 60_000;
const TOKEN_ROUTE = 'POST /oauth2/access_token';

/** A datasource whose stored access token expires in so many milliseconds. */
export async function startConnected(
  options: { expiresInMs?: number; lifetimeSeconds?: number; sourceTimeoutMs?: number; renamedStatus?: 401 | 404 } = {},
) {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const tokenStore = new MemoryTokenStore(null);
  const kommo = await startKommo({
    sandbox: {
      integration,
      nowMs: now,
      ...(options.renamedStatus !== undefined && { renamedStatus: options.renamedStatus }),
      ...(options.lifetimeSeconds !== undefined && { accessTokenLifetimeSeconds: options.lifetimeSeconds }),
    },
    settings: { ...integration, rateLimit: 1_000 },
    tokenStore,
    now,
    ...(options.sourceTimeoutMs !== undefined && { sourceTimeoutMs: options.sourceTimeoutMs }),
  });
  const connect = (expiresInMs = 24 * 60 * MINUTE_MS) => {
    tokenStore.pair = { ...kommo.sandbox.oauth.vault.issueTokens(), expiresAt: new Date(now() + expiresInMs) };
    return tokenStore.pair;
  };
  connect(options.expiresInMs);
  const find = () => kommo.source.findByIds('contact', ['501001'], new Set(), createCall());
  const grants = () => kommo.sandbox.requests.filter(({ route }) => route === TOKEN_ROUTE);
  const fault = (effect: FaultEffect, times = 1, when: 'before' | 'after' = 'before') =>
    kommo.sandbox.setFaults([{ route: TOKEN_ROUTE, times, when, effect }]);
  return { ...kommo, clock, tokenStore, connect, find, grants, fault, [Symbol.asyncDispose]: () => kommo.sandbox.close() };
}
