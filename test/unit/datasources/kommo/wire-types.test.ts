import { describe, expect, test } from 'vitest';
import { parseRow } from '../../../../src/datasources/wire/wire-reply.ts';
import { kommoContact, kommoPage } from '../../../../src/datasources/kommo/wire-types.ts';

const contactsPage = kommoPage('contacts');

describe('kommoPage', () => {
  test.each([
    ['an address', { next: { href: 'https://elsewhere.example/api?page=2' } }, true],
    ['no link', {}, false],
    ['null', { next: null }, false],
    ['an empty address', { next: { href: '' } }, false],
    ['an empty list', [], false],
  ])('takes next for a flag: %s', (_what, links, hasNext) => {
    expect(contactsPage.parse({ _page: 1, _links: links, _embedded: { contacts: [] } })).toEqual({ rows: [], hasNext });
  });

  test.each([{}, [], null, 'text', { _embedded: {} }, { _embedded: { contacts: {} } }, { _embedded: { leads: [] } }])(
    'is no page of contacts: %j',
    (body) => {
      expect(contactsPage.safeParse(body).success).toBe(false);
    },
  );
});

describe('a contact', () => {
  test('bears nulls and absences in every member but the id', () => {
    const names = Object.keys(kommoContact.shape).filter((name) => name !== 'id');
    const row = { id: 1, ...Object.fromEntries(names.map((name) => [name, null])) };
    expect(kommoContact.safeParse(row).success).toBe(true);
    expect(kommoContact.safeParse({ id: 1 }).success).toBe(true);
  });

  test.each([
    ['phone that is no text', { value: { number: '1' } }, '$.custom_fields_values[0].values[1].value'],
    ['phone without its members', '+37120000000', '$.custom_fields_values[0].values[1]'],
  ])('with a %s is odd, since nothing may be lost in silence', (_what, item, path) => {
    const field = { field_code: 'PHONE', field_type: 'multitext', values: [{ value: '1', enum_code: 'WORK' }, item] };
    expect(parseRow(kommoContact, { id: 1, custom_fields_values: [field] })).toEqual({ path });
    expect(kommoContact.safeParse({ id: 1, custom_fields_values: [{ ...field, field_code: null }] }).success).toBe(true);
  });

  test('bears phones as numbers, without a value, and of an odd category', () => {
    const values = [{ value: 371 }, { value: null }, { enum_code: 7, value: '1' }, { value: '2', enum: 'WORK' }];
    expect(kommoContact.safeParse({ id: 1, custom_fields_values: [{ field_code: 'phone', values }] }).success).toBe(true);
  });
});
