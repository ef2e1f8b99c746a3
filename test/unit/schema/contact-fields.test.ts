import { expect, test } from 'vitest';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import type { AddressRecord, ContactInfoRecord } from '../../../src/datasources/port/records/contact-info.ts';
import type { CustomFieldRecord } from '../../../src/datasources/port/records/custom-field.ts';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource, type LookUpSourceOptions } from './look-up-source.ts';
import { idOf, run, type RunOptions } from './run.ts';

/** Runs a selection on one contact that a list holds. */
async function select(
  selection: string,
  members: Partial<ContactRecord>,
  options: Partial<LookUpSourceOptions> = {},
  runOptions: RunOptions = {},
) {
  const source = new LookUpSource({ name: 'a', rows: [{ record: contactRecord('a', '1', members) }], ...options });
  const { data, errors } = await run([source], `{ contacts { nodes { ...F } } } fragment F on Person { ${selection} }`, runOptions);
  const [contact] = (data as { contacts: { nodes: unknown[] } }).contacts.nodes;
  return { contact, errors, finds: source.finds, listed: source.listed };
}

function info(members: Partial<ContactInfoRecord>): ContactInfoRecord {
  const empty = { idInSource: null, category: null, categoryName: null, normalizedValue: null, isPrimary: null };
  return { ...empty, type: 'PHONE', value: '1', ...members };
}

const ADDRESS: AddressRecord = {
  street: '1 High St',
  city: 'London',
  state: null,
  zip: null,
  country: null,
  category: 'WORK',
  categoryName: 'Work',
  isPrimary: true,
  text: '1 High St, London',
};

test('puts the primary phone first and keeps the order of the rest', async () => {
  const contactInfos = [
    info({ value: '1', isPrimary: false }),
    info({ type: 'EMAIL', value: 'a@example.com' }),
    info({ value: '2', isPrimary: true }),
    info({ value: '3', isPrimary: false }),
  ];

  const { contact } = await select('phones { value } emails { value } contactInfos { value }', { contactInfos });

  expect(contact).toEqual({
    phones: [{ value: '2' }, { value: '1' }, { value: '3' }],
    emails: [{ value: 'a@example.com' }],
    contactInfos: [{ value: '1' }, { value: 'a@example.com' }, { value: '2' }, { value: '3' }],
  });
});

test('gives the contact infos of the types asked for, addresses included', async () => {
  const contactInfos = [info({}), info({ type: 'SKYPE', value: 'ada' })];
  const selection = 'some: contactInfos(types: [ADDRESS, SKYPE]) { type value category } none: contactInfos(types: []) { type }';

  const { contact } = await select(selection, { contactInfos, addresses: [ADDRESS] });

  expect(contact).toEqual({
    some: [
      { type: 'SKYPE', value: 'ada', category: null },
      { type: 'ADDRESS', value: '1 High St, London', category: 'WORK' },
    ],
    none: [{ type: 'PHONE' }, { type: 'SKYPE' }],
  });
});

const COMPANY = contactRecord('a', '8', { entity: 'company', kind: 'COMPANY', displayName: 'Engines', industry: 'Steam' });

test('shows what the row knows of the company without a call', async () => {
  const company = { entity: 'company', idInSource: '8', displayName: 'Engines' } as const;

  const { contact, finds } = await select('company { __typename id idInSource displayName source { name } }', { company });

  expect(contact).toEqual({
    company: { __typename: 'Company', id: idOf('a', '8', 'company'), idInSource: '8', displayName: 'Engines', source: { name: 'a' } },
  });
  expect(finds).toEqual([]);
});

test.each([
  ['its name is not on the row', undefined, 'displayName'],
  ['more is selected than the row knows', 'Engines', 'industry'],
])('looks the company up when %s', async (_name, displayName, field) => {
  const company = { entity: 'company', idInSource: '8', displayName } as const;

  const { contact, finds } = await select(`company { ${field} leads { totalCount } }`, { company }, { found: { company: { 8: COMPANY } } });

  expect(contact).toMatchObject({ company: { [field]: field === 'industry' ? 'Steam' : 'Engines' } });
  expect(finds[0]).toBe('company 8 [leads]');
});

test('costs nothing for the id of a company whose name is not on the row', async () => {
  const { finds } = await select('company { id }', { company: { entity: 'company', idInSource: '8', displayName: undefined } });

  expect(finds).toEqual([]);
});

test('has no company when the CRM has it no more', async () => {
  const company = { entity: 'company', idInSource: '9', displayName: undefined } as const;

  expect((await select('company { displayName }', { company })).contact).toEqual({ company: null });
});

const GRACE = {
  idInSource: '7',
  displayName: 'Grace',
  jobTitle: null,
  email: 'g@example.com',
  avatarUrl: null,
  profileUrl: null,
  group: { idInSource: '3', name: 'Sales' },
};

test('looks a user up only for what the row does not know, once for all that refer to them', async () => {
  const reference = { idInSource: '7', known: { displayName: 'Grace' } };
  const members = { responsible: reference, createdBy: reference, updatedBy: reference };
  const options = { found: { user: { 7: GRACE } } };

  const known = await select('responsible { id displayName }', members, options);
  const looked = await select('responsible { email group { id name } } createdBy { email } updatedBy { jobTitle }', members, options);

  expect(known).toMatchObject({ contact: { responsible: { id: idOf('a', '7', 'user'), displayName: 'Grace' } }, finds: [] });
  expect(looked.contact).toEqual({
    responsible: { email: 'g@example.com', group: { id: idOf('a', '3', 'userGroup'), name: 'Sales' } },
    createdBy: { email: 'g@example.com' },
    updatedBy: { jobTitle: null },
  });
  expect(looked.finds).toEqual(['user 7']);
});

test('takes a known null for an answer', async () => {
  const { contact, finds } = await select('responsible { email }', { responsible: { idInSource: '7', known: { email: null } } });

  expect([contact, finds]).toEqual([{ responsible: { email: null } }, []]);
});

test('looks tags up when the row came without them', async () => {
  const tag = { idInSource: 'vip', name: 'VIP', color: null };
  const on = await select('tags { id name }', { tags: [tag] });
  const off = await select('tags { id name }', { tags: undefined }, { found: { tags: { 1: [tag] } } });

  expect(on).toMatchObject({ contact: { tags: [{ id: idOf('a', 'vip', 'tag'), name: 'VIP' }] }, finds: [] });
  expect(off).toMatchObject({ contact: on.contact, finds: ['tags 1'] });
});

test('reads picture addresses only when they are selected', async () => {
  const photo = { smallKey: 's', mediumKey: null };
  const found = { photoUrl: { s: 'https://portal.example.com/s.png' } };

  const none = await select('photo { __typename }', { photo }, { found });
  const both = await select('photo { smallUrl mediumUrl }', { photo }, { found });

  expect(none.finds).toEqual([]);
  expect(both).toMatchObject({
    contact: { photo: { smallUrl: 'https://portal.example.com/s.png', mediumUrl: null } },
    finds: ['photoUrl s'],
  });
});

test('shows the catalogue elements, and looks up names only when they are selected', async () => {
  const catalogElements = [{ key: '4/2', catalogId: '4', idInSource: '2', quantity: 1.5, priceFieldId: null }];
  const found = { catalogElement: { '4/2': { catalogId: '4', idInSource: '2', name: 'Gear' } } };

  const ids = await select('catalogElements { quantity element { id catalogId } }', { catalogElements }, { found });
  const names = await select('catalogElements { element { name } }', { catalogElements }, { found });

  expect(ids).toMatchObject({
    contact: { catalogElements: [{ quantity: 1.5, element: { id: idOf('a', '4/2', 'catalogElement') } }] },
    finds: [],
  });
  expect(names).toMatchObject({ contact: { catalogElements: [{ element: { name: 'Gear' } }] }, finds: ['catalogElement 4/2'] });
});

const FIELD: CustomFieldRecord = {
  idInSource: '6',
  code: null,
  label: 'Size',
  type: 'SELECT',
  sourceType: 'select',
  position: undefined,
  mask: null,
  options: undefined,
};

test('looks up what the row does not tell of a custom field, once', async () => {
  const option = { idInSource: '61', code: null, label: 'L' };
  const chosen = { field: FIELD, text: 'L', value: { kind: 'SELECT', options: [option] } } as const;
  const references = { customFields: [{ ...FIELD, position: 3, options: [option] }] };
  const selection = 'customFields { text value { ... on SelectValue { options { id } } } field { id label position options { label } } }';

  const { contact, listed } = await select(selection, { customFields: [chosen, chosen] }, { references });

  const shown = {
    text: 'L',
    value: { options: [{ id: idOf('a', '61', 'option') }] },
    field: { id: idOf('a', '6', 'customField'), label: 'Size', position: 3, options: [{ label: 'L' }] },
  };
  expect(contact).toEqual({ customFields: [shown, shown] });
  expect(listed).toEqual(['customFields']);
});

test('shows each kind of custom field value as its type', async () => {
  const values = [
    { kind: 'TEXT', text: 't' },
    { kind: 'NUMBER', number: 1.5, text: '1.50' },
    { kind: 'BOOLEAN', boolean: true },
    { kind: 'DATE', date: '2026-03-01' },
    { kind: 'DATE_TIME', dateTime: new Date('2026-03-01T09:30:00Z') },
    { kind: 'ADDRESS', address: ADDRESS },
    { kind: 'LEGAL_ENTITY', name: 'N', vatId: null, postalAddress: null, text: 'N' },
    { kind: 'FILE', name: 'f.pdf', sizeBytes: 2 ** 31, idInSource: 'u' },
    null,
  ] as const;
  const customFields = values.map((value) => ({ field: FIELD, text: null, value }));
  const selection = `customFields { value { __typename ... on TextValue { text } ... on NumberValue { number numberText: text }
    ... on BooleanValue { boolean } ... on DateValue { date } ... on DateTimeValue { dateTime } ... on AddressValue { address { city } }
    ... on LegalEntityValue { name legalText: text } ... on FileValue { fileName: name sizeBytes } } }`;

  const { contact, errors } = await select(selection, { customFields });

  expect(errors).toBeUndefined();
  expect((contact as { customFields: { value: unknown }[] }).customFields.map(({ value }) => value)).toEqual([
    { __typename: 'TextValue', text: 't' },
    { __typename: 'NumberValue', number: 1.5, numberText: '1.50' },
    { __typename: 'BooleanValue', boolean: true },
    { __typename: 'DateValue', date: '2026-03-01' },
    { __typename: 'DateTimeValue', dateTime: '2026-03-01T09:30:00.000Z' },
    { __typename: 'AddressValue', address: { city: 'London' } },
    { __typename: 'LegalEntityValue', name: 'N', legalText: 'N' },
    { __typename: 'FileValue', fileName: 'f.pdf', sizeBytes: null },
    null,
  ]);
});

test.each([
  ['what the CRM says', {}, [true, null]],
  ['false without the scope', { scopes: ['contacts:read'] }, [false, false]],
  ['false when nothing may be deleted', { deletionRefusal: 'No.' }, [false, false]],
] as const)('tells by viewerCanDelete %s', async (_name, runOptions, [told, unknown]) => {
  const yes = await select('viewerCanDelete', { viewerCanDelete: true }, {}, runOptions);
  const notKnown = await select('viewerCanDelete', { viewerCanDelete: null }, {}, runOptions);

  expect([yes.contact, notKnown.contact]).toEqual([{ viewerCanDelete: told }, { viewerCanDelete: unknown }]);
});

const LEADS =
  'leads(first: 2, after: $after) { totalCount nodes { name } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }';
const lead = (idInSource: string) => ({
  idInSource,
  name: `Deal ${idInSource}`,
  price: null,
  statusId: null,
  pipelineId: null,
  responsible: null,
  createdAt: null,
  updatedAt: null,
  closedAt: null,
  url: null,
});

test('pages through leads, and errs only at the one that failed', async () => {
  const found = { lead: { 1: lead('1'), 2: new SourceError('a', 'TIMEOUT', 'No answer in time.'), 3: lead('3') } };
  const record = contactRecord('a', '5', { leadIds: ['1', '2', '3'] });
  const source = new LookUpSource({ name: 'a', found: { ...found, contact: { 5: record } } });
  const query = `query ($id: ID!, $after: String) { contact(id: $id) { ${LEADS} } }`;

  const first = await run([source], query, { variables: { id: idOf('a', '5') } });
  const { leads } = (first.data as { contact: { leads: { pageInfo: { endCursor: string } } } }).contact;
  const second = await run([source], query, { variables: { id: idOf('a', '5'), after: leads.pageInfo.endCursor } });

  expect(leads).toMatchObject({ totalCount: 3, nodes: [{ name: 'Deal 1' }, null], pageInfo: { hasNextPage: true } });
  expect(first.errors?.map(({ path }) => path?.join('.'))).toEqual(['contact.leads.nodes.1', 'contact.leads.edges.1.node']);
  expect(second.data).toMatchObject({ contact: { leads: { nodes: [{ name: 'Deal 3' }], pageInfo: { hasNextPage: false } } } });
  expect(source.finds).toEqual(['contact 5 [leads]', 'lead 1,2', 'contact 5 [leads]', 'lead 3']);
});

test('counts leads without reading them, and refuses a cursor of another list', async () => {
  const { contact, errors, finds } = await select('leads { totalCount } odd: leads(after: "x") { totalCount }', { leadIds: ['1', '2'] });

  expect(contact).toEqual({ leads: { totalCount: 2 }, odd: null });
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
  expect(finds).toEqual([]);
});
