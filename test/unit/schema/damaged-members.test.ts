import { expect, test } from 'vitest';
import type { ListItemRecord, TagRecord } from '../../../src/datasources/port/records/classification.ts';
import type { ContactRecord, CurrencyRecord } from '../../../src/datasources/port/records/contact.ts';
import type { AddressRecord, ContactInfoRecord } from '../../../src/datasources/port/records/contact-info.ts';
import type { CatalogElementReference } from '../../../src/datasources/port/records/sales.ts';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource } from './look-up-source.ts';
import { idOf, run } from './run.ts';

const DAMAGE = new SourceError('a', 'BAD_RESPONSE', 'a sent a value that cannot be read.');

/** Runs a selection on a contact of a list; fields of persons and of companies are both possible. */
async function select(selection: string, members: Partial<ContactRecord>) {
  const source = new LookUpSource({ name: 'a', rows: [{ record: contactRecord('a', '1', members) }] });
  const { data, errors } = await run(
    [source],
    `{ contacts { isComplete sourceReports { status isComplete damagedRows error { code message } } nodes { id ...on Contact { ${selection} } } } }`,
  );
  const { nodes, ...rest } = (data as { contacts: { nodes: unknown[]; isComplete: boolean; sourceReports: unknown[] } }).contacts;
  return { contact: nodes[0], errors: errors?.map(({ path, message }) => [path?.slice(3).join('.'), message]), ...rest };
}

const NULLABLE: readonly [member: keyof ContactRecord, selection: string, field: string][] = [
  ['accountId', 'accountId', 'accountId'],
  ['about', 'about', 'about'],
  ['industry', 'industry', 'industry'],
  ['createdAt', 'createdAt', 'createdAt'],
  ['updatedAt', 'updatedAt', 'updatedAt'],
  ['isUnsorted', 'isUnsorted', 'isUnsorted'],
  ['url', 'url', 'url'],
  ['viewerCanEdit', 'viewerCanEdit', 'viewerCanEdit'],
  ['viewerCanDelete', 'viewerCanDelete', 'viewerCanDelete'],
  ['firstName', '... on Person { firstName }', 'firstName'],
  ['lastName', '... on Person { lastName }', 'lastName'],
  ['patronymic', '... on Person { patronymic }', 'patronymic'],
  ['jobTitle', '... on Person { jobTitle }', 'jobTitle'],
  ['company', '... on Person { company { id } }', 'company'],
  ['personCount', '... on Company { personCount }', 'personCount'],
  ['tags', 'tags { name }', 'tags'],
  ['status', 'status { name }', 'status'],
  ['type', 'type { name }', 'type'],
  ['responsible', 'responsible { id }', 'responsible'],
  ['createdBy', 'createdBy { id }', 'createdBy'],
  ['updatedBy', 'updatedBy { id }', 'updatedBy'],
  ['currency', 'currency { code }', 'currency'],
  ['access', 'access { isShared }', 'access'],
  ['taskSummary', 'taskSummary { count }', 'taskSummary'],
  ['photo', 'photo { smallUrl }', 'photo'],
  ['leadIds', 'leads { totalCount }', 'leads'],
  ['catalogElements', 'catalogElements { quantity }', 'catalogElements'],
];

test.each(NULLABLE)('%s that cannot be read is null with an error at its path, and is reported', async (member, selection, field) => {
  const kind = member === 'personCount' ? 'COMPANY' : 'PERSON';
  const result = await select(selection, { kind, [member]: DAMAGE, damaged: new Set([member]) });
  expect(result).toEqual({
    contact: { id: idOf('a', '1'), [field]: null },
    errors: [[field, DAMAGE.message]],
    isComplete: false,
    sourceReports: [
      {
        status: 'PARTIAL',
        isComplete: false,
        damagedRows: 1,
        error: { code: 'BAD_RESPONSE', message: 'One row could be read only in part.' },
      },
    ],
  });
});

test.each(NULLABLE)('%s that cannot be read is no matter for a query that does not ask for it', async (member) => {
  const result = await select('displayName', { [member]: DAMAGE, damaged: new Set([member]) });
  expect(result).toMatchObject({ errors: undefined, isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0, error: null }] });
});

const noAddress = { street: null, city: null, state: null, zip: null, country: null, category: null, categoryName: null, isPrimary: null };

test.each<[string, string, Partial<ContactRecord>, string[]]>([
  [
    'contact info',
    'phones { value idInSource category categoryName isPrimary }',
    {
      contactInfos: [
        { type: 'PHONE', value: '1', idInSource: DAMAGE, category: DAMAGE, categoryName: DAMAGE, isPrimary: DAMAGE, normalizedValue: null },
      ] satisfies ContactInfoRecord[],
    },
    ['phones.0.idInSource', 'phones.0.category', 'phones.0.categoryName', 'phones.0.isPrimary'],
  ],
  [
    'address',
    'addresses { text city category }',
    { addresses: [{ ...noAddress, city: DAMAGE, category: DAMAGE, text: 'x' }] satisfies AddressRecord[] },
    ['addresses.0.city', 'addresses.0.category'],
  ],
  ['tag', 'tags { name color }', { tags: [{ idInSource: '1', name: 'vip', color: DAMAGE }] satisfies TagRecord[] }, ['tags.0.color']],
  [
    'status',
    'status { name description color position }',
    { status: { idInSource: '1', name: 'Hot', description: DAMAGE, color: DAMAGE, position: DAMAGE } satisfies ListItemRecord },
    ['status.description', 'status.color', 'status.position'],
  ],
  [
    'currency',
    'currency { code symbol isBasic }',
    {
      currency: {
        code: 'EUR',
        name: null,
        symbol: DAMAGE,
        cultureName: null,
        isConvertible: null,
        isBasic: DAMAGE,
      } satisfies CurrencyRecord,
    },
    ['currency.symbol', 'currency.isBasic'],
  ],
  [
    'task summary',
    'taskSummary { count hasOverdue nextDueAt }',
    { taskSummary: { count: DAMAGE, hasOverdue: true, nextDueAt: DAMAGE } },
    ['taskSummary.count', 'taskSummary.nextDueAt'],
  ],
  [
    'catalogue element',
    'catalogElements { quantity priceFieldId element { idInSource } }',
    {
      catalogElements: [
        { key: '1/2', catalogId: '1', idInSource: '2', quantity: DAMAGE, priceFieldId: DAMAGE },
      ] satisfies CatalogElementReference[],
    },
    ['catalogElements.0.quantity', 'catalogElements.0.priceFieldId'],
  ],
  [
    'user',
    'responsible { displayName email group { id } }',
    { responsible: { idInSource: '9', known: { displayName: 'Ada', email: DAMAGE, group: DAMAGE } } },
    ['responsible.email', 'responsible.group'],
  ],
  [
    'custom field',
    'customFields { text field { code position options { label } } }',
    {
      customFields: [
        {
          field: {
            idInSource: '1',
            code: DAMAGE,
            label: 'F',
            type: 'SELECT',
            sourceType: 's',
            position: DAMAGE,
            mask: null,
            options: DAMAGE,
          },
          text: 'x',
          value: null,
        },
      ],
    },
    ['customFields.0.field.code', 'customFields.0.field.position', 'customFields.0.field.options'],
  ],
])(
  'parts of a %s that cannot be read are null with an error at each path, and the rest is whole',
  async (_what, selection, members, paths) => {
    const { errors, contact } = await select(selection, members);
    expect(new Set(errors)).toEqual(new Set(paths.map((path) => [path, DAMAGE.message])));
    expect(contact).toMatchObject({ id: idOf('a', '1') });
  },
);

test('a contact that is read alone has the same errors', async () => {
  const source = new LookUpSource({ name: 'a', found: { contact: { 1: contactRecord('a', '1', { about: DAMAGE }) } } });
  const { data, errors } = await run([source], `{ contact(id: "${idOf('a', '1')}") { displayName about } }`);
  expect(data).toEqual({ contact: { displayName: '1', about: null } });
  expect(errors).toMatchObject([{ path: ['contact', 'about'] }]);
});

test('a deletion goes on whatever of the contact cannot be read, and shows it so', async () => {
  const damaged = { company: DAMAGE, responsible: DAMAGE, createdBy: DAMAGE, photo: DAMAGE, tags: DAMAGE, url: DAMAGE } as const;
  const source = new LookUpSource({ name: 'a', found: { contact: { 1: contactRecord('a', '1', damaged) } } });
  const { data, errors } = await run(
    [source],
    `mutation { deleteContact(input: { id: "${idOf('a', '1')}" }) { deletion { outcome contact { tags { name } responsible { email } photo { smallUrl } ... on Person { company { about } } } } } }`,
  );
  expect(data).toMatchObject({ deleteContact: { deletion: { outcome: 'DELETED', contact: { tags: null, responsible: null } } } });
  expect(errors?.map(({ path }) => path?.at(-1)).toSorted()).toEqual(['company', 'photo', 'responsible', 'tags']);
});
