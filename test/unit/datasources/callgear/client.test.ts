import { afterEach, describe, expect, it, vi } from 'vitest';
import { page, scriptedCallgear, newCall, type RpcRequest } from './scripted-callgear.ts';

const LOGIN = { kind: 'login', login: 'anna', password: 'secret' } as const;
const NO_DETAILS = new Set<never>();

const loggedIn = (accessToken: string) => ({ result: { data: { access_token: accessToken, expire_at: 1_790_003_600, app_id: 1 } } });

afterEach(() => {
  vi.useRealTimers();
});

describe('requests', () => {
  it('carry the credential in their params, their own id, and nothing that is unset', async () => {
    const { datasource, requests } = scriptedCallgear(() => page([], 0));
    await datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());
    await datasource.findByIds('contact', ['6'], NO_DETAILS, newCall());

    const [first, second] = requests as [RpcRequest, RpcRequest];
    expect(first).toMatchObject({ jsonrpc: '2.0', method: 'get.contacts', params: { access_token: 'k3y', limit: 1, offset: 0 } });
    expect(Object.keys(first.params)).not.toContain('user_id');
    expect(Object.values(first.params)).not.toContain(null);
    expect(first.id).not.toBe(second.id);
  });

  it('name the user whom an agent acts for, except at the log-in', async () => {
    const { datasource, requests } = scriptedCallgear(({ method }) => (method === 'login.user' ? loggedIn('session') : page([], 0)), {
      credentials: LOGIN,
      userId: 42,
    });
    await datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());

    expect(requests.map(({ method, params }) => [method, params['user_id'], params['access_token']])).toEqual([
      ['login.user', undefined, undefined],
      ['get.contacts', 42, 'session'],
    ]);
    expect(requests[0]?.params).toEqual({ login: 'anna', password: 'secret' });
  });
});

describe('a session', () => {
  it.each(['access_token_invalid', 'access_token_expired', 'auth_error'])(
    'that is over (%s) is renewed once, and the read goes on',
    async (mnemonic) => {
      let logIns = 0;
      const { datasource, methods } = scriptedCallgear(
        ({ method, params }) => {
          if (method === 'login.user') return loggedIn(`session-${(logIns += 1)}`);
          return params['access_token'] === 'session-1' ? { mnemonic } : page([{ id: 5 }], 1);
        },
        { credentials: LOGIN },
      );
      const found = await datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());

      expect([...found.keys()]).toEqual(['5']);
      expect(methods()).toEqual(['login.user', 'get.contacts', 'login.user', 'get.contacts']);
    },
  );

  it('is not renewed in a loop', async () => {
    const { datasource, methods } = scriptedCallgear(
      ({ method }) => (method === 'login.user' ? loggedIn('session') : { mnemonic: 'access_token_invalid' }),
      { credentials: LOGIN },
    );
    await expect(datasource.findByIds('contact', ['5'], NO_DETAILS, newCall())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(methods()).toEqual(['login.user', 'get.contacts', 'login.user', 'get.contacts']);
  });

  it.each(['access_token_blocked', 'account_inactive', 'ip_not_whitelisted', 'forbidden'])('is not renewed on %s', async (mnemonic) => {
    const { datasource, methods } = scriptedCallgear(({ method }) => (method === 'login.user' ? loggedIn('session') : { mnemonic }), {
      credentials: LOGIN,
    });
    await expect(datasource.findByIds('contact', ['5'], NO_DETAILS, newCall())).rejects.toMatchObject({ errorKey: mnemonic });
    expect(methods()).toEqual(['login.user', 'get.contacts']);
  });

  it('that cannot begin is an UNAUTHENTICATED read, after one log-in', async () => {
    const { datasource, methods } = scriptedCallgear(() => ({ mnemonic: 'auth_error' }), { credentials: LOGIN });
    await expect(datasource.findByIds('contact', ['5'], NO_DETAILS, newCall())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(methods()).toEqual(['login.user']);
  });

  it('that was refused as soon as it had begun does not put the next log-in off with every read', async () => {
    const { datasource, methods } = scriptedCallgear(
      ({ method }) => (method === 'login.user' ? loggedIn('session') : { mnemonic: 'access_token_invalid' }),
      { credentials: LOGIN },
    );
    vi.useFakeTimers({ toFake: ['performance'] });
    const read = () => datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());
    await expect(read()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    vi.advanceTimersByTime(4_000);
    await expect(read()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retryAfterMs: 1_000, wasSent: false });
    expect(methods()).toHaveLength(4);
    vi.advanceTimersByTime(1_000);
    await expect(read()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(methods().slice(4, 6)).toEqual(['login.user', 'get.contacts']);
  });

  it('by a permanent key has nothing to renew', async () => {
    const { datasource, methods } = scriptedCallgear(() => ({ mnemonic: 'access_token_invalid' }));
    await expect(datasource.findByIds('contact', ['5'], NO_DETAILS, newCall())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(methods()).toEqual(['get.contacts']);
  });
});

describe('quotas', () => {
  it('are noted from answers, and the end of the version is logged once', async () => {
    const metadata = {
      limits: { hour_limit: 4000, hour_remaining: 3999, hour_reset: 10 },
      api_version: { current_version_deprecated: true },
    };
    const { datasource, quotas, warnings } = scriptedCallgear(() => ({ result: { data: [], metadata } }));
    await datasource.findByIds('contact', ['5'], NO_DETAILS, newCall());
    await datasource.findByIds('contact', ['6'], NO_DETAILS, newCall());

    expect(quotas[0]).toEqual({ window: 'HOUR', limit: 4000, remaining: 3999, resetsInMs: 10_000 });
    expect(warnings).toHaveLength(1);
  });
});
