import { describe, expect, test } from 'vitest';
import { readRows } from '../../../src/datasources/kommo/row-reader.ts';
import { kommoContact, kommoPage } from '../../../src/datasources/kommo/wire-types.ts';
import { createTestLog } from '../../support/call.ts';

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

describe('readRows', () => {
  test('leaves out odd rows in their places, counts them, and logs their path and no value', () => {
    const log = createTestLog();
    const rows = [{ id: 1, name: 'Ana' }, { name: 'canary' }, { id: 3, created_at: 'canary' }, null, { id: '-4' }, { id: 0 }];
    const read = readRows(rows, kommoContact, { source: 'kommo', key: 'contacts', log });
    expect(read.rows.map((row) => row?.id ?? null)).toEqual(['1', null, null, null, null, null]);
    expect(read).toMatchObject({ oddIds: ['3', '0'], droppedRows: 5 });
    expect(log.lines.map(({ members }) => members)).toContainEqual({ source: 'kommo', path: '$._embedded.contacts[2].created_at' });
    expect(JSON.stringify(log.lines)).not.toContain('canary');
  });

  test('bears nulls and absences in every member but the id', () => {
    const names = Object.keys(kommoContact.shape).filter((name) => name !== 'id');
    const row = { id: 1, ...Object.fromEntries(names.map((name) => [name, null])) };
    expect(kommoContact.safeParse(row).success).toBe(true);
    expect(kommoContact.safeParse({ id: 1 }).success).toBe(true);
  });
});
