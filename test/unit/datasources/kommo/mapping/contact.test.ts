import { describe, expect, test } from 'vitest';
import everyFieldType from '../../../../fixtures/kommo/contact.every-field-type.json' with { type: 'json' };
import twoContacts from '../../../../fixtures/kommo/contacts-list.two-contacts.json' with { type: 'json' };
import vendorPage from '../../../../fixtures/kommo/contacts-list.vendor-page.json' with { type: 'json' };
import { toContact } from '../../../../../src/datasources/kommo/mapping/contact.ts';
import { readCatalogElement, readLead, readUser } from '../../../../../src/datasources/kommo/mapping/reference.ts';
import { SourceError } from '../../../../../src/datasources/port/source-error.ts';
import { plain, wireRow } from '../../../../support/read-record.ts';

const context = { source: 'kommo', baseUrl: 'https://acme.kommo.com', defaultCountry: 'BR' };
const asked = { leads: true, catalogElements: true };
const notAsked = { leads: false, catalogElements: false };

function mapped(row: unknown, details = asked, entity: 'contact' | 'company' = 'contact') {
  const { wire } = wireRow(row);
  return plain(toContact({ wire, id: wire.at('id').requiredId(), bytes: 1, asked: details, context, zone: null }, entity));
}

describe('toContact', () => {
  test('maps every member of a full contact', () => {
    expect(mapped(twoContacts._embedded.contacts[0])).toEqual({
      source: 'kommo',
      entity: 'contact',
      kind: 'PERSON',
      idInSource: '501001',
      accountId: '31000001',
      displayName: 'Ana Prado',
      firstName: 'Ana',
      lastName: 'Prado',
      patronymic: null,
      jobTitle: null,
      about: null,
      industry: null,
      company: { entity: 'company', idInSource: '600001', displayName: undefined },
      contactInfos: [
        info('PHONE', 'MOBILE', 'MOB', '+5511900000001', '+5511900000001'),
        info('PHONE', 'WORK', 'WORK', '1132000000', '+551132000000'),
        info('EMAIL', 'HOME', 'PRIV', 'ana@example.com', 'ana@example.com'),
      ],
      addresses: [],
      customFields: expect.any(Array),
      tags: [{ idInSource: '311', name: 'vip', color: null }],
      groups: [],
      status: null,
      type: null,
      responsible: { idInSource: '9001', known: {}, groupOnRow: { idInSource: '0', name: undefined } },
      createdBy: { idInSource: '9001', known: {} },
      updatedBy: null,
      createdAt: new Date('2025-01-01T00:00:00Z'),
      updatedAt: new Date('2025-01-02T00:00:00Z'),
      currency: null,
      access: null,
      taskSummary: { count: null, hasOverdue: null, nextDueAt: new Date('2025-01-03T00:00:00Z') },
      photo: null,
      leadIds: ['700001'],
      catalogElements: [{ key: '4521/525439', catalogId: '4521', idInSource: '525439', quantity: 2, priceFieldId: null }],
      isUnsorted: false,
      url: 'https://acme.kommo.com/contacts/detail/501001',
      viewerCanEdit: null,
      viewerCanDelete: false,
      personCount: null,
      damaged: new Set(),
    });
  });

  test('takes empty names, null custom fields and a robot as creator for what they are', () => {
    expect(mapped(twoContacts._embedded.contacts[1])).toMatchObject({
      displayName: 'Walk-in',
      firstName: null,
      lastName: null,
      company: null,
      contactInfos: [],
      customFields: [],
      createdBy: null,
      taskSummary: null,
      leadIds: [],
      catalogElements: [],
      isUnsorted: true,
    });
  });

  test('reads quantity and catalog beside metadata too, where the vendor page has them, and a lead once', () => {
    const contact = mapped(vendorPage._embedded.contacts[0]);
    expect(contact.catalogElements).toEqual([
      { key: '4521/525439', catalogId: '4521', idInSource: '525439', quantity: 1, priceFieldId: null },
    ]);
    expect(contact.leadIds).toEqual(['1', '3916883']);
    expect(contact.isUnsorted).toBeNull();
  });

  test('does not take details that were not asked for as none, even if the row shows some', () => {
    expect(mapped(twoContacts._embedded.contacts[0], notAsked)).toMatchObject({ leadIds: undefined, catalogElements: undefined });
  });

  test('leaves tags to be looked up when the row has none at all', () => {
    expect(mapped({ id: 1 }).tags).toBeUndefined();
    expect(mapped({ id: 1, _embedded: { tags: [] } }).tags).toEqual([]);
  });

  test('always has a name to display', () => {
    const email = { field_id: 1, field_code: 'EMAIL', field_type: 'multitext', values: [{ value: 'a@example.com' }] };
    const phone = { field_id: 2, field_code: 'PHONE', field_type: 'multitext', values: [{ value: '+37120000000' }] };
    expect(mapped({ id: 1, name: ' ', first_name: 'Ana', last_name: 'Prado' }).displayName).toBe('Ana Prado');
    expect(mapped({ id: 1, name: '', custom_fields_values: [phone, email] }).displayName).toBe('a@example.com');
    expect(mapped({ id: 1, name: null, custom_fields_values: [phone] }).displayName).toBe('+37120000000');
    expect(mapped({ id: 1 }).displayName).toBe('1');
  });

  test('puts back the characters that Kommo escapes, once', () => {
    const contact = mapped({ id: 1, name: 'Smith &amp; Sons &quot;West&quot; &#039;A&#039; &lt;1&gt; &amp;amp;' });
    expect(contact.displayName).toBe('Smith & Sons "West" \'A\' <1> &amp;');
  });

  test('has all job titles, in their order', () => {
    const position = (...values: unknown[]) => ({ field_id: 3, field_code: 'POSITION', field_type: 'text', values });
    expect(mapped({ id: 1, custom_fields_values: [position({ value: 'Buyer' }, null, { value: 'Partner' })] }).jobTitle).toBe(
      'Buyer, Partner',
    );
    expect(mapped({ id: 1, custom_fields_values: [position({ value: ' ' })] }).jobTitle).toBeNull();
  });

  test('takes the job title and messengers out of the custom fields', () => {
    const contact = mapped(everyFieldType);
    expect(contact.jobTitle).toBe('Buyer');
    expect(contact.contactInfos).toEqual([info('SKYPE', null, 'SKYPE', 'ana.skype', null), info('OTHER', null, 'TELEGRAM', '@ana', null)]);
    expect(contact.customFields.map(({ field }) => field.code)).not.toContain('POSITION');
  });

  test('reads the category of older bodies, and knows no category where none is given', () => {
    const phones = {
      field_id: 1,
      field_code: 'PHONE',
      field_type: 'multitext',
      values: [{ value: '1', enum: 'WORKDD' }, { value: '2', enum_code: null }, { value: '3', enum_code: 'BEEPER' }, { value: ' ' }, null],
    };
    expect(mapped({ id: 1, custom_fields_values: [phones] }).contactInfos.map(({ value, category }) => [value, category])).toEqual([
      ['1', 'DIRECT'],
      ['2', null],
      ['3', 'OTHER'],
    ]);
  });

  test('keeps a phone whose category cannot be read, and says so of the category alone', () => {
    const values = [
      { value: '+37120000000', enum: 77 },
      { value: 'x', enum_code: ['MOB'] },
    ];
    const phones = { field_id: 1, field_code: 'PHONE', field_type: 'multitext', values };
    expect(mapped({ id: 1, custom_fields_values: [phones] }).contactInfos).toMatchObject([
      { value: '+37120000000', category: null, categoryName: null },
      { value: 'x', category: expect.any(SourceError), categoryName: expect.any(SourceError) },
    ]);
  });

  test('has an error for a moment that RFC 3339 cannot write, and no moment for one at or before 1970', () => {
    expect(mapped({ id: 1, created_at: 253_402_300_799, updated_at: 253_402_300_800, closest_task_at: 1_700_000_000_000 })).toMatchObject({
      createdAt: new Date('9999-12-31T23:59:59Z'),
      updatedAt: expect.any(SourceError),
      taskSummary: { nextDueAt: expect.any(SourceError) },
      damaged: new Set(['updatedAt', 'taskSummary']),
    });
    expect(mapped({ id: 1, created_at: 0, closest_task_at: -62_169_993_017 })).toMatchObject({
      createdAt: null,
      taskSummary: null,
      damaged: new Set(),
    });
  });

  test('makes a company of a row of companies', () => {
    const company = mapped({ id: '600001', name: 'Acme', is_unsorted: true }, notAsked, 'company');
    expect(company).toMatchObject({
      entity: 'company',
      kind: 'COMPANY',
      idInSource: '600001',
      isUnsorted: null,
      url: 'https://acme.kommo.com/companies/detail/600001',
    });
  });

  test('bears empty objects that PHP writes as lists, and flags and ids that come as texts', () => {
    const contact = mapped({ id: '7', is_unsorted: '1', responsible_user_id: '9001', group_id: 17, _embedded: [] });
    expect(contact).toMatchObject({ idInSource: '7', isUnsorted: true, company: null });
    expect(contact.responsible).toEqual({ idInSource: '9001', known: {}, groupOnRow: { idInSource: '17', name: undefined } });
  });
});

describe('look-ups', () => {
  test('map a lead with its exact price', () => {
    const { wire } = wireRow({
      id: 700001,
      name: 'Deal',
      price: 1500,
      price_with_minor_units: 1500.5,
      responsible_user_id: 9001,
      group_id: 0,
      status_id: 142,
      pipeline_id: 3,
      created_at: 1735689600,
      updated_at: 1735689600,
      closed_at: null,
    });
    expect(readLead(wire, 'https://acme.kommo.com')).toEqual({
      idInSource: '700001',
      name: 'Deal',
      price: 1500.5,
      statusId: '142',
      pipelineId: '3',
      responsible: { idInSource: '9001', known: {}, groupOnRow: { idInSource: '0', name: undefined } },
      createdAt: new Date('2025-01-01T00:00:00Z'),
      updatedAt: new Date('2025-01-01T00:00:00Z'),
      closedAt: null,
      url: 'https://acme.kommo.com/leads/detail/700001',
    });
  });

  test('map a user with the name of the group', () => {
    const { wire } = wireRow({
      id: 9001,
      name: 'Ada',
      email: 'ada@example.com',
      rights: { group_id: 17 },
      _embedded: { groups: [{ id: 17, name: 'Sales' }] },
    });
    expect(readUser(wire)).toMatchObject({ displayName: 'Ada', email: 'ada@example.com', group: { idInSource: '17', name: 'Sales' } });
    expect(readUser(wireRow({ id: 1, name: 'Bo', rights: { group_id: null } }).wire).group).toBeNull();
  });

  test('map a list element', () => {
    const { wire } = wireRow({ id: 525439, name: 'Router', is_deleted: null });
    expect(readCatalogElement(wire, '4521')).toEqual({ catalogId: '4521', idInSource: '525439', name: 'Router' });
  });
});

function info(type: string, category: string | null, categoryName: string, value: string, normalizedValue: string | null) {
  return { idInSource: null, type, category, categoryName, value, normalizedValue, isPrimary: null };
}
