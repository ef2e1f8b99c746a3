import { describe, expect, test } from 'vitest';
import type { ContactInfoCondition, ContactOrderField, Detail, SourceFilter } from '../../../../../src/datasources/port/list-query.ts';
import { planContacts, type KommoPlan } from '../../../../../src/datasources/kommo/planning/plan.ts';
import { toQueryString } from '../../../../../src/datasources/kommo/planning/query-string.ts';

interface Options {
  field?: ContactOrderField;
  direction?: 'ASC' | 'DESC';
  details?: Detail[];
  hasScans?: boolean;
}

function planned(filter: SourceFilter, { field = 'DISPLAY_NAME', direction = 'ASC', details = [], hasScans = true }: Options = {}) {
  return planContacts({ filter, order: { field, direction }, details: new Set(details) }, { hasScans, defaultCountry: 'LV' });
}

function runnable(filter: SourceFilter, options?: Options): KommoPlan {
  const plan = planned(filter, options);
  if (plan.outcome !== 'runnable') throw new Error(`the plan is ${plan.outcome}`);
  return plan;
}

const phone = (value: string, more: Partial<ContactInfoCondition> = {}): ContactInfoCondition => ({
  type: 'PHONE',
  value,
  match: 'EXACT',
  ...more,
});
const email = (value: string): ContactInfoCondition => ({ type: 'EMAIL', value, match: 'EXACT' });
const members = (filter: SourceFilter, options?: Options) => Object.fromEntries(runnable(filter, options).members);
const queries = (filter: SourceFilter) => runnable(filter).queries;

describe('orders', () => {
  test.each([
    ['DISPLAY_NAME', 'order[name]'],
    ['CREATED_AT', 'order[id]'],
    ['UPDATED_AT', 'order[updated_at]'],
  ] as const)('%s is %s', (field, name) => {
    expect(runnable({}, { field, direction: 'DESC' }).parameters).toEqual([[name, 'desc']]);
  });

  test.each(['FIRST_NAME', 'LAST_NAME'] as const)('%s is impossible', (field) => {
    expect(planned({}, { field })).toEqual({ outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] });
  });
});

describe('details', () => {
  test('are asked for only when selected', () => {
    expect(runnable({}, { details: ['tags'] }).parameters).toEqual([['order[name]', 'asc']]);
    expect(runnable({}, { details: ['leads', 'catalogElements'] }).parameters).toContainEqual(['with', 'leads,catalog_elements']);
  });
});

describe('filters', () => {
  test('push responsible users and ranges, in whole seconds within the range', () => {
    const plan = runnable({
      responsibleIds: ['9002', '9001', '9002'],
      createdAt: { from: new Date('2025-01-01T00:00:00.001Z'), to: new Date('2025-01-02T00:00:00.999Z') },
      updatedAt: { from: new Date('2025-01-01T00:00:00Z') },
    });
    expect(plan.parameters).toEqual([
      ['filter[responsible_user_id][]', '9001'],
      ['filter[responsible_user_id][]', '9002'],
      ['filter[created_at][from]', '1735689601'],
      ['filter[created_at][to]', '1735776000'],
      ['filter[updated_at][from]', '1735689600'],
      ['order[name]', 'asc'],
    ]);
    expect(Object.fromEntries(plan.members)).toEqual({
      RESPONSIBLE: 'PUSHED_AND_CHECKED',
      CREATED_AT: 'PUSHED_AND_CHECKED',
      UPDATED_AT: 'PUSHED_AND_CHECKED',
    });
    expect(plan).toMatchObject({ shape: 'blocks', blockSize: 100, isComplete: true, isScan: false });
  });

  test.each<SourceFilter>([
    { createdAt: { from: new Date('2025-01-02Z'), to: new Date('2025-01-01Z') } },
    { updatedAt: { from: new Date(1), to: new Date(999) } },
    { createdAt: { to: new Date(-1) } },
    { responsibleIds: ['x', '007', '-1', '9001 OR 1=1'] },
    { companyIds: ['../leads'] },
    { contactInfos: [{ type: 'LINKEDIN', value: 'ana', match: 'EXACT' }] },
  ])('know without a call that nothing can match: %j', (filter) => {
    expect(planned(filter)).toEqual({ outcome: 'none' });
  });

  test('name every member that Kommo cannot do', () => {
    expect(planned({ kind: 'COMPANY', statusIds: ['1'], typeIds: ['1'], groupIds: ['1'], isShared: true })).toEqual({
      outcome: 'impossible',
      code: 'FILTER_UNSUPPORTED',
      members: ['KIND', 'STATUS', 'TYPE', 'GROUP', 'IS_SHARED'],
    });
  });

  test('have nothing to send for persons', () => {
    expect(runnable({ kind: 'PERSON' })).toMatchObject({ parameters: [['order[name]', 'asc']], isScan: false, blockSize: 100 });
  });

  test('scan for tags and leads in large pages', () => {
    const plan = runnable({ tags: ['vip'], hasLeads: false });
    expect(plan).toMatchObject({ isScan: true, blockSize: 250, isComplete: true });
    expect(plan.parameters).toContainEqual(['with', 'leads']);
    expect(Object.fromEntries(plan.members)).toEqual({ TAGS: 'CHECKED', HAS_LEADS: 'CHECKED' });
  });

  test('do not scan where that is switched off, unless a search narrows the list', () => {
    expect(planned({ tags: ['vip'], hasLeads: true }, { hasScans: false })).toEqual({
      outcome: 'impossible',
      code: 'FILTER_UNSUPPORTED',
      members: ['TAGS', 'HAS_LEADS'],
    });
    expect(members({ tags: ['vip'], search: 'ana' }, { hasScans: false })).toEqual({ SEARCH: 'PUSHED', TAGS: 'CHECKED' });
  });

  test('read companies for their contacts, and check the rest on them', () => {
    const plan = runnable(
      { companyIds: ['600002', '600001'], tags: ['vip'], responsibleIds: ['9001'], lastName: 'Prado' },
      { hasScans: false },
    );
    expect(plan).toMatchObject({ read: 'companies', shape: 'collected', companyIds: ['600001', '600002'], queries: [], isScan: false });
    expect(plan.parameters).toEqual([['order[name]', 'asc']]);
    expect(Object.fromEntries(plan.members)).toEqual({
      COMPANY: 'PUSHED_AND_CHECKED',
      TAGS: 'CHECKED',
      RESPONSIBLE: 'CHECKED',
      LAST_NAME: 'CHECKED',
    });
  });

  test('check the company where a search needs the list', () => {
    expect(members({ companyIds: ['600001'], search: 'ana' })).toEqual({ SEARCH: 'PUSHED', COMPANY: 'CHECKED' });
  });
});

describe('query', () => {
  test.each([
    ['+371 2000-0000', '20000000'],
    ['371 20000000', '20000000'],
    ['(371)20000000', '20000000'],
    ['20000000', '20000000'],
    // With a prefix that is not known in this country: by its end, which stands in every spelling.
    ['8 (912) 345-67-89', '23456789'],
    ['ext. 42', '42'],
    ['none', 'none'],
  ])('finds the phone %s by %s', (value, query) => {
    expect(queries({ contactInfos: [phone(value)] })).toEqual([query]);
  });

  test('finds most by the longest part of an address', () => {
    expect(queries({ contactInfos: [{ type: 'ADDRESS', value: 'Main St 1, Riga, LV', match: 'EXACT' }] })).toEqual(['Main St 1']);
  });

  test('may miss other spellings of a contact info', () => {
    const plan = runnable({ contactInfos: [email(' ana@example.com ')] });
    expect(plan).toMatchObject({ queries: ['ana@example.com'], shape: 'blocks', isComplete: false });
    expect(Object.fromEntries(plan.members)).toEqual({ CONTACT_INFO: 'PUSHED_AND_CHECKED' });
  });

  test('is walked once for each of several contact infos', () => {
    const plan = runnable({
      contactInfos: [email('b@example.com'), phone('+37120000000'), phone('20000000'), { ...email('a'), match: 'CONTAINS' }],
    });
    expect(plan).toMatchObject({ read: 'queries', shape: 'collected', isComplete: false, queries: ['20000000', 'a', 'b@example.com'] });
    expect(Object.fromEntries(plan.members)).toEqual({ CONTACT_INFO: 'PUSHED_AND_CHECKED', CONTACT_INFO_CONTAINS: 'PUSHED_AND_CHECKED' });
  });

  test('belongs to the search first, since that cannot be checked', () => {
    const plan = runnable({ search: ' ana ', contactInfos: [email('a@example.com'), phone('20000000')], firstName: 'Ana' });
    expect(plan).toMatchObject({ read: 'list', queries: ['ana'], isComplete: true, isScan: false, blockSize: 250 });
    expect(Object.fromEntries(plan.members)).toEqual({ SEARCH: 'PUSHED', CONTACT_INFO: 'CHECKED', FIRST_NAME: 'CHECKED' });
  });

  test('belongs to contact infos before names, and to the longer name before the shorter one', () => {
    expect(queries({ contactInfos: [email('a@example.com')], lastName: 'Prado' })).toEqual(['a@example.com']);
    expect(queries({ firstName: 'Ana', lastName: 'Prado' })).toEqual(['Prado']);
    expect(queries({ firstName: 'Anastasia', lastName: 'Li' })).toEqual(['Anastasia']);
    expect(members({ firstName: 'Anastasia', lastName: 'Li' })).toEqual({ FIRST_NAME: 'PUSHED_AND_CHECKED', LAST_NAME: 'CHECKED' });
  });

  test.each([
    ["D'Souza", 'Souza'],
    ['Anna "Ann" Maria', 'Maria'],
    ['Smith & Sons', 'Smith'],
    ['Anna\u0000Maria', 'Maria'],
    ["Jean d'Arc de Lorraine", 'Arc de Lorraine'],
  ])('finds the name %s by a piece that is surely stored as it is', (lastName, query) => {
    expect(queries({ lastName })).toEqual([query]);
    expect(queries({ contactInfos: [email(lastName)] })).toEqual([query]);
  });

  test('is never a search for nothing, which might give everyone', () => {
    for (const nothing of ['@', '"', '...', ' - ', '\u0000']) {
      expect(planned({ search: `x ${nothing}` })).toMatchObject({ outcome: 'runnable' });
      expect(planned({ search: nothing })).toMatchObject({ outcome: 'impossible', members: ['SEARCH'] });
      expect(runnable({ lastName: nothing })).toMatchObject({ queries: [], isScan: true });
      expect(runnable({ contactInfos: [{ ...email(nothing), match: 'CONTAINS' }] })).toMatchObject({ queries: [], isScan: true });
    }
  });

  test('cannot find primary contact infos, nor categories of messengers', () => {
    expect(planned({ contactInfos: [phone('20000000', { isPrimary: true })] })).toMatchObject({
      outcome: 'impossible',
      members: ['CONTACT_INFO'],
    });
    expect(planned({ contactInfos: [{ type: 'SKYPE', value: 'x', match: 'CONTAINS', category: 'HOME' }] })).toMatchObject({
      outcome: 'impossible',
      members: ['CONTACT_INFO_CONTAINS'],
    });
    expect(members({ contactInfos: [phone('20000000', { category: 'MOBILE' })] })).toEqual({ CONTACT_INFO: 'PUSHED_AND_CHECKED' });
  });
});

describe('key', () => {
  test('is equal for equal lists and differs with anything that is sent', () => {
    const key = (filter: SourceFilter, options?: Options) => runnable(filter, options).key;
    expect(key({ responsibleIds: ['2', '1'] })).toBe(key({ responsibleIds: ['1', '2', '1'] }));
    const keys = [
      key({}),
      key({}, { direction: 'DESC' }),
      key({}, { field: 'CREATED_AT' }),
      key({}, { details: ['leads'] }),
      key({ search: 'a' }),
      key({ tags: ['a'] }),
      key({ companyIds: ['1'] }),
      key({ companyIds: ['2'] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('hostile values', () => {
  test.each(['a&limit=1', 'a#b', 'a=b&filter[id][]=1', '100%', 'a+b c', '[x]', 'x"\'\\', 'ы', '%26page=2', '../../leads?x'])(
    'stay one value: %j',
    (value) => {
      const sent = [...new URLSearchParams(toQueryString([['query', value], ...runnable({ search: value }).parameters]))];
      expect(sent).toEqual([
        ['query', value],
        ['order[name]', 'asc'],
      ]);
      expect(toQueryString([['query', value]])).toMatch(/^query=[^&#=+ ]*$/);
    },
  );
});
