import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FaultEffect } from '../../../../../src/sandbox/fault.ts';
import { exchangeCode } from '../../../../../src/datasources/kommo/credentials/oauth.ts';
import { GovernedHttp } from '../../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../../src/datasources/governor/governor.ts';
import { SourceError } from '../../../../../src/datasources/port/source-error.ts';
import { startKommoSandbox } from '../../../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { TokenPair } from '../../../../../src/datasources/credentials/token-store.ts';
import { createCall, createTestLog } from '../../../../support/call.ts';
import { MemoryTokenStore, startKommo } from '../kommo-source.ts';
import { eventually } from '../../../../support/eventually.ts';

const integration = { clientId: 'client', clientSecret: 'client-secret', redirectUri: 'https://example.com/callback' };
const TOKEN_ROUTE = 'POST /oauth2/access_token';
const MINUTE_MS = 60_000;

/** A datasource whose stored access token expires in so many milliseconds. */
async function startConnected(
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

afterEach(() => {
  vi.useRealTimers();
});

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

  test("sends no refresh when it was paused and another process has the turn, and takes that one's pair", async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = async (source, change) => {
      const lost = new Error('the turn is lost');
      const check = async () => {
        throw lost;
      };
      await expect(change(tokenStore.pair, { check })).rejects.toBe(lost);
      kommo.connect();
      return update(source, change);
    };
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test.each([
    ['stores it in the place of the pair that it was received for', false],
    ['leaves what another process has stored meanwhile', true],
  ])('loses its turn after it has received a pair, and %s', async (_what, isReplaced) => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    let received: TokenPair | null = null;
    tokenStore.update = async (source, change) => {
      received = await change(tokenStore.pair, { check: async () => undefined });
      if (isReplaced) kommo.connect();
      return update(source, change);
    };
    const other = () => tokenStore.pair;
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    if (isReplaced) expect(other()).not.toEqual(received);
    else expect(other()).toEqual(received);
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

  test('asks to connect again when the grant is dead, refreshes no more, and recovers with a new pair', async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    if (kommo.tokenStore.pair) kommo.tokenStore.pair = { ...kommo.tokenStore.pair, refreshToken: 'dead' };
    for (let time = 0; time < 3; time += 1) {
      await expect(kommo.find()).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('npm run connect -- kommo'),
      });
    }
    expect(kommo.sandbox.requests).toHaveLength(1);
    expect(kommo.source.health()).toMatchObject({ status: 'UNAUTHENTICATED' });
    kommo.connect();
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.source.health()).toMatchObject({ status: 'OK' });
  });

  test.each<[string, FaultEffect, string]>([
    ['429', { kind: 'respond', status: 429, body: '{"retry_after":1}' }, 'RATE_LIMITED'],
    ['the HTML 403 of a blocked address', { kind: 'respond', status: 403, contentType: 'text/html', body: '<html></html>' }, 'BLOCKED'],
    ['a fault of the server', { kind: 'respond', status: 502, contentType: 'text/html', body: '<html></html>' }, 'UNAVAILABLE'],
  ])('does not take %s for a dead grant', async (_what, effect, code) => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    kommo.fault(effect);
    await expect(kommo.find()).rejects.toMatchObject({ code });
    expect(kommo.grants()).toHaveLength(1);
    expect(kommo.tokenStore.stored).toHaveLength(0);
  });

  const html = (status: number): FaultEffect => ({ kind: 'respond', status, contentType: 'text/html', body: '<html></html>' });
  test.each<[string, FaultEffect, string]>([
    ['500', { kind: 'respond', status: 500, body: '{}' }, 'UNAVAILABLE'],
    ['a 400 that asks to repeat', { kind: 'respond', status: 400, body: '{"detail":"Системная ошибка, повторите запрос"}' }, 'UNAVAILABLE'],
    ['a 400 that is not of Kommo', html(400), 'BAD_RESPONSE'],
    ['a 402 that comes and goes', { kind: 'respond', status: 402, body: '{"title":"Payment Required"}' }, 'FORBIDDEN'],
    ["a proxy's 404", html(404), 'UNAVAILABLE'],
    ['a 404 about the URL', { kind: 'respond', status: 404, body: '{"title":"Not Found"}' }, 'BAD_RESPONSE'],
    ['an empty 405', { kind: 'respond', status: 405, body: '' }, 'BAD_RESPONSE'],
    ["a proxy's 408", html(408), 'BAD_RESPONSE'],
  ])('tries again some seconds after %s, also when the clock was set back meanwhile', async (_what, effect, code) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using kommo = await startConnected({ expiresInMs: -2 * 60 * MINUTE_MS });
    kommo.fault(effect);
    await expect(kommo.find()).rejects.toMatchObject({ code });
    vi.advanceTimersByTime(4_000);
    await expect(kommo.find()).rejects.toMatchObject({ code, retryAfterMs: 1_000, wasSent: false });
    expect(kommo.grants()).toHaveLength(1);
    kommo.clock.aheadMs = -60 * MINUTE_MS;
    vi.advanceTimersByTime(1_000);
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(2);
  });

  test.each([
    [401, 'UNAUTHENTICATED'],
    [404, 'BAD_RESPONSE'],
  ] as const)(
    'says that the account may have been renamed when a refresh is answered %i, and who knows its address',
    async (status, code) => {
      await using kommo = await startConnected({ expiresInMs: -1, renamedStatus: status });
      await expect(kommo.find()).rejects.toMatchObject({ code, message: expect.stringMatching(/renamed.*api-b\.kommo\.com/) });
    },
  );

  test.each(['{"api_domain":"evil.example"}', '{"api_domain":7}', '7', 'no JSON'])('shows nothing else of a token: %s', async (claims) => {
    await using kommo = await startConnected({ expiresInMs: -1, renamedStatus: 401 });
    const accessToken = `e30.${Buffer.from(claims).toString('base64url')}.x`;
    kommo.tokenStore.pair = { ...kommo.connect(-1), accessToken };
    const failure = await kommo.find().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringMatching(/renamed/) });
    expect(String(failure)).not.toMatch(/evil|kommo\.com/);
  });

  test.each([400, 401, 403])('tries a grant that was called dead by %s again after ten minutes, and not before', async (status) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using kommo = await startConnected({ expiresInMs: -1 });
    kommo.fault({ kind: 'respond', status, body: JSON.stringify({ hint: 'Token has been revoked', status }) });
    await expect(kommo.find()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    vi.advanceTimersByTime(10 * MINUTE_MS - 1);
    await expect(kommo.find()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('npm run connect -- kommo'),
    });
    expect(kommo.grants()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(2);
    expect(kommo.source.health()).toMatchObject({ status: 'OK' });
  });

  test.each<[string, FaultEffect]>([
    ['fails', { kind: 'respond', status: 500, body: '{}' }],
    ['gets no answer', { kind: 'hang' }],
    ['is refused', { kind: 'respond', status: 401, body: '{"hint":"Token has been revoked"}' }],
  ])('goes on with a token that still lives when the refresh ahead of its expiry %s', async (_how, effect) => {
    await using kommo = await startConnected({ expiresInMs: 2 * MINUTE_MS });
    kommo.fault(effect);
    for (let time = 0; time < 3; time += 1) expect((await kommo.find()).size).toBe(1);
    await eventually(() => expect(kommo.grants()).toHaveLength(1));
  });

  test('tells of a dead grant by its health as soon as it is known, though the token still lives', async () => {
    await using kommo = await startConnected({ expiresInMs: 2 * MINUTE_MS });
    kommo.sandbox.oauth.vault.revokeRefreshTokens();
    await kommo.find();
    await eventually(() => expect(kommo.source.health()).toMatchObject({ status: 'UNAUTHENTICATED' }));
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.source.health()).toMatchObject({ status: 'UNAUTHENTICATED' });
  });

  test('goes on with a token that still lives while another process holds the lock, or the store cannot be read', async () => {
    await using kommo = await startConnected({ expiresInMs: 2 * MINUTE_MS });
    kommo.tokenStore.update = () => new Promise(() => undefined);
    expect((await kommo.find()).size).toBe(1);
    kommo.tokenStore.read = () => Promise.reject(new Error('no rights'));
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(0);
  });

  test('does not refresh in a loop when new tokens are refused', async () => {
    await using kommo = await startConnected();
    const refused = { title: 'Unauthorized', type: 'https://httpstatus.es/401', status: 401, detail: 'Invalid user name or password' };
    kommo.sandbox.setFaults([{ route: 'GET /api/*', effect: { kind: 'respond', status: 401, body: JSON.stringify(refused) } }]);
    for (let time = 0; time < 4; time += 1) await expect(kommo.find()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(kommo.grants()).toHaveLength(1);
  });

  test('does not refresh at each call where tokens live shorter than the time ahead', async () => {
    await using kommo = await startConnected({ expiresInMs: -1, lifetimeSeconds: 120 });
    for (let time = 0; time < 3; time += 1) await kommo.find();
    expect(kommo.grants()).toHaveLength(1);
  });

  test('does not lose a pair that could not be stored at first', async () => {
    await using kommo = await startConnected({ expiresInMs: -1 });
    const { tokenStore } = kommo;
    const update = tokenStore.update.bind(tokenStore);
    tokenStore.update = async (_source, change) => {
      await change(tokenStore.pair, { check: async () => undefined });
      throw new Error('the disk is full');
    };
    await expect(kommo.find()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    tokenStore.update = update;
    expect((await kommo.find()).size).toBe(1);
    expect(kommo.grants()).toHaveLength(1);
    expect(tokenStore.stored).toHaveLength(1);
  });

  test('asks to connect when nothing is stored, without a call', async () => {
    await using kommo = await startConnected();
    kommo.tokenStore.pair = null;
    await expect(kommo.find()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('npm run connect -- kommo'),
    });
    expect(kommo.sandbox.requests).toHaveLength(0);
  });

  test('calls a store that cannot be used by a code, and shows nothing of it', async () => {
    await using kommo = await startConnected();
    kommo.tokenStore.read = () => Promise.reject(new Error('canary'));
    const error = await kommo.find().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).not.toContain('canary');
  });
});

describe('exchangeCode', () => {
  async function exchange(code: (issued: string) => string, client = integration) {
    await using sandbox = await startKommoSandbox({ integration });
    const http = new GovernedHttp(
      { source: 'kommo', baseUrl: sandbox.url, credential: 'client', rateLimits: [], concurrencyMax: 8 },
      { governor: new Governor(), log: createTestLog(), sourceTimeoutMs: 5_000 },
    );
    return await exchangeCode({ source: 'kommo', http, client, now: Date.now }, code(sandbox.oauth.vault.issueCode()));
  }

  test('gives the first pair', async () => {
    const pair = await exchange((issued) => issued);
    expect(pair.accessToken).not.toBe('');
    expect(pair.refreshToken).not.toBe('');
    expect(pair.expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 60 * MINUTE_MS);
  });

  test.each([
    ['a code that is none', () => 'none', integration, 'code cannot be read'],
    ['a wrong secret', (issued: string) => issued, { ...integration, clientSecret: 'wrong' }, 'client secret is wrong'],
    ['another redirect URI', (issued: string) => issued, { ...integration, redirectUri: 'https://example.com/x' }, 'redirect URI is not'],
  ])('says what is wrong with %s', async (_what, code, client, advice) => {
    await expect(exchange(code, client)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining(advice) });
  });
});
