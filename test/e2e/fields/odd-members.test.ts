import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { LIST_ROUTES, rowsOf, type WireRow } from '../../support/sources.ts';

interface Node {
  readonly idInSource: string;
  readonly [field: string]: unknown;
}
interface Page {
  contacts: {
    nodes: Node[];
    isComplete: boolean;
    sourceReports: { status: string; isComplete: boolean; damagedRows: number; error: { code: string } | null }[];
  };
}

const CONTACTS_ROUTE = LIST_ROUTES.kommo;
const FIELDS = `idInSource displayName createdAt updatedAt accountId isUnsorted
  phones { value category } emails { value } contactInfos { type value } addresses { text } customFields { text field { label } }
  tags { name color } responsible { id } createdBy { id } taskSummary { nextDueAt } leads { totalCount } catalogElements { quantity }
  ... on Person { firstName lastName jobTitle company { id } }`;
const listOf = (selection: string, args = '') =>
  `{ contacts(first: 100, sources: ["kommo"]${args}) { isComplete nodes { ${selection} } sourceReports { status isComplete damagedRows error { code } } } }`;

let gateway: TestGateway;
let usual: ReadonlyMap<string, Node>;
let ids: string[];

beforeAll(async () => {
  gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 12 } });
  const { contacts } = await gateway.ask<Page>(listOf(FIELDS));
  usual = new Map(contacts.nodes.map((node) => [node.idInSource, node]));
  ids = [...usual.keys()];
  expect(contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.log.length = 0;
});

/** Changes one row of the list, wherever it comes. */
function alterRow(id: string, change: (row: WireRow) => unknown): void {
  const alter = (body: unknown) => {
    const contacts = rowsOf('kommo', body);
    contacts.splice(0, contacts.length, ...(contacts.map((row) => (String(row['id']) === id ? change(row) : row)) as WireRow[]));
    return body;
  };
  gateway.kommo.setFaults([{ route: CONTACTS_ROUTE, effect: { kind: 'alter', alter } }]);
}

function embedded(row: WireRow, members: WireRow): WireRow {
  return { ...row, _embedded: { ...(row['_embedded'] as WireRow), ...members } };
}

function phones(...values: unknown[]): WireRow {
  return { field_id: 1, field_name: 'Phone', field_code: 'PHONE', field_type: 'multitext', values };
}

const warnings = (): Readonly<Record<string, unknown>>[] =>
  gateway.log.filter(({ level }) => level === 'warn').map(({ members }) => ({ ...members }));

describe('a member of a Kommo contact that cannot be read', () => {
  it.each<[string, (row: WireRow) => WireRow, string, string]>([
    ['a date in words', (row) => ({ ...row, created_at: 'yesterday' }), 'createdAt', '.created_at'],
    ['a date that is an object', (row) => ({ ...row, updated_at: { date: 1 } }), 'updatedAt', '.updated_at'],
    ['a date beyond the calendar', (row) => ({ ...row, created_at: 9e15 }), 'createdAt', '.created_at'],
    ['a name that is a list', (row) => ({ ...row, first_name: ['Ada'] }), 'firstName', '.first_name'],
    ['a negative responsible user', (row) => ({ ...row, responsible_user_id: -5 }), 'responsible', '.responsible_user_id'],
    ['a creator that is no number', (row) => ({ ...row, created_by: 'admin' }), 'createdBy', '.created_by'],
    ['an account that was rounded', (row) => ({ ...row, account_id: 1e21 }), 'accountId', '.account_id'],
    ['a flag in words', (row) => ({ ...row, is_unsorted: 'perhaps' }), 'isUnsorted', '.is_unsorted'],
    ['a text for its tags', (row) => embedded(row, { tags: 'vip' }), 'tags', '._embedded.tags'],
    ['a company without an id', (row) => embedded(row, { companies: [{ name: 'Acme' }] }), 'company', '._embedded.companies[0].id'],
    ['a number for its leads', (row) => embedded(row, { leads: 3 }), 'leads', '._embedded.leads'],
  ])('%s, is null with an error at its path, and costs nothing else', async (_what, change, field, path) => {
    const id = ids[4] ?? '';
    alterRow(id, change);
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    const { nodes, isComplete, sourceReports } = data?.contacts ?? { nodes: [] };
    expect(nodes.map(({ idInSource }) => idInSource)).toEqual(ids);
    for (const node of nodes) {
      const whole = usual.get(node.idInSource);
      expect(node).toEqual(node.idInSource === id ? { ...whole, [field]: null } : whole);
    }
    expect(errors).toMatchObject([{ path: ['contacts', 'nodes', 4, field], extensions: { code: 'BAD_RESPONSE', source: 'kommo' } }]);
    expect(isComplete).toBe(false);
    expect(sourceReports).toEqual([{ status: 'PARTIAL', isComplete: false, damagedRows: 1, error: { code: 'BAD_RESPONSE' } }]);
    expect(warnings()).toEqual([
      { source: 'kommo', damagedValues: 1, paths: [expect.stringMatching(/^\$\._embedded\.contacts\[\d+\]\./)] },
    ]);
    expect(String(warnings()[0]?.['paths'])).toContain(path);
  });

  it.each<[string, (row: WireRow) => WireRow, object]>([
    [
      'tags',
      (row) => embedded(row, { tags: [null, { id: 1, name: 'VIP', color: null }, { id: 2 }] }),
      { tags: [{ name: 'VIP', color: null }] },
    ],
    [
      'phones',
      (row) => ({ ...row, custom_fields_values: [phones({ value: { number: 1 } }, { value: '+37120000000', enum_code: 'MOB' })] }),
      { phones: [{ value: '+37120000000', category: 'MOBILE' }] },
    ],
    [
      'custom fields',
      (row) => ({
        ...row,
        custom_fields_values: [
          null,
          'x',
          { field_id: 3, field_name: 'City', field_type: 'text', values: [{ value: 'Riga' }] },
          { values: [{ value: 'of what' }] },
        ],
      }),
      { customFields: [{ text: 'Riga', field: { label: 'City' } }], phones: [], emails: [] },
    ],
    [
      'whatever is made of custom fields',
      (row) => ({ ...row, custom_fields_values: { phone: '1' } }),
      { phones: [], customFields: [], addresses: [] },
    ],
    [
      'catalogue elements',
      (row) => embedded(row, { catalog_elements: [{ id: 5 }, { id: 6, metadata: { catalog_id: 7, quantity: '2.5' } }] }),
      { catalogElements: [{ quantity: 2.5 }] },
    ],
  ])('is left out of %s, without an error, and reported', async (_what, change, expected) => {
    const id = ids[2] ?? '';
    alterRow(id, change);
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS.replace('jobTitle', '')));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.map(({ idInSource }) => idInSource)).toEqual(ids);
    expect(data?.contacts.nodes[2]).toMatchObject(expected);
    expect(data?.contacts).toMatchObject({ isComplete: false, sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: 1 }] });
  });

  it('is no matter for a query that shows, sorts and filters by other members', async () => {
    alterRow(ids[2] ?? '', (row) => embedded({ ...row, created_at: {}, responsible_user_id: [1] }, { tags: 'x' }));
    const { data, errors } = await gateway.query<Page>(listOf('idInSource displayName phones { value }'));
    expect(errors).toEqual([]);
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0, error: null }] });
    expect(warnings()).toEqual([]);
  });

  it('that the list is sorted by is reported, and the row is shown', async () => {
    alterRow(ids[2] ?? '', (row) => ({ ...row, created_at: {} }));
    const { data, errors } = await gateway.query<Page>(listOf('idInSource', ', orderBy: { field: CREATED_AT, direction: ASC }'));
    expect(errors).toEqual([]);
    expect(new Set(data?.contacts.nodes.map(({ idInSource }) => idInSource))).toEqual(new Set(ids));
    expect(data?.contacts).toMatchObject({ isComplete: false, sourceReports: [{ damagedRows: 1 }] });
  });

  it.each<[string, string, (row: WireRow) => WireRow]>([
    ['tags', 'tags: ["vip"]', (row) => embedded(row, { tags: [{ id: 9 }] })],
    ['created', 'createdAt: { from: "2020-01-01T00:00:00Z" }', (row) => ({ ...row, created_at: { odd: 1 } })],
    [
      'responsible',
      `responsibleIds: ["${Buffer.from('kommo:user:9001').toString('base64url')}"]`,
      (row) => ({ ...row, responsible_user_id: 'x' }),
    ],
  ])('and is filtered by (%s) is unknown, never a miss: the answer is not complete', async (_what, filter, change) => {
    const document = listOf('idInSource', `, filter: { ${filter} }`);
    gateway.kommo.setFaults([]);
    const before = (await gateway.ask<Page>(document)).contacts;
    alterRow(before.nodes[0]?.idInSource ?? '', change);
    const { contacts } = await gateway.ask<Page>(document);
    expect(contacts.nodes).toEqual(before.nodes.slice(1));
    expect(contacts).toMatchObject({ isComplete: false, sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: 1 }] });
  });

  it('is the same when the row comes from the cache and another query has read other members', async () => {
    await using cached = await startTestGateway({
      onlyoffice: null,
      callgear: null,
      population: { kommo: 12 },
      environment: { CACHE_TTL_MS: '60000' },
    });
    const [{ id } = { id: 0 }] = cached.kommo.data.contacts;
    const alter = (body: unknown) => {
      for (const row of rowsOf('kommo', body)) if (row['id'] === id) row['created_at'] = {};
      return body;
    };
    cached.kommo.setFaults([{ route: CONTACTS_ROUTE, effect: { kind: 'alter', alter } }]);
    const names = await cached.query<Page>(listOf('displayName'));
    const dates = await cached.query<Page>(listOf('createdAt'));
    expect(await cached.query<Page>(listOf('displayName'))).toMatchObject({ data: names.data, errors: [] });
    expect(await cached.query<Page>(listOf('createdAt'))).toMatchObject({ data: dates.data, errors: dates.errors });
    expect([names.data?.contacts.isComplete, dates.data?.contacts.isComplete]).toEqual([true, false]);
    expect(cached.calls()[`kommo ${CONTACTS_ROUTE}`]).toBe(1);
  });
});

describe("PHP's habits on a row of Kommo", () => {
  it.each<[string, unknown]>([
    ['behind an empty place', [null, { id: 77 }]],
    ['behind one without an id', [{ name: 'Acme' }, { id: 77 }]],
    ['alone, in the place of the list', { id: 77 }],
    ['in a map', { 0: null, 1: { id: '77' } }],
  ])('the company %s is the company, without an error', async (_what, companies) => {
    const id = ids[4] ?? '';
    alterRow(id, (row) => embedded(row, { companies }));
    const { data, errors } = await gateway.query<Page>(listOf('idInSource ... on Person { company { id } }'));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes[4]?.['company']).toEqual({ id: Buffer.from('kommo:company:77').toString('base64url') });
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  });

  it('are read as what they mean, without an error', async () => {
    const id = ids[3] ?? '';
    alterRow(id, (row) => {
      const { id: number, name } = row;
      const fields = (row['custom_fields_values'] ?? []) as WireRow[];
      const asMap = (list: readonly unknown[]) => Object.fromEntries(list.entries());
      const values = fields.map((field) => ({ ...field, values: asMap(field['values'] as unknown[]) }));
      const lists = Object.entries(row['_embedded'] as WireRow).map(([key, list]) => [key, asMap(list as unknown[])]);
      const numbers = Object.entries(row).flatMap(([key, value]) => (typeof value === 'number' ? [[key, String(value)]] : []));
      return {
        ...row,
        ...Object.fromEntries(numbers),
        id: String(number),
        name,
        closest_task_at: row['closest_task_at'] ?? false,
        custom_fields_values: asMap(values),
        _embedded: Object.fromEntries(lists),
      };
    });
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes[3]).toEqual(usual.get(id));
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  });

  it.each([[''], [false], [null], [[]]])('%j is nothing in any member', async (nothing) => {
    const id = ids[3] ?? '';
    alterRow(id, (row) => ({
      ...Object.fromEntries(Object.keys(row).map((key) => [key, nothing])),
      id: row['id'],
      is_deleted: row['is_deleted'],
    }));
    const { data, errors } = await gateway.query<Page>(
      listOf(`${FIELDS.replace('leads { totalCount } catalogElements { quantity }', '')}`),
    );
    expect(errors).toEqual([]);
    const node = data?.contacts.nodes.find(({ idInSource }) => idInSource === id);
    expect(node).toMatchObject({
      displayName: id,
      createdAt: null,
      phones: [],
      customFields: [],
      responsible: null,
      company: null,
      taskSummary: null,
    });
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ damagedRows: 0 }] });
  });

  it('ids beyond 2^53 stay exact', async () => {
    const long = '9007199254740993';
    const { text } = { text: JSON.stringify({ _page: 1, _embedded: { contacts: [{ id: 1, name: 'Ada', responsible_user_id: 2 }] } }) };
    const body = text.replace('"id":1', `"id":${long}`).replace('"responsible_user_id":2', '"responsible_user_id":9007199254740995');
    gateway.kommo.setFaults([
      { route: CONTACTS_ROUTE, effect: { kind: 'respond', status: 200, body, contentType: 'application/hal+json' } },
    ]);
    const { contacts } = await gateway.ask<Page>(listOf('idInSource responsible { id }'));
    expect(contacts.nodes).toEqual([
      { idInSource: long, responsible: { id: Buffer.from('kommo:user:9007199254740995').toString('base64url') } },
    ]);
  });

  it('texts of any length are passed on whole', async () => {
    const value = 'x'.repeat(60_000);
    alterRow(ids[1] ?? '', (row) => ({
      ...row,
      custom_fields_values: [{ field_id: 3, field_name: 'Notes', field_type: 'textarea', values: [{ value }] }],
    }));
    const { contacts } = await gateway.ask<Page>(listOf('idInSource customFields { text }'));
    expect(contacts.nodes[1]).toMatchObject({ customFields: [{ text: value }] });
  });
});
