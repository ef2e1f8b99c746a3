import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL } from '../../support/sources.ts';
import type { AskedFilter } from '../../support/filters/filter-truth.ts';
import { toInput } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';

interface ExplainedSource {
  readonly source: SourceName;
  readonly status: string;
  readonly pushed: readonly string[];
  readonly checked: readonly string[];
  readonly rowsRead: number;
  readonly rowsDropped: number;
  readonly calls: number;
}
interface Plan {
  readonly lists: readonly { readonly field: string; readonly sources: readonly ExplainedSource[] }[];
  readonly calls: Readonly<Partial<Record<SourceName, number>>>;
}

const DOCUMENT = `query ($filter: ContactFilter, $first: Int = 100) {
  contacts(filter: $filter, first: $first) { nodes { id } pageInfo { endCursor } }
}`;
const EXPLAIN = { 'x-explain': 'true' };

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { seed: 33, onlyoffice: 120, kommo: 160, callgear: 90 },
    environment: { SCAN_BUDGET: '120' },
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function explain(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Plan> {
  gateway.clearCalls();
  const { extensions, errors } = await gateway.query(document, variables, EXPLAIN);
  expect(errors).toEqual([]);
  const plan = extensions?.['plan'] as Plan;
  // What the sandboxes saw is what is told.
  const told = ALL.map((source) => [source, plan.calls[source] ?? 0]);
  expect(told).toEqual(ALL.map((source) => [source, gateway.requests(source).length]));
  expect(extensions?.['cost']).toMatchObject({ calls: gateway.requests().length });
  return plan;
}

async function explainFilter(filter: AskedFilter): Promise<Record<SourceName, ExplainedSource>> {
  const { lists } = await explain(DOCUMENT, { filter: toInput(filter) });
  expect(lists).toHaveLength(1);
  const sources = lists[0]?.sources ?? [];
  expect(sources.map(({ source, calls }) => [source, calls])).toEqual(
    sources.map(({ source }) => [source, gateway.requests(source).length]),
  );
  return Object.fromEntries(sources.map((explained) => [explained.source, explained])) as Record<SourceName, ExplainedSource>;
}

describe('x-explain tells of each source', () => {
  test('that nothing was filtered', async () => {
    const plan = await explainFilter({});
    expect(plan.callgear).toEqual({ source: 'callgear', status: 'OK', pushed: [], checked: [], rowsRead: 90, rowsDropped: 0, calls: 1 });
  });

  test('what was pushed and what was checked', async () => {
    const plan = await explainFilter({ lastName: 'Name', kind: 'PERSON' });
    expect(plan.onlyoffice).toMatchObject({ status: 'PARTIAL', pushed: ['KIND'], checked: ['LAST_NAME'], calls: 1 });
    expect(plan.kommo).toMatchObject({ status: 'OK', pushed: ['KIND', 'LAST_NAME'], checked: ['LAST_NAME'], calls: 1 });
    expect(plan.callgear).toMatchObject({ status: 'OK', pushed: ['LAST_NAME', 'KIND'], checked: ['LAST_NAME'], rowsRead: 0, calls: 1 });
  });

  test('rows that were read and dropped', async () => {
    const { onlyoffice, kommo } = await explainFilter({ tags: ['Customer'], createdAt: { from: '2024-01-01T12:00:00Z' } });
    expect(kommo).toMatchObject({ pushed: ['CREATED_AT'], checked: ['CREATED_AT', 'TAGS'] });
    expect(kommo.rowsDropped).toBeGreaterThan(0);
    expect(kommo.rowsRead).toBeGreaterThan(kommo.rowsDropped);
    expect(onlyoffice).toMatchObject({ pushed: ['TAGS', 'CREATED_AT'], checked: ['CREATED_AT'] });
  });

  test('that it was not asked', async () => {
    const plan = await explainFilter({ groupIds: [{ source: 'callgear', id: '17' }], tags: ['vip'] });
    const notAsked = { pushed: [], checked: [], rowsRead: 0, rowsDropped: 0, calls: 0 };
    expect(plan.onlyoffice).toMatchObject({ status: 'OK', ...notAsked });
    expect(plan.kommo).toMatchObject({ status: 'OK', ...notAsked });
    expect(plan.callgear).toMatchObject({ status: 'SKIPPED', ...notAsked });
  });

  test.each<[string, AskedFilter]>([
    ['a phone that nobody has', { contactInfos: [{ type: 'PHONE', value: '+49 151 11111111' }] }],
    ['several contact infos', { contactInfos: ['a', 'b', 'c'].map((value) => ({ type: 'EMAIL', value, match: 'CONTAINS' as const })) }],
    ['contact infos and tags', { contactInfos: [{ type: 'EMAIL', value: 'example', match: 'CONTAINS' }], tags: ['Customer'] }],
    ['companies', { companyIds: [11, 12, 13].map((id) => ({ source: 'onlyoffice', id: String(id) })) }],
    ['leads', { hasLeads: true }],
    ['a search', { search: 'an' }],
  ])('the calls that %s cost', async (_what, filter) => {
    const plan = await explainFilter(filter);
    expect(plan.onlyoffice.calls).toBeGreaterThan(0);
  });
});

test('x-explain tells of each list of a request, and counts nested look-ups too', async () => {
  const document = `{
    people: contacts(filter: { kind: PERSON }, first: 30) { nodes { ... on Person { company { displayName } } responsible { displayName } leads { nodes { name } } } }
    companies: contacts(filter: { kind: COMPANY }) { nodes { id } }
    again: contacts(filter: { kind: COMPANY }) { nodes { id } }
  }`;
  const { lists, calls } = await explain(document);
  expect(lists.map(({ field }) => field).toSorted()).toEqual(['again', 'companies', 'people']);
  const callsOf = (source: SourceName) =>
    lists.flatMap(({ sources }) => sources.filter((each) => each.source === source)).reduce((sum, each) => sum + each.calls, 0);
  expect(callsOf('onlyoffice')).toBe(2);
  expect(callsOf('kommo')).toBe(1);
  expect(calls.kommo).toBeGreaterThan(1);
});

test('without x-explain there is no plan', async () => {
  expect((await gateway.query(DOCUMENT)).extensions).not.toHaveProperty('plan');
  expect((await gateway.query(DOCUMENT, {}, { 'x-explain': 'false' })).extensions).not.toHaveProperty('plan');
});

test('neighbouring pages of a filtered list share the blocks that were read for them', async () => {
  await using remembering = await startTestGateway({
    population: { seed: 33, onlyoffice: 120, kommo: 160, callgear: 90 },
    environment: { CACHE_TTL_MS: '60000' },
  });
  const page = async (filter: AskedFilter, first: number, after: string | null) => {
    const { data, extensions } = await remembering.query<{
      contacts: { nodes: unknown[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
    }>(
      `query ($filter: ContactFilter, $first: Int, $after: String) { contacts(filter: $filter, first: $first, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }`,
      { filter: toInput(filter), first, after },
      EXPLAIN,
    );
    return { page: data?.contacts, lists: (extensions?.['plan'] as Plan | undefined)?.lists ?? [] };
  };
  const filters: readonly AskedFilter[] = [
    { tags: ['Customer'] },
    { hasLeads: true, createdAt: { from: '2023-02-01T00:00:00Z' } },
    { contactInfos: [{ type: 'EMAIL', value: 'example', match: 'CONTAINS' }] },
    { lastName: 'Name' },
    { search: 'a' },
  ];
  for (const filter of filters) {
    remembering.clearCalls();
    const whole = await page(filter, 20, null);
    const calls = remembering.requests().length;
    expect(calls).toBeGreaterThan(0);
    let after: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const { page: next, lists }: Awaited<ReturnType<typeof page>> = await page(filter, 1, after);
      expect(lists[0]?.sources.map((source) => source.calls)).toEqual([0, 0, 0]);
      if (!next?.pageInfo.hasNextPage) break;
      after = next.pageInfo.endCursor;
    }
    expect(remembering.requests()).toHaveLength(calls);
    expect(whole.page?.nodes.length).toBeGreaterThan(0);
  }
});
