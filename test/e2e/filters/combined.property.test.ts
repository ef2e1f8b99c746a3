import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL } from '../../support/sources.ts';
import { filterArbitrary } from '../../support/filters/filter-arbitraries.ts';
import { internationalDigits, isAskedFor, type AskedFilter } from '../../support/filters/filter-truth.ts';
import { walk, type Walk } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { storedContacts, type StoredContact } from '../../support/filters/stored-contacts.ts';

const RUNS = { seed: 20_240_305, numRuns: 80 };

let gateway: TestGateway;
let stored: readonly StoredContact[];
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { seed: 38, onlyoffice: 60, kommo: 130, callgear: 60 },
    environment: { CACHE_TTL_MS: '600000', CALL_BUDGET: '1000', SCAN_BUDGET: '90' },
  });
  stored = storedContacts(gateway, ALL);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** The members that each field of a report is about. */
const MEMBERS_BY_FIELD: Readonly<Record<string, keyof AskedFilter>> = {
  CONTACT_INFO: 'contactInfos',
  CONTACT_INFO_CONTAINS: 'contactInfos',
  KIND: 'kind',
  TAGS: 'tags',
  STATUS: 'statusIds',
  TYPE: 'typeIds',
  RESPONSIBLE: 'responsibleIds',
  GROUP: 'groupIds',
  COMPANY: 'companyIds',
  HAS_LEADS: 'hasLeads',
  IS_SHARED: 'isShared',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  FIRST_NAME: 'firstName',
  LAST_NAME: 'lastName',
};

/** Whether a source gave the truth, or said why not. */
function expectHonest(source: SourceName, filter: AskedFilter, found: Walk): void {
  const ids = found.idsOf(source);
  const reports = found.reportsOf(source);
  const [first] = reports;
  if (first?.status === 'SKIPPED') {
    expect(ids).toEqual([]);
    expect(first.unsupportedFilters.length).toBeGreaterThan(0);
    for (const field of first.unsupportedFilters) expect(Object.keys(filter)).toContain(MEMBERS_BY_FIELD[field]);
    expect(gateway.requests(source)).toEqual([]);
    return;
  }
  const truth = stored
    .filter((contact) => contact.source === source && isAskedFor(contact, filter, internationalDigits))
    .map(({ id }) => id);
  expect(reports.map(({ error }) => error).filter((error) => error !== null)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  // A page that ran out of budget is told as incomplete; the last one tells whether spellings may be missing.
  if (reports.at(-1)?.isComplete) expect(ids.toSorted()).toEqual(truth.sort());
  else expect(truth).toEqual(expect.arrayContaining([...ids]));
}

test('any two to four members together give the truth, or the report says why not', async () => {
  await fc.assert(
    fc.asyncProperty(filterArbitrary(stored), fc.constantFrom(15, 100), async (filter, first) => {
      gateway.clearCalls();
      const found = await walk(gateway, filter, { first, pagesMax: 200 });
      for (const source of ALL) expectHonest(source, filter, found);
    }),
    RUNS,
  );
});

test('the order that is asked for changes nothing about who is found', async () => {
  const orders = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT'];
  await fc.assert(
    fc.asyncProperty(
      filterArbitrary(stored),
      fc.constantFrom(...orders),
      fc.constantFrom('ASC', 'DESC'),
      async (filter, field, direction) => {
        const byName = await walk(gateway, filter);
        const byOther = await walk(gateway, filter, { orderBy: { field, direction } });
        for (const source of ALL) {
          const [report] = byOther.reportsOf(source);
          if (report?.error?.code === 'ORDER_UNSUPPORTED') expect(byOther.idsOf(source)).toEqual([]);
          else expect(byOther.idsOf(source).toSorted()).toEqual(byName.idsOf(source).toSorted());
        }
      },
    ),
    { ...RUNS, numRuns: 30 },
  );
});
