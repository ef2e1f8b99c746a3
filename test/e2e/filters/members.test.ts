import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectTruth, type TruthOptions } from '../../support/filters/expect-truth.ts';
import { isAskedFor, type AskedFilter, type AskedId } from '../../support/filters/filter-truth.ts';
import { readFiltered } from '../../support/filters/filtered-walk.ts';
import { startTestGateway, type SourceName, type TestGateway } from '../../support/gateway.ts';
import { storedContacts } from '../../support/filters/stored-contacts.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    population: { seed: 31, onlyoffice: 150, kommo: 270, callgear: 120 },
    environment: { CACHE_TTL_MS: '600000' },
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

type Skipped = NonNullable<TruthOptions['skipped']>;
type Case = readonly [what: string, filter: (gateway: TestGateway) => AskedFilter, skipped: Skipped];

const users = ({ onlyoffice, kommo, callgear }: TestGateway, from: number, to: number): AskedId[] => [
  ...onlyoffice.portal.users.slice(from, to).map(({ id }) => ({ source: 'onlyoffice' as const, id })),
  ...kommo.data.users.slice(from, to).map(({ id }) => ({ source: 'kommo' as const, id: String(id) })),
  ...callgear.data.employees.slice(from, to).map(({ id }) => ({ source: 'callgear' as const, id: String(id) })),
];

const companies = ({ onlyoffice, kommo, callgear }: TestGateway, count: number) => [
  ...onlyoffice
    .visibleContacts()
    .filter(({ isCompany }) => isCompany)
    .slice(0, count)
    .map(({ id }) => ({ source: 'onlyoffice' as const, id: String(id) })),
  ...kommo.data.companies.slice(0, count).map(({ id }) => ({ source: 'kommo' as const, id: String(id) })),
  ...callgear.data.organizations.slice(0, count).map(({ id }) => ({ source: 'callgear' as const, id: String(id) })),
];

const status = (id: number) => ({ source: 'onlyoffice' as const, id: String(id) });
const group = (id: number) => ({ source: 'callgear' as const, id: String(id) });

const CASES: readonly Case[] = [
  ['no filter', () => ({}), {}],
  ['empty members', () => ({ tags: [], statusIds: [], contactInfos: [], createdAt: {}, search: ' ' }), {}],
  ['kind PERSON', () => ({ kind: 'PERSON' }), {}],
  ['kind COMPANY', () => ({ kind: 'COMPANY' }), { kommo: ['KIND'], callgear: ['KIND'] }],
  ['one tag, in another case', () => ({ tags: ['VIP'] }), { callgear: ['TAGS'] }],
  ['several tags', () => ({ tags: ['vip', 'Customer'] }), { callgear: ['TAGS'] }],
  ['a tag with a comma', () => ({ tags: ['a,b'] }), { callgear: ['TAGS'] }],
  ['a tag with brackets and quotes', () => ({ tags: ['["some text"]'] }), { callgear: ['TAGS'] }],
  ['a tag that nobody has', () => ({ tags: ['no such tag'] }), { callgear: ['TAGS'] }],
  ['a status', () => ({ statusIds: [status(17)] }), {}],
  ['several statuses', () => ({ statusIds: [status(16), status(31)] }), {}],
  ['a type', () => ({ typeIds: [status(24)] }), {}],
  ['several types', () => ({ typeIds: [status(24), status(26)] }), {}],
  ['a responsible user of each source', (all) => ({ responsibleIds: users(all, 1, 2) }), {}],
  ['several responsible users of each source', (all) => ({ responsibleIds: users(all, 0, 4) }), {}],
  ['a group', () => ({ groupIds: [group(17)] }), {}],
  ['several groups', () => ({ groupIds: [group(2_200_000_021), group(1)] }), {}],
  ['a group without members', () => ({ groupIds: [group(23)] }), {}],
  ['a company of each source', (all) => ({ companyIds: companies(all, 1) }), {}],
  ['several companies of each source', (all) => ({ companyIds: companies(all, 12) }), {}],
  ['contacts with leads', () => ({ hasLeads: true }), { callgear: ['HAS_LEADS'] }],
  ['contacts without leads', () => ({ hasLeads: false }), { onlyoffice: ['HAS_LEADS'], callgear: ['HAS_LEADS'] }],
  ['shared contacts', () => ({ isShared: true }), { kommo: ['IS_SHARED'], callgear: ['IS_SHARED'] }],
  ['private contacts', () => ({ isShared: false }), { kommo: ['IS_SHARED'], callgear: ['IS_SHARED'] }],
  ['created in a year', () => ({ createdAt: { from: '2024-01-01T00:00:00Z', to: '2024-12-31T23:59:59Z' } }), { callgear: ['CREATED_AT'] }],
  ['created since', () => ({ createdAt: { from: '2024-03-05T17:07:31+03:00' } }), { callgear: ['CREATED_AT'] }],
  ['created until', () => ({ createdAt: { to: '2024-03-05T09:07:31-05:00' } }), { callgear: ['CREATED_AT'] }],
  [
    'created in one second',
    () => ({ createdAt: { from: '2024-03-05T14:07:31Z', to: '2024-03-05T14:07:31Z' } }),
    { callgear: ['CREATED_AT'] },
  ],
  ['updated since', () => ({ updatedAt: { from: '2024-06-01T00:00:00Z' } }), { onlyoffice: ['UPDATED_AT'], callgear: ['UPDATED_AT'] }],
  [
    'updated in a month',
    () => ({ updatedAt: { from: '2024-06-01T00:00:00+02:00', to: '2024-06-30T23:59:59+02:00' } }),
    { onlyoffice: ['UPDATED_AT'], callgear: ['UPDATED_AT'] },
  ],
];

describe('each member gives exactly the contacts that the CRMs store', () => {
  test.each(CASES)('%s', async (_what, filter, skipped) => {
    const asked = filter(gateway);
    const found = await expectTruth(gateway, asked, { skipped });
    expect(found.pages.at(-1)?.isComplete).toBe(Object.keys(skipped).length === 0);
  });

  test.each([['firstName'], ['lastName']] as const)('%s, of every name that there is', async (member) => {
    const names = new Set(
      [
        'Anna',
        'anna',
        'Cher',
        'CHER',
        'Legacy',
        'Same',
        'NAME',
        'NÁME',
        'Souza',
        "D'Souza",
        'Okonkwo',
        '[a-z]+(.*)',
        'Per_cent 100%\\"O\'Neil"',
        'Nobody',
      ]
        .concat(
          gateway.onlyoffice.portal.contacts.slice(40, 46).map((contact) => contact[member].toUpperCase()),
          gateway.callgear.contacts
            .slice(0, 12)
            .map(({ first_name, last_name }) => (member === 'firstName' ? first_name : last_name)?.toLowerCase() ?? ''),
        )
        .filter((name) => name.trim() !== ''),
    );
    for (const name of names) await expectTruth(gateway, { [member]: name });
  });
});

test('first: 0 counts where the CRM can, and is null where rows would have to be checked', async () => {
  const count = async (filter: AskedFilter, source: SourceName) =>
    (await readFiltered(gateway, filter, { first: 0, sources: [source] })).totalCount;
  const size = (filter: AskedFilter, source: SourceName) =>
    storedContacts(gateway, [source]).filter((contact) => isAskedFor(contact, filter)).length;
  for (const filter of [
    {},
    { kind: 'COMPANY' },
    { statusIds: [status(17)] },
    { tags: ['vip'], isShared: true },
    { typeIds: [status(24), status(26)] },
  ] as const) {
    expect(await count(filter, 'onlyoffice')).toBe(size(filter, 'onlyoffice'));
  }
  expect(await count({ lastName: 'Name' }, 'onlyoffice')).toBeNull();
  expect(await count({ createdAt: { from: '2024-01-01T00:00:00Z' } }, 'onlyoffice')).toBeNull();
  expect(await count({}, 'kommo')).toBeNull();
  expect(await count({}, 'callgear')).toBeNull();
});

test('capabilities say which members a source answers', async () => {
  interface Capabilities {
    readonly sources: readonly { readonly name: SourceName; readonly capabilities: { readonly filterFields: readonly string[] } }[];
  }
  const { sources } = await gateway.ask<Capabilities>('{ sources { name capabilities { filterFields } } }');
  const fieldsOf = new Map(sources.map(({ name, capabilities }) => [name, capabilities.filterFields.toSorted()]));
  const common = ['COMPANY', 'CONTACT_INFO', 'FIRST_NAME', 'KIND', 'LAST_NAME', 'RESPONSIBLE', 'SEARCH'];
  expect(fieldsOf.get('callgear')).toEqual([...common, 'GROUP'].sort());
  expect(fieldsOf.get('kommo')).toEqual([...common, 'CONTACT_INFO_CONTAINS', 'CREATED_AT', 'HAS_LEADS', 'TAGS', 'UPDATED_AT'].sort());
  expect(fieldsOf.get('onlyoffice')).toEqual(
    [...common, 'CONTACT_INFO_CONTAINS', 'CREATED_AT', 'HAS_LEADS', 'IS_SHARED', 'STATUS', 'TAGS', 'TYPE'].sort(),
  );
});
