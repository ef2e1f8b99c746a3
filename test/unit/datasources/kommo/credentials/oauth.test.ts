import { describe, expect, test } from 'vitest';
import { eventually } from '../../../../support/eventually.ts';
import { MINUTE_MS, startConnected } from './connected-kommo.ts';

describe('OAuth', () => {
  test('uses the stored token without a refresh while it lives', async () => {
    await using kommo = await startConnected();
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test.each([
    ['ahead of expiry', 4 * MINUTE_MS],
    ['after it', -1],
  ])('refreshes once for any number of callers, %s, with the redirect URI, and stores the pair', async (_when, expiresInMs) => {
    await using kommo = await startConnected({ expiresInMs });
    const before = kommo.tokenStore.pair;
    const found = await Promise.all(Array.from({ length: 50 }, kommo.find));
    expect(found.every(({ size }) => size === 1)).toBe(true);
    await eventually(() => expect(kommo.tokenStore.stored).toHaveLength(1));
    await kommo.find();
    expect(kommo.grants().map(({ body }) => body)).toEqual([
      {
        client_id: 'client',
        client_secret: 'client-secret',
        grant_type: 'refresh_token',
        refresh_token: before?.refreshToken,
        redirect_uri: 'https://example.com/callback',
      },
    ]);
    expect(kommo.tokenStore.stored).toHaveLength(1);
    expect(kommo.sandbox.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${kommo.tokenStore.pair?.accessToken}`);
    expect(kommo.tokenStore.pair?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 60 * MINUTE_MS);
  });

  test('refreshes once for any number of callers on 401', async () => {
    await using kommo = await startConnected();
    kommo.clock.aheadMs = 25 * 60 * MINUTE_MS;
    if (kommo.tokenStore.pair) kommo.tokenStore.pair = { ...kommo.tokenStore.pair, expiresAt: new Date(Date.now() + 30 * 60 * MINUTE_MS) };
    const found = await Promise.all(Array.from({ length: 20 }, kommo.find));
    expect(found.every(({ size }) => size === 1)).toBe(true);
    expect(kommo.sandbox.oauth.refreshCount).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
  });

  test('takes the pair that another process has stored meanwhile', async () => {
    await using kommo = await startConnected({ expiresInMs: 4 * MINUTE_MS });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = (source, change) => {
      kommo.connect();
      return update(source, change);
    };
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test('takes it also where tokens live shorter than the time ahead, and does not refresh at once what another process has just refreshed', async () => {
    await using kommo = await startConnected({ expiresInMs: 10_000 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = (source, change) => {
      kommo.connect(MINUTE_MS);
      return update(source, change);
    };
    expect((await kommo.find()).size).toBe(1);
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test('waits for an answer that comes later than any list may take: it alone holds the tokens that work', async () => {
    await using kommo = await startConnected({ expiresInMs: -1, sourceTimeoutMs: 2_000 });
    kommo.fault({ kind: 'delay', delayMs: 2_500 }, 1, 'after');
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    expect(kommo.tokenStore.stored).toHaveLength(1);
  });

  test('sends the same token once more when the answer was lost', async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    kommo.fault({ kind: 'reset' });
    expect((await kommo.find()).size).toBe(1);
    const tokens = kommo.grants().map(({ body }) => (body as { refresh_token: string }).refresh_token);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });

  test('does not refresh at each call where tokens live shorter than the time ahead', async () => {
    await using kommo = await startConnected({ expiresInMs: -1, lifetimeSeconds: 120 });
    for (let time = 0; time < 3; time += 1) await kommo.find();
    expect(kommo.grants()).toHaveLength(1);
  });
});
