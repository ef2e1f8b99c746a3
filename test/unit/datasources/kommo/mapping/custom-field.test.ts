import { describe, expect, test } from 'vitest';
import everyFieldType from '../../../../fixtures/kommo/contact.every-field-type.json' with { type: 'json' };
import { toAccountZone } from '../../../../../src/datasources/kommo/mapping/account-zone.ts';
import { toAddresses } from '../../../../../src/datasources/kommo/mapping/address.ts';
import { readFieldDefinition, toCustomFields } from '../../../../../src/datasources/kommo/mapping/custom-field.ts';
import { fieldsOf } from '../../../../../src/datasources/kommo/mapping/field.ts';
import { wireRow } from '../../../../support/read-record.ts';

const fields = fieldsOf(wireRow(everyFieldType).wire);
const byLabel = new Map(toCustomFields(fields, null).map((field) => [field.field.label, field]));

function fieldOf(type: string, ...values: unknown[]) {
  const row = { id: 1, custom_fields_values: [{ field_id: 1, field_name: 'Field', field_code: null, field_type: type, values }] };
  return toCustomFields(fieldsOf(wireRow(row).wire), null)[0];
}

const text = (value: string) => ({ kind: 'TEXT', text: value });
const noParts = { city: null, state: null, zip: null, category: null, categoryName: null, isPrimary: null };

describe('toCustomFields', () => {
  test.each([
    ['text', 'TEXT', 'Nana & Co', text('Nana & Co')],
    ['textarea', 'TEXT_AREA', 'one\ntwo > one', text('one\ntwo > one')],
    ['url', 'URL', 'https://example.com/?a=1', text('https://example.com/?a=1')],
    ['streetaddress', 'ADDRESS', 'Main St 1, Riga', text('Main St 1, Riga')],
    ['tracking_data', 'OTHER', 'mail', text('mail')],
    ['numeric', 'NUMBER', '0.97', { kind: 'NUMBER', number: 0.97, text: '0.97' }],
    ['monetary', 'MONEY', '10000', { kind: 'NUMBER', number: 10_000, text: '10000' }],
    ['price', 'MONEY', '12', { kind: 'NUMBER', number: 12, text: '12' }],
    ['checkbox', 'CHECKBOX', 'No', { kind: 'BOOLEAN', boolean: false }],
    ['date', 'DATE', '2024-04-01', { kind: 'DATE', date: '2024-04-01' }],
    ['date_time', 'DATE_TIME', '2024-03-31T21:00:00.000Z', { kind: 'DATE_TIME', dateTime: new Date('2024-03-31T21:00:00Z') }],
    ['birthday', 'DATE', '1960-01-01', { kind: 'DATE', date: '1960-01-01' }],
    ['select', 'SELECT', 'Gold', { kind: 'SELECT', options: [{ idInSource: '8201', code: 'GOLD', label: 'Gold' }] }],
    ['radiobutton', 'SELECT', 'E-mail', { kind: 'SELECT', options: [{ idInSource: '8202', code: null, label: 'E-mail' }] }],
    ['category', 'SELECT', 'Tools', { kind: 'SELECT', options: [{ idInSource: '8203', code: null, label: 'Tools' }] }],
    [
      'multiselect',
      'MULTISELECT',
      'A, B',
      {
        kind: 'SELECT',
        options: [
          { idInSource: '1', code: null, label: 'A' },
          { idInSource: '2', code: null, label: 'B' },
        ],
      },
    ],
    [
      'smart_address',
      'ADDRESS',
      'Main St 1, Riga, LV',
      { kind: 'ADDRESS', address: { ...noParts, street: 'Main St 1', city: 'Riga', country: 'LV', text: 'Main St 1, Riga, LV' } },
    ],
    [
      'legal_entity',
      'LEGAL_ENTITY',
      'Acme SIA, LV123, Main St 2',
      { kind: 'LEGAL_ENTITY', name: 'Acme SIA', vatId: 'LV123', postalAddress: 'Main St 2', text: 'Acme SIA, LV123, Main St 2' },
    ],
    ['file', 'FILE', 'contract.pdf', { kind: 'FILE', name: 'contract.pdf', sizeBytes: 482_113, idInSource: '3f1a' }],
    ['items', 'OTHER', 'Router', text('Router')],
    ['linked_entity', 'OTHER', 'Deal 7', text('Deal 7')],
    ['chained_list', 'OTHER', null, null],
    ['payer', 'OTHER', 'Payer Ltd', text('Payer Ltd')],
    ['supplier', 'OTHER', 'Supplier Ltd', text('Supplier Ltd')],
    ['org_legal_name', 'TEXT', 'Acme', text('Acme')],
    ['hologram', 'OTHER', null, null],
  ])('reads a field of type %s', (sourceType, type, shown, value) => {
    const field = byLabel.get(sourceType);
    expect(field).toMatchObject({ text: shown, value });
    expect(field?.field).toMatchObject({ sourceType, type, mask: null, position: undefined });
  });

  test('leaves out a field without a value', () => {
    expect(byLabel.has('empty')).toBe(false);
    expect(fieldOf('text')).toBeUndefined();
    expect(fieldOf('checkbox', { value: null })).toBeUndefined();
  });

  test('shows a value that does not fit its type as the text that it is', () => {
    expect(fieldOf('numeric', { value: 'ten' })).toMatchObject({ text: 'ten', value: text('ten') });
    expect(fieldOf('date', { value: 'some day' })).toMatchObject({ text: 'some day', value: text('some day') });
    expect(fieldOf('date', { value: 9e15 })?.value?.kind).toBe('TEXT');
    expect(fieldOf('date_time', { value: 1_700_000_000_000 })).toMatchObject({ text: '1700000000000', value: text('1700000000000') });
    expect(fieldOf('select', { value: 'Gold', enum_id: {}, enum_code: 7 })).toMatchObject({ text: 'Gold' });
    expect(fieldOf('file', { value: { file_name: 'x.pdf' } })).toMatchObject({ text: 'x.pdf', value: text('x.pdf') });
  });

  test.each([
    ['text', [{ value: { nested: true } }]],
    ['select', [{ value: ['a'] }, 7, null, 'bare']],
    ['legal_entity', [{ value: 'text' }]],
    ['smart_address', [{ value: 'x', enum_id: 99 }]],
    ['date_time', [{ value: true }]],
  ])('bears odd values of type %s', (type, values) => {
    expect(fieldOf(type, ...values)?.field.sourceType).toBe(type);
  });

  test('keeps all of several legal entities and files in the text', () => {
    const acme = { name: 'Acme', entity_type: 2, vat_id: '', bin: null, unp: '190000000', address: 'Main St 1', kpp: '' };
    const bobo = { name: 'Bobo', egrpou: 30000000, director: 'Bo' };
    expect(fieldOf('legal_entity', { value: acme }, { value: bobo })).toMatchObject({
      text: 'Acme, 190000000, Main St 1; Bobo, 30000000, Bo',
      value: {
        kind: 'LEGAL_ENTITY',
        name: 'Acme',
        vatId: '190000000',
        postalAddress: 'Main St 1',
        text: 'Acme, 190000000, Main St 1; Bobo, 30000000, Bo',
      },
    });
    const file = (name: string) => ({ value: { file_uuid: `id-${name}`, file_name: name, file_size: '12' } });
    expect(fieldOf('file', file('a.pdf'), file('b.pdf'))).toMatchObject({
      text: 'a.pdf, b.pdf',
      value: { kind: 'FILE', name: 'a.pdf', idInSource: 'id-a.pdf', sizeBytes: 12 },
    });
  });

  test.each(['vat_id', 'bin', 'unp', 'egrpou'])('takes %s for the tax number', (key) => {
    const others = { vat_id: '', bin: '', unp: '', egrpou: '', mfo: '' };
    expect(fieldOf('legal_entity', { value: { ...others, [key]: '7700' } })?.value).toMatchObject({ vatId: '7700', text: '7700' });
  });

  test.each([
    ['number', 'numeric', ['1', '2']],
    ['flag', 'checkbox', [true, false]],
  ])('shows several values where a %s has room for one as text, and loses none', (_what, type, values) => {
    const field = fieldOf(type, ...values.map((value) => ({ value })));
    expect(field).toMatchObject({ text: values.join(', '), value: text(values.join(', ')) });
  });

  test.each([
    ['date', [1711918800, '2024-04-02', 'soon'], '2024-04-01, 2024-04-02, soon'],
    ['date_time', [1711972800, 1711972860], '2024-04-01T12:00:00.000Z, 2024-04-01T12:01:00.000Z'],
    ['brand_new', [{ name: 'Lease', terms: { years: 12, place: 'Riga' } }], 'Lease, 12, Riga'],
    ['brand_new', ['plain', { of: [{ deep: 'inner' }, 7] }, ['last']], 'plain, inner, 7, last'],
  ])('shows each of several values of a %s in the text', (type, values, shown) => {
    expect(fieldOf(type, ...values.map((value) => ({ value })))).toMatchObject({ text: shown, value: text(shown) });
  });

  test.each([
    [{ value: null, enum_id: 99 }, '99'],
    [{ enum_id: 99 }, '99'],
    [{ enum_id: '99', enum_code: null }, '99'],
    [{ enum_id: 99, enum_code: 'GOLD' }, 'GOLD'],
    [{ value: '', enum_id: 99, enum_code: 'GOLD' }, 'GOLD'],
  ])('shows an option without a value by its code, else by its id: %j', (option, shown) => {
    expect(fieldOf('select', option)?.value).toMatchObject({ kind: 'SELECT', options: [{ idInSource: '99', label: shown }] });
    expect(fieldOf('brand_new', option)?.text).toBe(shown);
    expect(fieldOf('text', option)).toBeUndefined();
  });

  test.each([
    ['in place of its values', (address: object) => address],
    ['as its one value', (address: object) => [{ value: address }]],
    ['as its one entry', (address: object) => [address]],
  ])('reads an address that is one object %s', (_what, valuesOf) => {
    const address = { address_line_1: 'Main St 1', address_line_2: '', city: 'Riga', state: null, zip: 1010, country: 'LV' };
    const row = {
      id: 1,
      custom_fields_values: [{ field_id: 1, field_name: 'Home', field_type: 'smart_address', values: valuesOf(address) }],
    };
    const { wire, damage } = wireRow(row);
    const expected = { ...noParts, street: 'Main St 1', city: 'Riga', zip: '1010', country: 'LV', text: 'Main St 1, Riga, 1010, LV' };
    expect(toAddresses(fieldsOf(wire))).toEqual([expected]);
    expect(toCustomFields(fieldsOf(wire), null)[0]).toMatchObject({ text: expected.text, value: { kind: 'ADDRESS', address: expected } });
    expect(damage).toEqual([]);
  });

  test.each([
    [
      'by its code',
      [
        { value: 'Riga', enum_code: 'city' },
        { value: 'Vidzeme', enum_code: 'district' },
      ],
    ],
    ['in an object', [{ value: { city: 'Riga', district: 'Vidzeme', enum_id: 3 } }]],
    ['in an entry', [{ city: 'Riga', more: [{ district: 'Vidzeme' }] }]],
    ['in an object of nothing else', [{ value: { town: 'Riga', district: 'Vidzeme' } }]],
  ])('keeps a part of an address that nobody knows in its text: %s', (_where, values) => {
    expect(fieldOf('smart_address', ...values)?.text).toBe('Riga, Vidzeme');
  });

  test.each(['as their only entry', 'in place of their values'])('reads a legal entity and a file whose members stand %s', (place) => {
    const valuesOf = (members: object) => (place === 'as their only entry' ? [members] : members);
    const fieldWith = (type: string, members: object) =>
      toCustomFields(
        fieldsOf(wireRow({ id: 1, custom_fields_values: [{ field_id: 1, field_type: type, values: valuesOf(members) }] }).wire),
        null,
      )[0];
    expect(fieldWith('legal_entity', { name: 'Solo', unp: '77' })?.value).toMatchObject({ name: 'Solo', vatId: '77', text: 'Solo, 77' });
    expect(fieldWith('file', { file_uuid: 'u', file_name: 'a.pdf', file_size: 3 })?.value).toMatchObject({ name: 'a.pdf', sizeBytes: 3 });
  });

  test('keeps every one of several options without a value', () => {
    const field = fieldOf('multiselect', { enum_id: 5 }, { value: 'Red', enum_id: 6 });
    expect(field).toMatchObject({ text: '5, Red', value: { options: [{ idInSource: '5' }, { idInSource: '6', label: 'Red' }] } });
  });

  test.each<[string, string | null, string | null, number, string]>([
    ['Auckland in summer', 'Pacific/Auckland', '+13:00', 1_768_388_400, '2026-01-15'],
    ['Auckland in winter', 'Pacific/Auckland', '+13:00', 1_784_030_400, '2026-07-15'],
    ['Kiritimati', 'Pacific/Kiritimati', '+14:00', 1_768_384_800, '2026-01-15'],
    ['Apia, by its offset alone', 'Nowhere/Unknown', '+13:00', 1_768_388_400, '2026-01-15'],
    ['Pago Pago', 'Pacific/Pago_Pago', '-11:00', 1_768_388_400, '2026-01-14'],
    ['Honolulu', 'Pacific/Honolulu', '-10:00', 1_768_471_200, '2026-01-15'],
    ['Moscow', 'Europe/Moscow', '+03:00', 1_711_918_800, '2024-04-01'],
    ['an account that does not tell', null, null, 1_711_918_800, '2024-04-01'],
  ])('knows the day of a midnight in %s', (_where, name, offset, value, date) => {
    const row = { id: 1, custom_fields_values: [{ field_id: 1, field_name: 'Day', field_type: 'date', values: [{ value }] }] };
    expect(toCustomFields(fieldsOf(wireRow(row).wire), toAccountZone(name, offset))[0]?.value).toEqual({ kind: 'DATE', date });
  });

  test('knows a date written as RFC 3339 by the day that it shows', () => {
    expect(fieldOf('date', { value: '2024-03-31T00:00:00+03:00' })?.value).toEqual({ kind: 'DATE', date: '2024-03-31' });
    expect(fieldOf('date_time', { value: '2024-03-31T00:00:00+03:00' })?.value).toEqual({
      kind: 'DATE_TIME',
      dateTime: new Date('2024-03-30T21:00:00Z'),
    });
  });

  test('makes an id for an option without one of the field and the label', () => {
    expect(fieldOf('select', { value: 'Gold' })?.value).toEqual({
      kind: 'SELECT',
      options: [{ idInSource: '1/Gold', code: null, label: 'Gold' }],
    });
  });

  test('leaves the options of selects to be looked up, and knows that other types have none', () => {
    expect(byLabel.get('select')?.field.options).toBeUndefined();
    expect(byLabel.get('text')?.field.options).toBeNull();
  });
});

describe('toAddresses', () => {
  test('takes smart addresses and street addresses, in their order', () => {
    expect(toAddresses(fields)).toEqual([
      { ...noParts, street: 'Main St 1, Riga', country: null, text: 'Main St 1, Riga' },
      { ...noParts, street: 'Main St 1', city: 'Riga', country: 'LV', text: 'Main St 1, Riga, LV' },
    ]);
  });
});

describe('readFieldDefinition', () => {
  test('tells position and options', () => {
    const { wire } = wireRow({
      id: 7011,
      name: 'Segment',
      type: 'select',
      code: null,
      sort: 12,
      enums: [{ id: 8201, value: 'Gold', sort: 1, code: 'GOLD' }],
    });
    expect(readFieldDefinition(wire)).toEqual({
      idInSource: '7011',
      code: null,
      label: 'Segment',
      type: 'SELECT',
      sourceType: 'select',
      position: 12,
      mask: null,
      options: [{ idInSource: '8201', code: 'GOLD', label: 'Gold' }],
    });
  });

  test.each(['PHONE', 'EMAIL', 'IM', 'POSITION'])('leaves out the predefined field %s', (code) => {
    expect(readFieldDefinition(wireRow({ id: 1, name: code, type: 'multitext', code }).wire)).toBeNull();
  });
});
