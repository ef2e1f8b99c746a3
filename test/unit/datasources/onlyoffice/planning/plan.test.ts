import { describe, expect, test } from 'vitest';
import type { ContactInfoCondition, ContactOrder, ListQuery, SourceFilter } from '../../../../../src/datasources/port/list-query.ts';
import { planList, type ListRead, type OnlyofficePlan } from '../../../../../src/datasources/onlyoffice/planning/plan.ts';

const USER = '293bb997-28d8-4be0-8547-6eb50add1f3c';
const OTHER_USER = '9924256a-739c-462b-af15-e652a3b1b6eb';
const EMAIL = { type: 'EMAIL', value: 'anna@baltic.example', match: 'EXACT' } as const;
const options = { defaultCountry: 'LV', scanBudget: 1000 };

function plan(filter: SourceFilter, order: ContactOrder = { field: 'DISPLAY_NAME', direction: 'ASC' }) {
  const query: ListQuery = { filter, order, details: new Set() };
  return planList(query, options);
}

function runnable(filter: SourceFilter, order?: ContactOrder): OnlyofficePlan {
  const planned = plan(filter, order);
  if (planned.outcome !== 'runnable') throw new Error(`planned as ${planned.outcome}`);
  return planned;
}

function sent(read: ListRead | undefined): string {
  if (read === undefined) return '';
  if (read.list === 'companyPersons') return `company ${read.companyId}`;
  return `${read.list} ${read.parameters.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

const SORT = 'sortBy=displayName&sortOrder=ascending';

describe('one member', () => {
  test.each<[string, SourceFilter, string]>([
    ['nothing', {}, `filter ${SORT}`],
    ['a search', { search: 'anna riga' }, `filter filterValue=anna riga&${SORT}`],
    ['persons', { kind: 'PERSON' }, `filter contactListView=Person&${SORT}`],
    ['companies', { kind: 'COMPANY' }, `filter contactListView=Company&${SORT}`],
    ['tags', { tags: ['a,b', 'VIP'] }, `filter tags=a,b&tags=vip&${SORT}`],
    ['equal tags once, in lower case', { tags: ['VIP', 'vip ', 'ÉTÉ', 'e\u0301te\u0301'] }, `filter tags=vip&tags=e\u0301te\u0301&${SORT}`],
    ['a status', { statusIds: ['17'] }, `filter contactStage=17&${SORT}`],
    ['a type', { typeIds: ['21'] }, `filter contactType=21&${SORT}`],
    ['a responsible user', { responsibleIds: [USER.toUpperCase()] }, `filter responsibleid=${USER}&${SORT}`],
    ['opportunities', { hasLeads: true }, `filter contactListView=WithOpportunity&${SORT}`],
    ['what is not shared', { isShared: false }, `filter isShared=false&${SORT}`],
  ])('%s is pushed in blocks of 50', (_, filter, query) => {
    const planned = runnable(filter);

    expect(planned).toMatchObject({ shape: 'blocks', blockSize: 50, isComplete: true });
    expect([...planned.members.values()].every((member) => member === 'PUSHED')).toBe(true);
    expect(planned.reads.map(sent)).toEqual([query]);
  });

  test.each<[SourceFilter, boolean]>([
    [{}, false],
    [{ kind: 'PERSON' }, false],
    [{ kind: 'COMPANY' }, true],
    [{ hasLeads: true }, true],
  ])('a search among the contacts of a user with %j may miss persons of companies: complete is %j', (filter, isComplete) => {
    const planned = runnable({ ...filter, search: 'baltic', responsibleIds: [USER] });

    expect(planned).toMatchObject({ isComplete, strangersOf: isComplete ? null : [USER] });
  });

  test('a range of creation is pushed a day wider on both sides, and checked', () => {
    const planned = runnable({ createdAt: { from: new Date('2024-03-05T23:30:00Z'), to: new Date('2024-03-31T00:00:00Z') } });

    expect(planned.members.get('CREATED_AT')).toBe('PUSHED_AND_CHECKED');
    expect(planned.reads.map(sent)).toEqual([`filter fromDate=2024-03-04&toDate=2024-04-01&${SORT}`]);
  });

  test('dates beyond what a portal stores stay within it', () => {
    const planned = runnable({ createdAt: { from: new Date(-8.64e15), to: new Date(8.64e15) } });

    expect(sent(planned.reads[0])).toBe(`filter fromDate=1000-01-01&toDate=9998-12-31&${SORT}`);
  });

  test('a name is looked for on the rows, persons only, in greater blocks', () => {
    const planned = runnable({ firstName: 'Anna' });

    expect(planned).toMatchObject({ shape: 'blocks', blockSize: 250 });
    expect(planned.members.get('FIRST_NAME')).toBe('CHECKED');
    expect(sent(planned.reads[0])).toBe(`filter contactListView=Person&${SORT}`);
  });

  test('each contact info is one search, and rows are checked', () => {
    const planned = runnable({
      contactInfos: [
        { ...EMAIL, category: 'WORK', isPrimary: true },
        { type: 'SKYPE', value: 'anna', match: 'CONTAINS' },
      ],
    });

    expect(planned.shape).toBe('collected');
    expect(Object.fromEntries(planned.members)).toEqual({
      CONTACT_INFO: 'PUSHED_AND_CHECKED',
      CONTACT_INFO_CONTAINS: 'PUSHED_AND_CHECKED',
    });
    expect(planned.reads.map(sent)).toEqual([
      'contactInfo infoType=1&data=anna@baltic.example&category=1&isPrimary=true',
      'contactInfo infoType=3&data=anna',
    ]);
  });

  test('the number of a category follows the type', () => {
    const infos = (['PHONE', 'ADDRESS', 'EMAIL'] as const).map(
      (type) => ({ type, value: 'x', match: 'CONTAINS', category: 'WORK' }) as const,
    );

    expect(runnable({ contactInfos: infos }).reads.map(sent)).toEqual([
      'contactInfo infoType=0&data=x&category=1',
      'contactInfo infoType=7&data=x&category=5',
      'contactInfo infoType=1&data=x&category=1',
    ]);
  });

  test('tags that make the URL too long are checked on the rows', () => {
    const tags = Array.from({ length: 100 }, (_, index) => `${index}${'漢'.repeat(40)}`);
    const planned = runnable({ tags });

    expect(planned.members.get('TAGS')).toBe('PUSHED_AND_CHECKED');
    const [read] = planned.reads.map(sent);
    expect(read?.startsWith(`filter tags=${tags[0]}&tags=${tags[1]}&`)).toBe(true);
    expect(read?.length).toBeLessThan(5_000);
    expect(runnable({ tags: tags.slice(0, 3) }).members.get('TAGS')).toBe('PUSHED');
  });

  test('a category or mark that rows may show otherwise than it is stored is checked', () => {
    const sentFor = (info: Pick<ContactInfoCondition, 'type' | 'category' | 'isPrimary'>) =>
      runnable({ contactInfos: [{ value: 'x', match: 'CONTAINS', ...info }] }).reads.map(sent);

    expect(sentFor({ type: 'EMAIL', category: 'OTHER', isPrimary: false })).toEqual(['contactInfo infoType=1&data=x&isPrimary=false']);
    expect(sentFor({ type: 'ADDRESS', category: 'HOME', isPrimary: false })).toEqual(['contactInfo infoType=7&data=x']);
    expect(sentFor({ type: 'ADDRESS', category: 'BILLING', isPrimary: true })).toEqual([
      'contactInfo infoType=7&data=x&category=3&isPrimary=true',
    ]);
  });

  test('the persons of each company are a list of their own', () => {
    const planned = runnable({ companyIds: ['11', '12', '11'] });

    expect(planned.shape).toBe('collected');
    expect(planned.members.get('COMPANY')).toBe('PUSHED');
    expect(planned.reads.map(sent)).toEqual(['company 11', 'company 12']);
  });

  test('several statuses are checked on the rows, which show them', () => {
    const planned = runnable({ statusIds: ['17', '18'] });

    expect(planned.members.get('STATUS')).toBe('CHECKED');
    expect(sent(planned.reads[0])).toBe(`filter ${SORT}`);
  });

  test('several types and users, which rows do not show, are a union of lists', () => {
    const planned = runnable({ typeIds: ['21', '22'], responsibleIds: [USER, OTHER_USER] });
    const stable = 'sortBy=id&sortOrder=ascending';

    expect(planned).toMatchObject({ shape: 'collected', blockSize: 1000 });
    expect(planned.reads.map(sent)).toEqual([
      `filter contactType=21&responsibleid=${USER}&${stable}`,
      `filter contactType=21&responsibleid=${OTHER_USER}&${stable}`,
      `filter contactType=22&responsibleid=${USER}&${stable}`,
      `filter contactType=22&responsibleid=${OTHER_USER}&${stable}`,
    ]);
  });
});

describe('members that need one parameter or list', () => {
  test.each<[string, SourceFilter, string, object]>([
    [
      'opportunities and kind',
      { hasLeads: true, kind: 'PERSON' },
      `filter contactListView=WithOpportunity&${SORT}`,
      { HAS_LEADS: 'PUSHED', KIND: 'CHECKED' },
    ],
    [
      'opportunities and a name',
      { hasLeads: true, lastName: 'B' },
      `filter contactListView=WithOpportunity&${SORT}`,
      { HAS_LEADS: 'PUSHED', LAST_NAME: 'CHECKED' },
    ],
    [
      'an info and a search',
      { contactInfos: [EMAIL], search: 'anna' },
      `filter filterValue=anna&${SORT}`,
      { SEARCH: 'PUSHED', CONTACT_INFO: 'CHECKED' },
    ],
    [
      'an info and opportunities',
      { contactInfos: [EMAIL], hasLeads: true },
      `filter contactListView=WithOpportunity&${SORT}`,
      { CONTACT_INFO: 'CHECKED', HAS_LEADS: 'PUSHED' },
    ],
    [
      'an info and a user',
      { contactInfos: [EMAIL], responsibleIds: [USER] },
      `filter responsibleid=${USER}&${SORT}`,
      { CONTACT_INFO: 'CHECKED', RESPONSIBLE: 'PUSHED' },
    ],
    [
      'a company and a search',
      { companyIds: ['11'], search: 'anna' },
      `filter filterValue=anna&contactListView=Person&${SORT}`,
      { COMPANY: 'CHECKED', SEARCH: 'PUSHED' },
    ],
    [
      'a company and a type',
      { companyIds: ['11'], typeIds: ['21'] },
      `filter contactListView=Person&contactType=21&${SORT}`,
      { COMPANY: 'CHECKED', TYPE: 'PUSHED' },
    ],
    [
      'a company and a part of an info',
      { companyIds: ['11'], contactInfos: [{ ...EMAIL, match: 'CONTAINS' }] },
      'company 11',
      { COMPANY: 'PUSHED', CONTACT_INFO_CONTAINS: 'CHECKED' },
    ],
    [
      'a company and an info',
      { companyIds: ['11'], contactInfos: [EMAIL] },
      'contactInfo infoType=1&data=anna@baltic.example',
      { COMPANY: 'CHECKED', CONTACT_INFO: 'PUSHED_AND_CHECKED' },
    ],
    [
      'tags and a part of an info',
      { tags: ['vip'], contactInfos: [{ ...EMAIL, match: 'CONTAINS' }] },
      `filter tags=vip&${SORT}`,
      { TAGS: 'PUSHED', CONTACT_INFO_CONTAINS: 'CHECKED' },
    ],
  ])('%s: one is pushed, the other checked', (_, filter, query, members) => {
    const planned = runnable(filter);

    expect(planned.reads.map(sent)).toEqual([query]);
    expect(Object.fromEntries(planned.members)).toEqual(members);
  });

  test('tags and an info: the few rows found get their tags read', () => {
    const planned = runnable({ tags: ['vip'], contactInfos: [EMAIL] });

    expect(planned.needsTags).toBe(true);
    expect(Object.fromEntries(planned.members)).toEqual({ CONTACT_INFO: 'PUSHED_AND_CHECKED', TAGS: 'CHECKED' });
  });
});

describe('what cannot be done', () => {
  test.each<[SourceFilter, readonly string[]]>([
    [{ updatedAt: { from: new Date(0) }, groupIds: ['1'], search: 'a' }, ['GROUP', 'UPDATED_AT']],
    [{ hasLeads: false }, ['HAS_LEADS']],
    [{ search: '%,*' }, ['SEARCH']],
  ])('%j is impossible, and says which members are', (filter, members) => {
    expect(plan(filter)).toEqual({ outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members });
  });

  test('the order of change is impossible', () => {
    expect(plan({}, { field: 'UPDATED_AT', direction: 'ASC' })).toEqual({ outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] });
  });

  test.each<SourceFilter>([
    { statusIds: ['0', '-1', '17; drop', '99999999999', ''] },
    { companyIds: ['../filter'] },
    { responsibleIds: ['00000000-0000-0000-0000-000000000000', '12'] },
    { contactInfos: [{ type: 'GTALK', value: 'anna', match: 'EXACT' }] },
    { contactInfos: [{ ...EMAIL, category: 'MOBILE' }] },
    { kind: 'COMPANY', firstName: 'Anna' },
    { kind: 'COMPANY', companyIds: ['11'] },
  ])('%j matches nothing, and costs no call', (filter) => {
    expect(plan(filter)).toEqual({ outcome: 'none' });
  });
});

describe('orders', () => {
  test.each([
    ['DISPLAY_NAME', 'displayName'],
    ['FIRST_NAME', 'firstName'],
    ['LAST_NAME', 'lastName'],
    ['CREATED_AT', 'created'],
  ] as const)('%s is sortBy=%s, with the direction spelt as the portal reads it', (field, sortBy) => {
    expect(sent(runnable({}, { field, direction: 'ASC' }).reads[0])).toBe(`filter sortBy=${sortBy}&sortOrder=ascending`);
    expect(sent(runnable({}, { field, direction: 'DESC' }).reads[0])).toBe(`filter sortBy=${sortBy}&sortOrder=descending`);
  });
});

test('equal lists have equal keys, and others do not', () => {
  expect(runnable({ statusIds: ['17', '17'], search: 'a, b' }).key).toBe(runnable({ statusIds: ['17'], search: 'a b' }).key);
  expect(runnable({ search: 'a' }).key).not.toBe(runnable({ search: 'b' }).key);
  expect(runnable({ contactInfos: [EMAIL] }).key).not.toBe(runnable({ contactInfos: [EMAIL], tags: ['vip'] }).key);
  expect(runnable({}, { field: 'CREATED_AT', direction: 'DESC' }).key).not.toBe(runnable({}).key);
});
