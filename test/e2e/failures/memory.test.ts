import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const PAGE = `
  query ($first: Int!, $after: String) {
    contacts(first: $first, after: $after) {
      nodes {
        id displayName tags { name } responsible { displayName email }
        leads(first: 3) { nodes { name } }
        ... on Person { company { displayName phones { value } } }
      }
      pageInfo { endCursor hasNextPage }
      sourceReports { asOf status }
    }
  }`;

interface Page {
  readonly contacts: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
    readonly sourceReports: readonly { readonly asOf: string | null; readonly status: string }[];
  };
}

let gateway: TestGateway;

beforeEach(async () => {
  // The clock alone: timers and sockets go on as usual.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  gateway = await startTestGateway({
    population: { onlyoffice: 4, kommo: 12, callgear: 8 },
    environment: { CACHE_TTL_MS: '30000' },
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await gateway[Symbol.asyncDispose]();
});

async function walk(headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null, hasNext = true; hasNext;) {
    const { contacts }: Page = await gateway.ask<Page>(PAGE, { first: 20, after }, headers);
    ids.push(...contacts.nodes.map(({ id }) => id));
    after = contacts.pageInfo.endCursor;
    hasNext = contacts.pageInfo.hasNextPage;
  }
  return ids;
}

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

const NO_CACHE = { 'cache-control': 'no-cache' };

describe('two clients that page through the same list', () => {
  test('cost the calls of one, what hangs on the rows included', async () => {
    const first = await walk();
    const cost = gateway.calls();
    expect(Object.keys(cost).length).toBeGreaterThan(5);
    expect(await walk()).toEqual(first);
    expect(gateway.calls()).toEqual(cost);
  });

  test('cost the calls of one at the same time too', async () => {
    await walk();
    const cost = gateway.calls();
    pass(31_000);
    gateway.clearCalls();
    const [first, second] = await Promise.all([walk(), walk()]);
    expect(second).toEqual(first);
    for (const [route, count] of Object.entries(gateway.calls())) expect(count).toBeLessThanOrEqual(cost[route] ?? 0);
  });

  test('are told how old the rows are', async () => {
    const asOf = async () => (await gateway.ask<Page>(PAGE, { first: 1 })).contacts.sourceReports.map((report) => report.asOf);
    const [first] = await asOf();
    pass(10_000);
    expect((await asOf())[0]).toBe(first);
    pass(25_000);
    expect(Date.parse((await asOf())[0] ?? '') - Date.parse(first ?? '')).toBeGreaterThanOrEqual(35_000);
  });
});

describe('no-cache', () => {
  test('reads the list afresh, and at most once in five seconds', async () => {
    await walk();
    const lists = () => Object.entries(gateway.calls()).filter(([route]) => /contacts$|contact\/filter$/.test(route));
    const cost = lists();
    gateway.clearCalls();
    await walk(NO_CACHE);
    expect(gateway.calls()).toEqual({});
    pass(5_001);
    await Promise.all([walk(NO_CACHE), walk(NO_CACHE)]);
    await walk(NO_CACHE);
    expect(lists()).toEqual(cost);
  });

  test('shows what has changed behind the memory', async () => {
    await walk();
    gateway.kommo.trashContact(gateway.kommo.data.contacts[0]?.id ?? 0);
    pass(6_000);
    const remembered = await walk();
    const fresh = await walk(NO_CACHE);
    expect(remembered.length - fresh.length).toBe(1);
  });
});

test('a deletion makes the next answer fresh, and others keep what they remember', async () => {
  const ids = await walk();
  const { contacts } = await gateway.ask<Page>('{ contacts(first: 100, sources: ["callgear"]) { nodes { id } } }');
  // The first one is among those that this CRM refuses to delete.
  const target = contacts.nodes[1]?.id;
  gateway.clearCalls();
  const deletion = 'mutation ($id: ID!) { deleteContacts(input: { ids: [$id] }) { deletions { outcome } } }';
  expect(await gateway.ask(deletion, { id: target })).toEqual({ deleteContacts: { deletions: [{ outcome: 'DELETED' }] } });
  gateway.clearCalls();
  expect(await walk()).toEqual(ids.filter((id) => id !== target));
  expect(Object.keys(gateway.calls()).every((route) => route.startsWith('callgear'))).toBe(true);
  expect(gateway.calls()).toMatchObject({ 'callgear POST get.contacts': 1 });
});
