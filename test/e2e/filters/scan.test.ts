import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAskedFor, type AskedFilter } from '../../support/filters/filter-truth.ts';
import { toInput, walk } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';

const SCAN_BUDGET = 9;
const POPULATION = { seed: 34, onlyoffice: 90, kommo: 260, callgear: 5 };
const SOURCES: readonly SourceName[] = ['onlyoffice', 'kommo'];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ population: POPULATION, environment: { SCAN_BUDGET: String(SCAN_BUDGET), CACHE_TTL_MS: '600000' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const onlyoffice = (...ids: (number | string)[]) => ids.map((id) => ({ source: 'onlyoffice' as const, id: String(id) }));

describe('a list that runs out of scan budget is told, and comes whole to whoever pages on', () => {
  test.each<[string, SourceName, (all: TestGateway) => AskedFilter]>([
    ['tags', 'kommo', () => ({ tags: ['vip'] })],
    ['tags that nobody has', 'kommo', () => ({ tags: ['nobody has it'] })],
    ['contacts with leads', 'kommo', () => ({ hasLeads: true })],
    ['contacts without leads', 'kommo', () => ({ hasLeads: false })],
    ['tags and dates', 'kommo', () => ({ tags: ['Customer'], createdAt: { from: '2023-06-01T00:00:00Z' } })],
    ['names', 'onlyoffice', () => ({ lastName: 'name' })],
    ['names and companies', 'onlyoffice', () => ({ firstName: 'Works' })],
    ['several statuses', 'onlyoffice', () => ({ statusIds: onlyoffice(16, 18) })],
    ['a part of an e-mail address', 'onlyoffice', () => ({ contactInfos: [{ type: 'EMAIL', value: 'example', match: 'CONTAINS' }] })],
    [
      'parts of e-mail addresses',
      'onlyoffice',
      () => ({ contactInfos: ['example', '.', 'a'].map((value) => ({ type: 'EMAIL', value, match: 'CONTAINS' as const })) }),
    ],
    [
      'parts of e-mail addresses in Kommo',
      'kommo',
      () => ({ contactInfos: ['example', '.', 'a'].map((value) => ({ type: 'EMAIL', value, match: 'CONTAINS' as const })) }),
    ],
    ['parts of phones', 'onlyoffice', () => ({ contactInfos: [{ type: 'PHONE', value: '7', match: 'CONTAINS' }], kind: 'PERSON' })],
    [
      'several responsible users',
      'onlyoffice',
      ({ onlyoffice: { portal } }) => ({ responsibleIds: onlyoffice(...portal.users.map(({ id }) => id)) }),
    ],
    ['several types', 'onlyoffice', () => ({ typeIds: onlyoffice(24, 25, 26, 27) })],
    [
      'several companies',
      'kommo',
      ({ kommo }) => ({ companyIds: kommo.data.companies.slice(0, 12).map(({ id }) => ({ source: 'kommo', id: String(id) })) }),
    ],
  ])('%s', async (_what, source, filter) => {
    const asked = filter(gateway);
    const found = await walk(gateway, asked, { sources: [source], pagesMax: 300 });
    const truth = storedContacts(gateway, [source]).filter((contact) => isAskedFor(contact, asked));
    expect(found.idsOf(source).toSorted()).toEqual(truth.map(({ id }) => id).sort());
    const partial = found.reportsOf(source).filter(({ status }) => status === 'PARTIAL');
    expect(partial.length).toBeGreaterThan(0);
    for (const report of partial) expect(report).toMatchObject({ error: null, isComplete: false, totalCount: null });
    expect(found.reportsOf(source).at(-1)).toMatchObject({ status: 'OK' });
  });

  test.each([5, 20])('pages of %i give the same contacts as large ones', async (first) => {
    for (const filter of [{ tags: ['vip'] }, { contactInfos: [{ type: 'EMAIL', value: 'lv', match: 'CONTAINS' as const }] }]) {
      const small = await walk(gateway, filter, { first, sources: SOURCES, pagesMax: 300 });
      const large = await walk(gateway, filter, { sources: SOURCES });
      for (const source of SOURCES) expect(small.idsOf(source).toSorted()).toEqual(large.idsOf(source).toSorted());
    }
  });

  test('a page reads no more than its budget, whatever it finds', async () => {
    gateway.clearCalls();
    const { pages } = await walk(gateway, { tags: ['nobody has it'] }, { sources: ['kommo'] });
    const contacts = storedContacts(gateway, ['kommo']).length;
    expect(pages).toHaveLength(Math.ceil(contacts / SCAN_BUDGET));
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual([]);
    for (const page of pages.slice(0, -1)) expect(page).toMatchObject({ isComplete: false, pageInfo: { hasNextPage: true } });
    expect(pages.at(-1)).toMatchObject({ isComplete: true, pageInfo: { hasNextPage: false } });
  });

  test('rows of other CRMs do not wait in vain: every page gets on, and order is kept', async () => {
    const document = `query ($filter: ContactFilter, $after: String) { contacts(filter: $filter, after: $after, first: 10, sources: ["onlyoffice", "kommo"]) {
      nodes { displayName } pageInfo { hasNextPage endCursor } sourceReports { isOrdered } } }`;
    interface Page {
      readonly contacts: {
        readonly nodes: readonly { readonly displayName: string }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
        readonly sourceReports: readonly { readonly isOrdered: boolean }[];
      };
    }
    const cursors = new Set<string>();
    for (let after: string | null = null; ;) {
      const { contacts }: Page = await gateway.ask<Page>(document, { filter: toInput({ tags: ['Customer'] }), after });
      if (!contacts.pageInfo.hasNextPage) break;
      after = contacts.pageInfo.endCursor;
      expect(cursors.has(after)).toBe(false);
      cursors.add(after);
    }
    expect(cursors.size).toBeGreaterThan(3);
  });
});

test('scans of Kommo take turns', async () => {
  const delayMs = 25;
  await using scanned = await startTestGateway({
    population: POPULATION,
    onlyoffice: null,
    callgear: null,
    kommo: { faults: [{ route: 'GET /api/v4/contacts', effect: { kind: 'delay', delayMs } }] },
  });
  const orders = ['DISPLAY_NAME', 'CREATED_AT', 'UPDATED_AT'].flatMap((field) => [
    `{ field: ${field} }`,
    `{ field: ${field}, direction: DESC }`,
  ]);
  const lists = orders.map((order, index) => `list${index}: contacts(filter: { tags: ["vip"] }, orderBy: ${order}) { isComplete }`);
  const answer = await scanned.ask<Record<string, { isComplete: boolean }>>(`{ ${lists.join(' ')} }`);
  expect(Object.values(answer).every(({ isComplete }) => isComplete)).toBe(true);
  const sentAt = scanned.requests('kommo').map(({ at }) => at);
  expect(sentAt.length).toBeGreaterThanOrEqual(orders.length);
  // Each is sent when the one before it was answered; a timer may fire a millisecond early.
  for (const [index, at] of sentAt.entries()) expect(at - (sentAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(delayMs - 2);
});

describe('with KOMMO_SCANS=off', () => {
  test('what would need a scan is told as unsupported without a call, and the rest goes on', async () => {
    await using unscanned = await startTestGateway({
      population: { ...POPULATION, kommo: 60 },
      onlyoffice: null,
      callgear: null,
      environment: { KOMMO_SCANS: 'off' },
    });
    const report = async (filter: AskedFilter) => (await walk(unscanned, filter)).reportsOf('kommo')[0];
    expect(await report({ tags: ['vip'] })).toMatchObject({
      status: 'SKIPPED',
      error: { code: 'FILTER_UNSUPPORTED' },
      unsupportedFilters: ['TAGS'],
    });
    expect(await report({ hasLeads: true })).toMatchObject({ status: 'SKIPPED', unsupportedFilters: ['HAS_LEADS'] });
    expect(await report({ tags: ['vip'], hasLeads: false, kind: 'PERSON' })).toMatchObject({
      status: 'SKIPPED',
      unsupportedFilters: ['TAGS', 'HAS_LEADS'],
    });
    expect(unscanned.requests()).toEqual([]);

    const capabilities = await unscanned.ask<{ sources: { capabilities: { filterFields: string[] } }[] }>(
      '{ sources { capabilities { filterFields } } }',
    );
    expect(capabilities.sources[0]?.capabilities.filterFields).not.toEqual(expect.arrayContaining(['TAGS']));
    expect(capabilities.sources[0]?.capabilities.filterFields).not.toEqual(expect.arrayContaining(['HAS_LEADS']));

    // A search narrows the list, so that tags can be checked on what it finds.
    const filter: AskedFilter = { search: 'an', tags: ['Customer'] };
    const found = await walk(unscanned, filter);
    expect(found.reportsOf('kommo')[0]).toMatchObject({ status: 'OK', isComplete: true });
    const { search: _search, ...checked } = filter;
    const truth = storedContacts(unscanned, ['kommo'])
      .filter((contact) => isAskedFor(contact, checked))
      .map(({ id }) => id);
    expect(truth).toEqual(expect.arrayContaining([...found.idsOf('kommo')]));
  });
});
