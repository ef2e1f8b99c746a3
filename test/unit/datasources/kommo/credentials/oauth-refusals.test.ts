import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FaultEffect } from '../../../../../src/sandbox/fault.ts';
import { eventually } from '../../../../support/eventually.ts';
import { MINUTE_MS, startConnected } from './connected-kommo.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('a refresh that fails', () => {
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

  test('does not refresh in a loop when new tokens are refused', async () => {
    await using kommo = await startConnected();
    const refused = { title: 'Unauthorized', type: 'https://httpstatus.es/401', status: 401, detail: 'Invalid user name or password' };
    kommo.sandbox.setFaults([{ route: 'GET /api/*', effect: { kind: 'respond', status: 401, body: JSON.stringify(refused) } }]);
    for (let time = 0; time < 4; time += 1) await expect(kommo.find()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(kommo.grants()).toHaveLength(1);
  });
});
