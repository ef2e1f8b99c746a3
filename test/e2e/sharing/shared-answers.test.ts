import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { KEYS, API_KEYS, bearer } from '../../support/keys.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const LIST = '{ contacts(first: 20) { nodes { id displayName viewerCanDelete } sourceReports { source { name } status } } }';
const CACHED = { CACHE_TTL_MS: '600000' };
const POPULATION = { onlyoffice: 30, kommo: 30, callgear: 30 };

interface Listed {
  readonly contacts: { readonly nodes: readonly { readonly id: string; readonly displayName: string }[] };
}

const costOf = (extensions: Readonly<Record<string, unknown>> | undefined) => extensions?.['cost'] as { readonly calls: number };
const callsOf = (gateway: TestGateway) => gateway.requests().length;

/** CRMs that take long enough for what a test does meanwhile, on a busy machine too. */
const SLOW = { faults: [{ route: '*', effect: { kind: 'delay', delayMs: 4_000 } }] } as const;
const SLOW_CRMS = {
  population: POPULATION,
  onlyoffice: SLOW,
  kommo: SLOW,
  callgear: SLOW,
  environment: { SOURCE_TIMEOUT_MS: '30000', REQUEST_TIMEOUT_MS: '60000' },
} as const;

describe('equal queries at the same time', () => {
  test('share one execution, and each tells the calls that it made itself', async () => {
    await using gateway = await startTestGateway(SLOW_CRMS);

    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.query<Listed>(LIST)));

    expect(callsOf(gateway)).toBe(3);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(answers.map(({ extensions }) => costOf(extensions).calls).sort((one, other) => other - one)).toEqual([3, ...Array(19).fill(0)]);
  });

  test('share it whatever their layout and the name of their operation', async () => {
    await using gateway = await startTestGateway(SLOW_CRMS);

    const answers = await Promise.all([LIST, `query A ${LIST}`, `# of B\nquery B  ${LIST}`].map((query) => gateway.query(query)));

    expect(callsOf(gateway)).toBe(3);
    expect(answers.map(({ data }) => data)).toEqual(Array(3).fill(answers[0]?.data));
    const named = gateway.log.filter(({ message }) => message === 'request').map(({ members }) => Reflect.get(members, 'operationName'));
    expect(new Set(named)).toEqual(new Set(['A', 'B', null]));
  });

  test('do not share it with other variables, or with who wants fresh data', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const query = 'query ($first: Int) { contacts(first: $first, sources: ["kommo"]) { nodes { id } } }';

    const [two, three] = await Promise.all([gateway.query<Listed>(query, { first: 2 }), gateway.query<Listed>(query, { first: 3 })]);
    expect([two.data?.contacts.nodes.length, three.data?.contacts.nodes.length]).toEqual([2, 3]);

    const explained = await gateway.query(query, { first: 2 }, { 'x-explain': 'true' });
    expect(explained.extensions).toHaveProperty('plan');
    expect((await gateway.query(query, { first: 2 })).extensions).not.toHaveProperty('plan');
  });

  test('are not equal where a number is too large to be written again', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const query = 'query ($first: Int) { contacts(first: $first, sources: ["kommo"]) { nodes { id } } }';
    const ask = async (first: string) => {
      const body = `{"query":${JSON.stringify(query)},"variables":{"first":${first}}}`;
      const response = await fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return response.json();
    };

    expect(await ask('null')).not.toHaveProperty('errors');
    expect(await ask('1e400')).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await ask('-1e400')).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('are not ended by the client of the first one, who hangs up', async () => {
    await using gateway = await startTestGateway(SLOW_CRMS);
    const first = new AbortController();
    const lost = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: LIST }),
      signal: first.signal,
    }).catch(() => 'lost');
    await expect.poll(() => callsOf(gateway)).toBe(3);
    const second = gateway.query<Listed>(LIST);
    await sleep(2_000);

    first.abort();
    expect(await lost).toBe('lost');

    const { data, errors } = await second;
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes).toHaveLength(20);
    // It joined the first one's calls.
    expect(callsOf(gateway)).toBe(3);
  });
});

test('a request that joined one whose time ran out is answered within its own time, and asks the CRM for nothing again', async () => {
  const hung = ['GET /api/v4/leads*', 'GET /api/v4/users*'].map((route) => ({ route, effect: { kind: 'hang' } as const }));
  await using gateway = await startTestGateway({
    population: POPULATION,
    onlyoffice: null,
    callgear: null,
    kommo: { faults: hung },
    environment: { REQUEST_TIMEOUT_MS: '8000', SOURCE_TIMEOUT_MS: '60000' },
  });
  const query = '{ contacts(first: 5) { nodes { id leads(first: 5) { nodes { name } } responsible { displayName } } } }';
  const ask = async () => {
    const startedAt = performance.now();
    const { errors } = await gateway.query(query);
    return { codes: new Set(errors.map(({ extensions }) => extensions?.['code'])), tookMs: performance.now() - startedAt };
  };

  const first = ask();
  await expect.poll(() => callsOf(gateway)).toBeGreaterThan(1);
  const others = await Promise.all([ask(), ask(), ask()]);
  const { codes } = await first;

  expect(codes).toEqual(new Set(['TIMEOUT']));
  const calls = callsOf(gateway);
  for (const other of others) {
    expect(other.codes).toEqual(codes);
    expect(other.tookMs).toBeLessThan(11_000);
  }
  expect(calls).toBeLessThanOrEqual(3);
}, 60_000);

describe('a kept answer', () => {
  test('costs no call, and is the same to the byte but for its cost', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const body = JSON.stringify({ query: LIST });
    const text = async () => {
      const response = await fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return (await response.text()).replace('"calls":3', '"calls":0');
    };

    const first = await text();

    expect(await text()).toBe(first);
    expect(callsOf(gateway)).toBe(3);
  });

  test('is logged with a name that a line of the log can bear', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const query = `query ${'N'.repeat(50_000)} ${LIST}`;

    await gateway.ask(query);
    await gateway.ask(query);

    expect(callsOf(gateway)).toBe(3);
    const named = gateway.log.filter(({ message }) => message === 'request').map(({ members }) => Reflect.get(members, 'operationName'));
    expect(named).toEqual(Array(2).fill('N'.repeat(100)));
  });

  test('is never given to a caller with other rights', async () => {
    await using gateway = await startTestGateway({
      population: POPULATION,
      environment: { ...CACHED, API_KEYS },
      isSandbox: false,
    });

    const both = await gateway.query<Listed>(LIST, {}, bearer(KEYS.both));
    const reader = await gateway.query<Listed>(LIST, {}, bearer(KEYS.reader));
    const deleter = await gateway.query<Listed>(LIST, {}, bearer(KEYS.deleter));
    const nobody = await gateway.query<Listed>(LIST);

    expect(both.data?.contacts.nodes).toHaveLength(20);
    expect(JSON.stringify(both.data)).toContain('"viewerCanDelete":true');
    expect(JSON.stringify(reader.data)).not.toContain('"viewerCanDelete":true');
    expect(deleter.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(nobody.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('does not survive a deletion', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const list = '{ contacts(first: 100, sources: ["callgear"]) { nodes { id } } }';
    const { contacts } = await gateway.ask<Listed>(list);
    const id = contacts.nodes[0]?.id ?? '';

    await gateway.ask('mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome } } }', { id });

    const after = await gateway.ask<Listed>(list);
    expect(after.contacts.nodes.map((node) => node.id)).not.toContain(id);
  });

  test('is not one in which a CRM failed', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    gateway.kommo.setFaults([{ route: '*', effect: { kind: 'respond', status: 400, body: '{}' } }]);

    const broken = await gateway.query(LIST);
    gateway.kommo.setFaults([]);
    const whole = await gateway.query(LIST);

    expect(JSON.stringify(broken.data)).toContain('"FAILED"');
    expect(JSON.stringify(whole.data)).not.toContain('"FAILED"');
  });

  test('is not one that shows this moment', async () => {
    await using gateway = await startTestGateway({ population: POPULATION, environment: CACHED });
    const query = '{ sources { name health { status checkedAt } tags { id } } }';

    const first = await gateway.query(query);
    await gateway.query('{ contacts(first: 1) { nodes { id } } }');
    const second = await gateway.query(query);

    expect(second.data).not.toEqual(first.data);
  });
});
