import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SANDBOX_CALLGEAR_TOKEN } from '../../../src/sandbox/callgear/callgear-options.ts';
import { startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { LoggedRequest } from '../../../src/sandbox/fault.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { makeFolder } from '../../support/processes/child-process.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const REPORTS = 'sourceReports { source { name } status error { code retryAfterMs } }';

interface Reported {
  readonly contacts: {
    readonly sourceReports: readonly {
      readonly status: string;
      readonly error: { readonly code: string; readonly retryAfterMs: number | null } | null;
    }[];
  };
}
interface Healths {
  readonly sources: readonly {
    readonly health: {
      readonly status: string;
      readonly quotas: readonly { readonly window: string; readonly limit: number | null; readonly remaining: number | null }[];
    };
  }[];
}

/** The most requests that arrived in any second, by the CRM's own log. */
function busiestSecond(requests: readonly LoggedRequest[]): number {
  return Math.max(0, ...requests.map(({ at: start }) => requests.filter(({ at }) => at >= start && at < start + 1_000).length));
}

/** Lists that have nothing in common, so that each costs a call. */
function listOf(number: number): string {
  return `{ contacts(first: 2, filter: { createdAt: { from: "20${String(10 + number)}-01-01T00:00:00Z" } }) { nodes { id } ${REPORTS} } }`;
}

async function askAll(gateway: TestGateway, count: number) {
  const answers = await Promise.all(Array.from({ length: count }, (_, number) => gateway.ask<Reported>(listOf(number))));
  return answers.flatMap(({ contacts }) => contacts.sourceReports);
}

const readHealth = async (gateway: TestGateway) =>
  (await gateway.ask<Healths>('{ sources { health { status quotas { window limit remaining resetsAt } } } }')).sources[0]?.health;

describe('Kommo', () => {
  const environment = { KOMMO_RATE_LIMIT: '7', REQUEST_TIMEOUT_MS: '8000', SOURCE_TIMEOUT_MS: '7000' };
  const population = { kommo: 30, onlyoffice: 1, callgear: 1 };

  test('never gets more than seven calls in any second from eighty requests at once; who cannot wait is told how long to', async () => {
    await using gateway = await startTestGateway({ population, onlyoffice: null, callgear: null, environment, kommo: { rateLimit: {} } });
    const reports = await askAll(gateway, 80);
    const calls = gateway.requests('kommo');
    expect(busiestSecond(calls)).toBeLessThanOrEqual(7);
    expect(gateway.kommo.rateLimiter.refusals).toBe(0);
    // Whoever is cut by the deadline may have had a call; all others that were refused cost none, and hear when to come back.
    const hadCall = reports.filter(({ status, error }) => status === 'OK' || error?.code === 'TIMEOUT');
    expect(calls.length).toBeLessThanOrEqual(hadCall.length);
    expect(calls.length).toBeGreaterThanOrEqual(reports.filter(({ status }) => status === 'OK').length);
    const refused = reports.filter((report) => !hadCall.includes(report));
    expect(refused.length).toBeGreaterThan(0);
    for (const { error } of refused) {
      expect(error?.code).toBe('RATE_LIMITED');
      expect(error?.retryAfterMs).toBeGreaterThan(0);
    }
    expect(reports.some(({ status }) => status === 'OK')).toBe(true);
  });

  test('shares its seven calls between two sources on one account', async () => {
    await using folder = await makeFolder();
    await using kommo = await startKommoSandbox({ population: createPopulation(population), rateLimit: {} });
    const path = join(folder.path, 'sources.json');
    const account = { kind: 'KOMMO', url: kommo.url, token: kommo.token };
    const sources = [
      { name: 'sales', ...account },
      { name: 'support', ...account, rateLimit: 50 },
    ];
    await writeFile(path, JSON.stringify({ sources }));
    const { KOMMO_RATE_LIMIT: _limit, ...timeouts } = environment;
    await using gateway = await startTestGateway({
      onlyoffice: null,
      kommo: null,
      callgear: null,
      environment: { ...timeouts, CRM_GATEWAY_CONFIG: path },
    });
    const reports = await askAll(gateway, 12);
    expect(reports).toHaveLength(24);
    expect(busiestSecond(kommo.requests)).toBeLessThanOrEqual(7);
    expect(kommo.rateLimiter.refusals).toBe(0);
  });
});

describe('ONLYOFFICE', () => {
  test('gets no more calls in ten seconds than ONLYOFFICE_RATE_LIMIT says; who cannot wait is told how long to', async () => {
    const environment = { ONLYOFFICE_RATE_LIMIT: '6', REQUEST_TIMEOUT_MS: '4000', SOURCE_TIMEOUT_MS: '2000' };
    await using gateway = await startTestGateway({ population: { onlyoffice: 10 }, kommo: null, callgear: null, environment });
    const reports = await askAll(gateway, 12);
    const refused = reports.filter(({ status }) => status !== 'OK');
    expect(gateway.requests().length).toBeLessThanOrEqual(6);
    expect(reports.length - refused.length).toBe(gateway.requests().length);
    for (const { error } of refused) {
      expect(error?.code).toBe('RATE_LIMITED');
      expect(error?.retryAfterMs).toBeGreaterThan(0);
      expect(error?.retryAfterMs).toBeLessThanOrEqual(10_000);
    }
    expect((await readHealth(gateway))?.quotas).toMatchObject([{ window: 'TEN_SECONDS', limit: 6 }]);
  });
});

describe('CallGear', () => {
  const startCallgear = (quotas: { minute: number; day: number }) =>
    startTestGateway({ population: { callgear: 10 }, onlyoffice: null, kommo: null, callgear: { quotas } });
  const ask = async (gateway: TestGateway, number: number) =>
    (await gateway.ask<Reported>(`{ contacts(first: 1, filter: { lastName: "Nobody ${number}" }) { ${REPORTS} } }`)).contacts
      .sourceReports[0];

  /** Another program on the same account. */
  const callAlongside = (gateway: TestGateway) =>
    fetch(gateway.callgear.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'get.contacts', params: { access_token: gateway.callgear.token, limit: 1 } }),
    });

  test.each([
    ['minute', { minute: 4, day: 1_000 }, 'RATE_LIMITED', 60_000],
    ['day', { minute: 100, day: 4 }, 'QUOTA_EXHAUSTED', 86_400_000],
  ] as const)('is not called once its %s is used up, and health shows it live', async (window, quotas, code, longestMs) => {
    await using gateway = await startCallgear(quotas);
    expect(await ask(gateway, 1)).toMatchObject({ status: 'OK' });
    const used = gateway.requests().length;
    expect((await readHealth(gateway))?.quotas).toContainEqual({
      window: window.toUpperCase(),
      limit: 4,
      remaining: 4 - used,
      resetsAt: expect.any(String),
    });
    for (let number = 2; gateway.requests().length < 4; number += 1) await ask(gateway, number);
    const refused = await ask(gateway, 99);
    expect(refused).toMatchObject({ status: 'FAILED', error: { code } });
    expect(refused?.error?.retryAfterMs).toBeGreaterThan(0);
    expect(refused?.error?.retryAfterMs).toBeLessThanOrEqual(longestMs);
    expect(gateway.requests()).toHaveLength(4);
    expect(await readHealth(gateway)).toMatchObject({ status: 'THROTTLED' });
  });

  test('takes into account what other programs on the account use up, told by answers and by refusals', async () => {
    await using gateway = await startCallgear({ minute: 8, day: 1_000 });
    await ask(gateway, 1);
    await callAlongside(gateway);
    await ask(gateway, 2);
    const minute = (await readHealth(gateway))?.quotas.find(({ window }) => window === 'MINUTE');
    expect(minute?.remaining).toBe(8 - gateway.requests().length);
    // Behind our back the rest is used up: the next call is refused, and none goes out after it.
    for (let count = 0; count < 8; count += 1) await callAlongside(gateway);
    const before = gateway.requests().length;
    const refusals = [await ask(gateway, 3), await ask(gateway, 4), await ask(gateway, 5)];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'FAILED', error: { code: 'RATE_LIMITED' } });
      expect(refusal?.error?.retryAfterMs).toBeGreaterThan(30_000);
    }
    expect(gateway.requests().length - before).toBe(1);
  });
});

test.each([
  ['key', { token: SANDBOX_CALLGEAR_TOKEN }],
  ['login', { login: 'tester', password: 'secret' }],
] as const)('the quota of one CallGear account is not that of another one elsewhere with the same %s', async (_way, credentials) => {
  await using folder = await makeFolder();
  const options = { population: createPopulation({ callgear: 10, kommo: 1, onlyoffice: 1 }), login: 'tester', password: 'secret' };
  await using small = await startCallgearSandbox({ ...options, quotas: { minute: 1 } });
  await using large = await startCallgearSandbox({ ...options, quotas: { minute: 100 } });
  const path = join(folder.path, 'sources.json');
  const sources = Object.entries({ small, large }).map(([name, { url }]) => ({ kind: 'CALLGEAR', name, url, ...credentials }));
  await writeFile(path, JSON.stringify({ sources }));
  await using gateway = await startTestGateway({
    onlyoffice: null,
    kommo: null,
    callgear: null,
    environment: { CRM_GATEWAY_CONFIG: path },
  });
  const statusOf = async (name: string, number: number) => {
    const filter = `{ lastName: "Nobody ${number}" }`;
    const { contacts } = await gateway.ask<Reported>(`{ contacts(first: 1, sources: ["${name}"], filter: ${filter}) { ${REPORTS} } }`);
    return contacts.sourceReports[0]?.status;
  };
  expect(await statusOf('large', 1)).toBe('OK');
  expect(await statusOf('small', 1)).toBe('OK');
  expect(await statusOf('small', 2)).toBe('FAILED');
  expect(await statusOf('large', 2)).toBe('OK');
});

test("health shows ONLYOFFICE's five hundred calls in ten seconds", async () => {
  await using gateway = await startTestGateway({ population: { onlyoffice: 2 }, kommo: null, callgear: null });
  await gateway.ask('{ contacts(first: 1) { nodes { id } } }');
  expect((await readHealth(gateway))?.quotas).toMatchObject([{ window: 'TEN_SECONDS', limit: 500, remaining: 499 }]);
});
