import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/sandbox/seeded-random.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { everyone, namesOf, readPage, type WalkedPage } from './list-walk.ts';
import { ALL } from '../../support/sources.ts';

/** Somebody works in the CRM while we page: one contact goes, or comes with a name somewhere in the alphabet. */
function editOne(gateway: TestGateway, random: () => number): void {
  const source = ALL[Math.floor(random() * ALL.length)] ?? 'kommo';
  const ids = everyone(gateway, [source]).map((name) => Number(name.split(':')[1]));
  const id = ids[Math.floor(random() * ids.length)] ?? 0;
  const letter = String.fromCodePoint(97 + Math.floor(random() * 26));
  const isDeletion = random() < 0.6;
  if (source === 'onlyoffice') {
    if (isDeletion) gateway.onlyoffice.removeContact(id);
    else gateway.onlyoffice.addContact({ isCompany: false, firstName: `${letter} new`, lastName: 'Person' });
  } else if (source === 'kommo') {
    const { contacts } = gateway.kommo.data;
    const [first] = contacts;
    if (isDeletion) gateway.kommo.trashContact(id);
    else if (first)
      contacts.push({
        ...structuredClone(first),
        id: Math.max(...contacts.map((row) => row.id)) + 1,
        name: `${letter} new`,
        isTrashed: false,
      });
  } else {
    const { contacts } = gateway.callgear;
    const [first] = contacts;
    if (isDeletion)
      contacts.splice(
        contacts.findIndex((contact) => contact.id === id),
        1,
      );
    else if (first)
      contacts.push({ ...structuredClone(first), id: Math.max(...contacts.map((row) => row.id)) + 1, last_name: `${letter} new` });
  }
}

describe('a list that is edited while it is paged', () => {
  it.each([
    [1, { field: 'DISPLAY_NAME', direction: 'ASC' }],
    [2, { field: 'DISPLAY_NAME', direction: 'DESC' }],
    [4, { field: 'CREATED_AT', direction: 'DESC' }],
  ])('loses nobody who was there all the time, with one change between any two pages (seed %i, %j)', async (seed, orderBy) => {
    await using gateway = await startTestGateway({ population: { onlyoffice: 60, kommo: 130, callgear: 40 } });
    const random = createRandom(seed);
    const seen = new Set<string>();
    const able = orderBy.field === 'CREATED_AT' ? ALL.slice(0, 2) : ALL;
    let there = new Set(everyone(gateway, able));
    let hasMoved = false;
    let page: WalkedPage | undefined;
    for (let pages = 0; page === undefined || page.pageInfo.hasNextPage; pages += 1) {
      page = await readPage(gateway, { first: 12, orderBy, after: page?.pageInfo.endCursor ?? null });
      for (const name of namesOf(page.edges.map(({ node }) => node))) seen.add(name);
      hasMoved ||= page.sourceReports.some((report) => report.hasMoved);
      editOne(gateway, random);
      const now = new Set(everyone(gateway, able));
      there = new Set([...there].filter((name) => now.has(name)));
      expect(pages).toBeLessThan(100);
    }
    expect([...there].filter((name) => !seen.has(name))).toEqual([]);
    expect(hasMoved).toBe(true);
  });
});
