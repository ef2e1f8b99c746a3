import { describe, expect, test } from 'vitest';
import { kommoContact, kommoPage } from '../../../src/datasources/kommo/wire-types.ts';

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
});
