import { describe, expect, test } from 'vitest';
import type { CallgearSandboxOptions } from '../../../src/sandbox/callgear/callgear-options.ts';
import { startOnlyofficeSandbox, type OnlyofficeSandboxOptions } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const REPORTS = 'sourceReports { status error { code message retryAfterMs } }';

interface Reported {
  readonly contacts: {
    readonly sourceReports: readonly {
      readonly status: string;
      readonly error: { readonly code: string; readonly message: string; readonly retryAfterMs: number | null } | null;
    }[];
  };
}

/** Asks for lists that have nothing in common, all at once. */
async function ask(gateway: TestGateway, count = 1) {
  const documents = Array.from(
    { length: count },
    (_, number) => `{ contacts(first: 1, filter: { lastName: "Nobody ${number}" }) { ${REPORTS} } }`,
  );
  const answers = await Promise.all(documents.map((document) => gateway.ask<Reported>(document)));
  return answers.map(({ contacts }) => contacts.sourceReports[0]);
}

/** The name of the one user whom every portal of the sandbox has. */
async function portalUserName(): Promise<string> {
  await using portal = await startOnlyofficeSandbox({ population: createPopulation({ onlyoffice: 1 }) });
  return portal.userName;
}

describe('an ONLYOFFICE log-in', () => {
  const LOG_IN = 'onlyoffice POST /api/2.0/authentication';

  async function startPortal(options: OnlyofficeSandboxOptions = {}, password?: string): Promise<TestGateway> {
    return startTestGateway({
      population: { onlyoffice: 3 },
      kommo: null,
      callgear: null,
      onlyoffice: options,
      environment: {
        ONLYOFFICE_TOKEN: '',
        ONLYOFFICE_USERNAME: await portalUserName(),
        ONLYOFFICE_PASSWORD: password ?? 'sandbox-password',
      },
    });
  }

  test('is one for all who need it', async () => {
    await using gateway = await startPortal();
    for (const report of await ask(gateway, 20)) expect(report).toMatchObject({ status: 'OK' });
    await ask(gateway, 3);
    expect(gateway.calls()[LOG_IN]).toBe(1);
  });

  test('that never expires is not repeated', async () => {
    await using gateway = await startPortal({ tokenMinutes: 0 });
    await ask(gateway);
    await ask(gateway);
    expect(gateway.calls()[LOG_IN]).toBe(1);
  });

  test('is repeated once when the portal ends the session, for all who found out', async () => {
    await using gateway = await startPortal();
    await ask(gateway);
    gateway.onlyoffice.revoke();
    for (const report of await ask(gateway, 20)) expect(report).toMatchObject({ status: 'OK' });
    expect(gateway.calls()[LOG_IN]).toBe(2);
  });

  test.each([
    ['a wrong password, which the portal answers with 500', {}, 'wrong', /check the user name and the password/],
    ['a second factor by SMS', { twoFactor: 'sms' as const }, undefined, /second factor/],
    ['a second factor by app', { twoFactor: 'app' as const }, undefined, /second factor/],
  ])('with %s is UNAUTHENTICATED, and tried once', async (_what, options, password, words) => {
    await using gateway = await startPortal(options, password);
    const reports = [...(await ask(gateway, 5)), ...(await ask(gateway))];
    for (const report of reports) {
      expect(report).toMatchObject({ status: 'FAILED', error: { code: 'UNAUTHENTICATED', message: expect.stringMatching(words) } });
    }
    expect(gateway.calls()).toEqual({ [LOG_IN]: 1 });
  });

  test('that gives a token which the portal refuses is not a loop', async () => {
    await using gateway = await startPortal();
    gateway.onlyoffice.setFaults([
      { route: 'GET /api/2.0/crm*', effect: { kind: 'respond', status: 401, contentType: 'text/html', body: 'Unauthorized' } },
    ]);
    for (let count = 0; count < 4; count += 1) expect(await ask(gateway)).toMatchObject([{ error: { code: 'UNAUTHENTICATED' } }]);
    expect(gateway.calls()[LOG_IN]).toBe(2);
  });

  test('that fails with a fault of the server is not repeated by the read that waits for it', async () => {
    await using gateway = await startPortal();
    gateway.onlyoffice.setFaults([
      { route: 'POST /api/2.0/authentication', effect: { kind: 'respond', status: 503, contentType: 'text/html', body: 'busy' } },
    ]);
    expect(await ask(gateway)).toMatchObject([{ status: 'FAILED', error: { code: 'UNAVAILABLE' } }]);
    expect(gateway.calls()).toEqual({ [LOG_IN]: 1 });
    gateway.onlyoffice.setFaults([]);
    expect(await ask(gateway)).toMatchObject([{ status: 'OK' }]);
  });
});

describe('a CallGear session', () => {
  const LOG_IN = 'callgear POST login.user';

  function startCallgear(options: CallgearSandboxOptions = {}, credentials: Record<string, string> = {}): Promise<TestGateway> {
    const login = { CALLGEAR_TOKEN: '', CALLGEAR_LOGIN: 'sandbox-callgear-login', CALLGEAR_PASSWORD: 'sandbox-callgear-password' };
    return startTestGateway({
      population: { callgear: 3 },
      onlyoffice: null,
      kommo: null,
      callgear: { quotas: { minute: 100_000 }, ...options },
      environment: { ...login, ...credentials },
    });
  }

  test.each(['access_token_invalid', 'access_token_expired'] as const)(
    'is begun once, and once again when it is over (%s), for all who found out',
    async (expiredSessionMnemonic) => {
      await using gateway = await startCallgear({ expiredSessionMnemonic });
      for (const report of await ask(gateway, 20)) expect(report).toMatchObject({ status: 'OK' });
      expect(gateway.calls()[LOG_IN]).toBe(1);
      gateway.callgear.expireSessions();
      for (const report of await ask(gateway, 20)) expect(report).toMatchObject({ status: 'OK' });
      expect(gateway.calls()[LOG_IN]).toBe(2);
    },
  );

  test('that is refused as soon as it has begun is not a loop', async () => {
    await using gateway = await startCallgear();
    const body = { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'x', data: { mnemonic: 'access_token_invalid' } } };
    const effect = { kind: 'respond', status: 200, contentType: 'application/json', body: JSON.stringify(body) } as const;
    gateway.callgear.setFaults([{ route: 'POST get.*', effect }]);
    for (let count = 0; count < 4; count += 1) expect(await ask(gateway)).toMatchObject([{ error: { code: 'UNAUTHENTICATED' } }]);
    expect(gateway.calls()).toEqual({ [LOG_IN]: 2, 'callgear POST get.contacts': 2 });
  });

  test('with a wrong password is UNAUTHENTICATED, and tried once', async () => {
    await using gateway = await startCallgear({}, { CALLGEAR_PASSWORD: 'wrong' });
    for (const report of [...(await ask(gateway, 5)), ...(await ask(gateway))]) {
      expect(report).toMatchObject({ status: 'FAILED', error: { code: 'UNAUTHENTICATED' } });
    }
    expect(gateway.calls()).toEqual({ [LOG_IN]: 1 });
  });

  test('is never begun for a permanent key, be it good or not', async () => {
    await using good = await startCallgear({}, { CALLGEAR_TOKEN: 'sandbox-callgear-token', CALLGEAR_LOGIN: '', CALLGEAR_PASSWORD: '' });
    expect(await ask(good)).toMatchObject([{ status: 'OK' }]);
    await using bad = await startCallgear({}, { CALLGEAR_TOKEN: 'unknown-key', CALLGEAR_LOGIN: '', CALLGEAR_PASSWORD: '' });
    expect(await ask(bad)).toMatchObject([{ status: 'FAILED', error: { code: 'UNAUTHENTICATED' } }]);
    expect({ ...good.calls(), ...bad.calls() }).not.toHaveProperty(LOG_IN);
    expect(bad.requests()).toHaveLength(1);
  });
});
