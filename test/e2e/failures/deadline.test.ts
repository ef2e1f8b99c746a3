import { describe, expect, test } from 'vitest';
import { startTestGateway, type Answer, type SourceName, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';
import { eventually } from '../../support/eventually.ts';

const REQUEST_TIMEOUT_MS = 20_000;
const SOURCE_TIMEOUT_MS = 2_500;
/** What a busy machine may take longer by. */
const NOISE_MS = 5_000;
const REPORTS = 'sourceReports { source { name } status error { code } }';

interface Contacts {
  readonly contacts: {
    readonly nodes: readonly { readonly id: string; readonly source: { readonly name: SourceName }; readonly [member: string]: unknown }[];
    readonly sourceReports: readonly {
      readonly source: { readonly name: SourceName };
      readonly status: string;
      readonly error: { readonly code: string } | null;
    }[];
  };
}

function startGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const environment = { REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS), SOURCE_TIMEOUT_MS: String(SOURCE_TIMEOUT_MS) };
  return startTestGateway({
    population: { onlyoffice: 4, kommo: 8, callgear: 8 },
    ...options,
    environment: { ...environment, ...options.environment },
  });
}

/** Asks, and sees that the answer is there in time whatever the sources do. */
async function askInTime<Data>(
  gateway: TestGateway,
  document: string,
  variables = {},
): Promise<Answer<Data> & { readonly tookMs: number }> {
  const startedAt = performance.now();
  const answer = await gateway.query<Data>(document, variables);
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeLessThan(REQUEST_TIMEOUT_MS + NOISE_MS);
  return { ...answer, tookMs };
}

function hang(gateway: TestGateway, source: SourceName, ...routes: string[]): void {
  gateway[source].setFaults(routes.map((route) => ({ route, effect: { kind: 'hang' } })));
}

/** Every request that was left hanging has had its socket closed. */
async function seeHungReadsAborted(gateway: TestGateway, source: SourceName): Promise<void> {
  await eventually(() => {
    const hung = gateway.requests(source).filter(({ status }) => status === undefined);
    expect(hung.length).toBeGreaterThan(0);
    expect(hung.every(({ wasAborted }) => wasAborted)).toBe(true);
  });
}

async function seeCalls(gateway: TestGateway, count: number): Promise<void> {
  await eventually(() => expect(gateway.requests()).toHaveLength(count));
}

describe.concurrent('a CRM that hangs', () => {
  test.each(ALL)('in its list costs the others nothing: %s', async (source) => {
    await using gateway = await startGateway();
    const well = await gateway.ask<Contacts>(`{ contacts(first: 100) { nodes { id source { name } } ${REPORTS} } }`);
    gateway.clearCalls();
    hang(gateway, source, '*');
    const { data, errors, tookMs } = await askInTime<Contacts>(
      gateway,
      `{ contacts(first: 100) { nodes { id source { name } } ${REPORTS} } }`,
    );
    expect(tookMs).toBeGreaterThanOrEqual(SOURCE_TIMEOUT_MS - 50);
    expect(tookMs).toBeLessThan(0.6 * REQUEST_TIMEOUT_MS);
    expect(errors).toEqual([]);
    for (const report of data?.contacts.sourceReports ?? []) {
      const expected = report.source.name === source ? { status: 'FAILED', error: { code: 'TIMEOUT' } } : { status: 'OK', error: null };
      expect(report).toMatchObject(expected);
    }
    const nameOf = (row: Contacts['contacts']['nodes'][number]) => row.source.name;
    for (const other of ALL.filter((name) => name !== source)) {
      expect(data?.contacts.nodes.filter((row) => nameOf(row) === other)).toEqual(
        well.contacts.nodes.filter((row) => nameOf(row) === other),
      );
    }
    await seeHungReadsAborted(gateway, source);
  });

  test('in all three lists at once gives an answer with three reports and no row', async () => {
    await using gateway = await startGateway();
    for (const source of ALL) hang(gateway, source, '*');
    const { data } = await askInTime<Contacts>(gateway, `{ contacts { nodes { id } ${REPORTS} } }`);
    expect(data?.contacts.nodes).toEqual([]);
    expect(data?.contacts.sourceReports.map(({ error }) => error?.code)).toEqual(['TIMEOUT', 'TIMEOUT', 'TIMEOUT']);
  });

  test('in one nested read after the other is waited for until the deadline, once for all', async () => {
    await using gateway = await startGateway({ onlyoffice: null, callgear: null });
    hang(gateway, 'kommo', 'GET /api/v4/leads*', 'GET /api/v4/users*', 'GET /api/v4/companies*', 'GET /api/v4/contacts/tags*');
    const { data, errors } = await askInTime<Contacts>(
      gateway,
      `{
        contacts {
          nodes {
            id displayName source { name tags { name } }
            responsible { displayName }
            leads(first: 5) { nodes { name responsible { displayName group { name } } } }
            ... on Person { company { phones { value } responsible { displayName } } }
          }
        }
      }`,
    );
    expect(data?.contacts.nodes).toHaveLength(8);
    expect(data?.contacts.nodes.every(({ displayName }) => typeof displayName === 'string')).toBe(true);
    expect(new Set(errors.map(({ path }) => path?.findLast((key) => typeof key === 'string')))).toEqual(
      new Set(['displayName', 'company', 'nodes', 'tags']),
    );
    for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'TIMEOUT', source: 'kommo' });
    await seeHungReadsAborted(gateway, 'kommo');
  });

  test('in the tags and photos that ONLYOFFICE gives singly leaves the rows whole', async () => {
    await using gateway = await startGateway({ kommo: null, callgear: null });
    hang(
      gateway,
      'onlyoffice',
      'GET /api/2.0/crm/contact/tag*',
      'GET /api/2.0/crm/contact/1*',
      'GET /Products*',
      'GET /api/2.0/crm/contact/2*',
    );
    const { data, errors } = await askInTime<Contacts>(
      gateway,
      `{ contacts(first: 100) { nodes { id displayName photo { smallUrl } ... on Person { company { emails { value } } } } ${REPORTS} } }`,
    );
    expect(data?.contacts.sourceReports).toMatchObject([{ status: 'OK' }]);
    expect(data?.contacts.nodes.length).toBeGreaterThan(30);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors)
      expect(extensions).toMatchObject({ source: 'onlyoffice', code: expect.stringMatching(/TIMEOUT|UNAVAILABLE/) });
  });

  test.each(ALL)('in a single read gives null with an error: %s', async (source) => {
    await using gateway = await startGateway();
    const { contacts } = await gateway.ask<Contacts>(`{ contacts(first: 1, sources: ["${source}"]) { nodes { id source { name } } } }`);
    gateway.clearCalls();
    hang(gateway, source, '*');
    const document = 'query ($id: ID!) { contact(id: $id) { displayName } }';
    const { data, errors } = await askInTime(gateway, document, { id: contacts.nodes[0]?.id });
    expect(data).toEqual({ contact: null });
    expect(errors).toMatchObject([{ path: ['contact'], extensions: { code: 'TIMEOUT', source } }]);
    await seeHungReadsAborted(gateway, source);
  });

  test('in its look-up lists gives null with an error for each', async () => {
    await using gateway = await startGateway();
    for (const source of ALL) hang(gateway, source, '*');
    const { data, errors } = await askInTime<{ sources: readonly object[] }>(
      gateway,
      '{ sources { name statuses { id } types { id } tags { name } groups { id } users { id } customFields { id } } }',
    );
    expect(data?.sources).toMatchObject([
      { name: 'onlyoffice', statuses: null, types: null, tags: null, customFields: null },
      { name: 'kommo', tags: null, users: null, customFields: null },
      { name: 'callgear', groups: null, users: null },
    ]);
    for (const { extensions } of errors) expect(extensions?.['code']).toMatch(/^(TIMEOUT|UNAVAILABLE)$/);
  });
});

describe.concurrent('a CRM that goes on hanging', () => {
  test('is left alone after five silences, and health says that it is down', async () => {
    await using gateway = await startGateway({ onlyoffice: null, callgear: null });
    hang(gateway, 'kommo', '*');
    const ask = () => askInTime<Contacts>(gateway, `{ contacts { ${REPORTS} } }`);
    // Each has a page of its own, so that none joins another's read.
    const document = (first: number) =>
      `{ contacts(first: ${first}, filter: { createdAt: { from: "200${first}-01-01T00:00:00Z" } }) { ${REPORTS} } }`;
    await Promise.all([1, 2, 3, 4, 5].map((first) => askInTime(gateway, document(first))));
    gateway.clearCalls();
    const { data } = await ask();
    expect(data?.contacts.sourceReports).toMatchObject([{ status: 'FAILED', error: { code: 'UNAVAILABLE' } }]);
    expect(gateway.calls()).toEqual({});
    expect(await gateway.ask('{ sources { health { status error { code } } } }')).toEqual({
      sources: [{ health: { status: 'DOWN', error: { code: 'TIMEOUT' } } }],
    });
  });
});

test('a request is answered whatever the share of its time that is kept back for the answer', async () => {
  await using gateway = await startGateway({ onlyoffice: null, kommo: null, environment: { REQUEST_TIMEOUT_MS: '4990' } });
  expect(await gateway.query('{ sources { name } }')).toMatchObject({ status: 200, errors: [], data: { sources: [{ name: 'callgear' }] } });
});

describe.concurrent('a client that hangs up', () => {
  const PAGE = `contacts(first: 3) { nodes { id } ${REPORTS} }`;
  const startPatient = () =>
    startGateway({ onlyoffice: null, callgear: null, environment: { SOURCE_TIMEOUT_MS: '30000', REQUEST_TIMEOUT_MS: '60000' } });
  const post = (gateway: TestGateway, query: string, signal: AbortSignal) =>
    fetch(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }), signal });

  test('ends the reads that were for it alone', async () => {
    await using gateway = await startPatient();
    hang(gateway, 'kommo', '*');
    const client = new AbortController();
    const answer = post(gateway, `{ ${PAGE} }`, client.signal);
    await seeCalls(gateway, 1);
    const hungUpAt = performance.now();
    client.abort();
    await expect(answer).rejects.toThrow(/abort/i);
    await seeHungReadsAborted(gateway, 'kommo');
    expect(performance.now() - hungUpAt).toBeLessThan(15_000);
  });

  test('leaves a read that another client waits for as well', async () => {
    await using gateway = await startPatient();
    const hold = Promise.withResolvers<void>();
    gateway.kommo.setFaults([{ route: 'GET /api/v4/contacts', effect: { kind: 'hold', until: hold.promise } }]);
    const client = new AbortController();
    const first = post(gateway, `{ ${PAGE} }`, client.signal);
    await seeCalls(gateway, 1);
    // The second list makes a call of its own, which shows that the first one has been joined by then.
    const second = askInTime<Contacts>(
      gateway,
      `{ ${PAGE} other: contacts(orderBy: { field: CREATED_AT, direction: DESC }) { nodes { id } } }`,
    );
    await seeCalls(gateway, 2);
    client.abort();
    await expect(first).rejects.toThrow(/abort/i);
    hold.resolve();
    expect((await second).data?.contacts).toMatchObject({ nodes: [{}, {}, {}], sourceReports: [{ status: 'OK' }] });
    expect(gateway.requests('kommo')).toMatchObject([
      { wasAborted: false, status: 200 },
      { wasAborted: false, status: 200 },
    ]);
  });
});
