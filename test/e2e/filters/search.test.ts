import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoredContact } from '../../../src/sandbox/onlyoffice/portal.ts';
import { internationalDigits, isAskedFor, type AskedFilter } from '../../support/filters/filter-truth.ts';
import { walk } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';
import { ALL } from '../../support/sources.ts';

const POPULATION = { seed: 36, onlyoffice: 120, kommo: 160, callgear: 90 };

let gateway: TestGateway;
let withoutIndex: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ population: POPULATION });
  withoutIndex = await startTestGateway({ population: POPULATION, kommo: null, callgear: null, onlyoffice: { textSearch: 'database' } });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await withoutIndex[Symbol.asyncDispose]();
});

/** What each CRM finds for words, by its own rules: as its users know it from its own screen. */
const FINDS: Readonly<Record<SourceName, (all: TestGateway, words: readonly string[], filter?: AskedFilter) => string[]>> = {
  // Words stand in one field together; who works for a company that is found comes along, but where leads are asked for.
  onlyoffice({ onlyoffice }, words, { hasLeads } = {}) {
    const isHit = (contact: StoredContact): boolean =>
      textsOf(contact).some((text) => words.every((word) => text.toLowerCase().includes(word.toLowerCase())));
    const hits = onlyoffice.portal.contacts.filter(isHit);
    const companies = new Set(hits.filter(({ isCompany }) => isCompany && hasLeads === undefined).map(({ id }) => id));
    const found = onlyoffice.visibleContacts().filter((contact) => hits.includes(contact) || companies.has(contact.companyId));
    return found.map(({ id }) => String(id));
  },
  // Words stand in any fields.
  kommo({ kommo }, words) {
    const rows = kommo.data.contacts.filter(({ isTrashed }) => !isTrashed);
    const found = rows.filter((row) => {
      const texts = [
        row.name,
        row.first_name,
        row.last_name,
        ...(row.custom_fields_values ?? []).flatMap(({ values }) => values.map(({ value }) => leaves(value))),
      ];
      return words.every((word) => texts.some((text) => plain(text).includes(plain(word))));
    });
    return found.map(({ id }) => String(id));
  },
  // Words stand in the names.
  callgear({ callgear }, words) {
    const found = callgear.contacts.filter((contact) => {
      const names = [contact.last_name, contact.first_name, contact.patronymic].join(' ').toLowerCase();
      return words.every((word) => names.includes(word.toLowerCase()));
    });
    return found.map(({ id }) => String(id));
  },
};

function textsOf(contact: StoredContact): string[] {
  const own = [contact.title, contact.firstName, contact.lastName, contact.companyName, contact.about, contact.industry].join('\n');
  const infos = contact.infos.map(({ type, data }) =>
    type === 7 ? Array.from(data.matchAll(/:\s*"(.*)"/g), ([, value]) => value).join('\n') : data,
  );
  return [own, ...infos, ...contact.fieldValues.map(({ value }) => value), ...contact.events];
}

function leaves(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).map(leaves).join('\n') : String(value);
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

describe('search finds what each CRM finds by itself', () => {
  test.each([
    'Anna',
    'an',
    'RIGA',
    'name same',
    'example',
    'zeppelin',
    'Prado',
    'lonely company',
    'Works',
    'Иван',
    'живаго',
    'Per_cent 100',
  ])('%s', async (search) => {
    const found = await walk(gateway, { search });
    for (const source of ALL) {
      expect(found.reportsOf(source)[0]).toMatchObject({ status: 'OK', isComplete: true });
      const words = search.split(' ');
      expect([source, ...found.idsOf(source).toSorted()]).toEqual([source, ...FINDS[source](gateway, words).sort()]);
    }
  });

  test('a phone in a search is Kommo’s own fuzzy search for it', async () => {
    const found = await walk(gateway, { search: '26000001' }, { sources: ['kommo'] });
    expect(found.idsOf('kommo').length).toBeGreaterThan(0);
  });

  test('a comma parts words, and does not cut the search', async () => {
    const ids = async (search: string) => (await walk(gateway, { search }, { sources: ['onlyoffice'] })).idsOf('onlyoffice');
    expect(await ids('Same,Name')).toEqual(await ids('Same Name'));
    expect(await ids(',Same')).toEqual(await ids('Same'));
  });

  test.each(['*', '?', '%', '"', '\\', ',', ' , ', '@', '...'])(
    '%j is no word, and so it is not sent where it would mean everyone',
    async (search) => {
      const everyone = storedContacts(gateway, ['onlyoffice', 'kommo']).length;
      const found = await walk(gateway, { search }, { sources: ['onlyoffice', 'kommo'] });
      for (const report of [found.reportsOf('onlyoffice')[0], found.reportsOf('kommo')[0]]) {
        if (report?.status === 'SKIPPED')
          expect(report).toMatchObject({ error: { code: 'FILTER_UNSUPPORTED' }, unsupportedFilters: ['SEARCH'] });
      }
      expect(found.idsOf('onlyoffice').length + found.idsOf('kommo').length).toBeLessThan(everyone / 2);
    },
  );
});

describe('a portal without a full-text index', () => {
  const idsFor = async (search: string) => (await walk(withoutIndex, { search })).idsOf('onlyoffice');

  test('finds words at the beginning of first names and of companies’ words', async () => {
    const { onlyoffice } = withoutIndex;
    const visible = onlyoffice.visibleContacts();
    const startsWith = (word: string) => (contact: StoredContact) =>
      (contact.isCompany ? contact.companyName : contact.firstName).split(' ').some((own) => plain(own).startsWith(word));
    for (const word of ['an', 'same', 'company', 'works']) {
      expect((await idsFor(word)).toSorted()).toEqual(
        visible
          .filter(startsWith(word))
          .map(({ id }) => String(id))
          .sort(),
      );
    }
  });

  test.each(['%', '%%', 'a%b', '\\', '%an', '_', '__', '"an"'])('takes no wildcard from %j', async (search) => {
    const words = search
      .replace(/[%\\"_]/g, ' ')
      .split(' ')
      .filter((word) => word !== '');
    const { onlyoffice } = withoutIndex;
    const truth = onlyoffice.visibleContacts().filter((contact) => {
      const names = (contact.isCompany ? contact.companyName : contact.firstName).split(' ');
      return words.length > 0 && words.every((word) => names.some((name) => plain(name).startsWith(word)));
    });
    expect((await idsFor(search)).toSorted()).toEqual(truth.map(({ id }) => String(id)).sort());
  });
});

describe('a search goes together with the other members, which are checked on what it finds', () => {
  test.each<[string, AskedFilter, readonly SourceName[]]>([
    ['dates', { createdAt: { from: '2024-01-01T00:00:00Z' } }, ['onlyoffice', 'kommo']],
    ['tags', { tags: ['Customer'] }, ['onlyoffice', 'kommo']],
    ['names', { firstName: 'Anna' }, ALL],
    ['contact infos', { contactInfos: [{ type: 'EMAIL', value: 'lv', match: 'CONTAINS' }] }, ['onlyoffice', 'kommo']],
    ['leads', { hasLeads: true }, ['onlyoffice', 'kommo']],
    ['kind', { kind: 'PERSON' }, ALL],
  ])('%s', async (_what, others, sources) => {
    const found = await walk(gateway, { search: 'an', ...others }, { sources });
    for (const source of sources) {
      const asked = new Set(
        storedContacts(gateway, [source])
          .filter((contact) => isAskedFor(contact, others, internationalDigits))
          .map(({ id }) => id),
      );
      expect(found.reportsOf(source)[0]).toMatchObject({ status: 'OK' });
      const truth = FINDS[source](gateway, ['an'], others).filter((id) => asked.has(id));
      expect([source, ...found.idsOf(source).toSorted()]).toEqual([source, ...truth.sort()]);
    }
  });
});
