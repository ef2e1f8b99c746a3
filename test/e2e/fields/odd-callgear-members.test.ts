import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceIdEntity } from '../../../src/federation/source-id.ts';
import { deleteOne, idOf } from '../../support/deletions.ts';
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

const ROUTE = LIST_ROUTES.callgear;
const FIELDS = `idInSource displayName phones { value normalizedValue } emails { value } contactInfos { type value } groups { name }
  responsible { id } ... on Person { firstName lastName patronymic company { id } }`;
const listOf = (selection: string, args = '') =>
  `{ contacts(first: 100, sources: ["callgear"]${args}) { isComplete nodes { ${selection} } sourceReports { status isComplete damagedRows error { code } } } }`;

let gateway: TestGateway;
let usual: ReadonlyMap<string, Node>;
let ids: string[];

beforeAll(async () => {
  gateway = await startTestGateway({ onlyoffice: null, kommo: null, population: { callgear: 12 } });
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
    const rows = rowsOf('callgear', body);
    rows.splice(0, rows.length, ...(rows.map((row) => (String(row['id']) === id ? change(row) : row)) as WireRow[]));
    return body;
  };
  gateway.callgear.setFaults([{ route: ROUTE, effect: { kind: 'alter', alter } }]);
}

const warnings = (): Readonly<Record<string, unknown>>[] =>
  gateway.log.filter(({ level }) => level === 'warn').map(({ members }) => ({ ...members }));
const damagedOnce = { isComplete: false, sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: 1 }] };
const whole = { isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0, error: null }] };

describe('a member of a CallGear contact that cannot be read', () => {
  it.each<[string, WireRow, string, string]>([
    ['a first name that is an object', { first_name: {} }, 'firstName', '.first_name'],
    ['a patronymic that is a list', { patronymic: ['x'] }, 'patronymic', '.patronymic'],
    ['a negative manager', { personal_manager_id: -5 }, 'responsible', '.personal_manager_id'],
    ['a manager in words', { personal_manager_id: 'nobody' }, 'responsible', '.personal_manager_id'],
    ['an organization that is an object', { organization_id: { id: 5 } }, 'company', '.organization_id'],
    ['an organization that was rounded', { organization_id: 1e21 }, 'company', '.organization_id'],
  ])('%s, is null with an error at its path, and costs nothing else', async (_what, members, field, path) => {
    const id = ids[4] ?? '';
    alterRow(id, (row) => ({ ...row, ...members }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(data?.contacts.nodes.map(({ idInSource }) => idInSource)).toEqual(ids);
    for (const node of data?.contacts.nodes ?? []) {
      const known = usual.get(node.idInSource);
      expect(node).toEqual(node.idInSource === id ? { ...known, [field]: null } : known);
    }
    const place = ids.indexOf(id);
    expect(errors).toMatchObject([{ path: ['contacts', 'nodes', place, field], extensions: { code: 'BAD_RESPONSE', source: 'callgear' } }]);
    expect(data?.contacts).toMatchObject(damagedOnce);
    expect(warnings()).toEqual([{ source: 'callgear', damagedValues: 1, paths: [expect.stringMatching(/^\$\.result\.data\[\d+\]\./)] }]);
    expect(String(warnings()[0]?.['paths'])).toContain(path);
  });

  it.each<[string, WireRow, object]>([
    ['groups', { groups: [null, { group_id: 5, group_name: 'VIP' }] }, { groups: [{ name: 'VIP' }] }],
    ['groups', { groups: [{ group_id: null }] }, { groups: [] }],
    [
      'groups',
      {
        groups: [
          { group_id: -1, group_name: 'x' },
          { group_id: '6', group_name: 'Six' },
        ],
      },
      { groups: [{ name: 'Six' }] },
    ],
    ['groups', { groups: 17 }, { groups: [] }],
    ['phones', { phone_numbers: [{ number: '1' }, '37120000000'] }, { phones: [{ value: '37120000000' }] }],
    ['phones', { phone_numbers: 'none', emails: ['a@example.com'] }, { phones: [], emails: [{ value: 'a@example.com' }] }],
    ['e-mails', { emails: [['a@example.com'], 'b@example.com'] }, { emails: [{ value: 'b@example.com' }] }],
    ['names', { full_name: {}, first_name: 'Anna', last_name: null }, { displayName: 'Anna' }],
  ])('is left out of %s, without an error, and reported: %j', async (_what, members, expected) => {
    const id = ids[2] ?? '';
    alterRow(id, (row) => ({ ...row, ...members }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(new Set(data?.contacts.nodes.map(({ idInSource }) => idInSource))).toEqual(new Set(ids));
    expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)).toMatchObject(expected);
    expect(data?.contacts).toMatchObject(damagedOnce);
  });

  it('is not a group that stands alone in the place of the list', async () => {
    const id = ids[2] ?? '';
    alterRow(id, (row) => ({ ...row, groups: { group_id: 5, group_name: 'VIP' } }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)).toMatchObject({ groups: [{ name: 'VIP' }] });
    expect(data?.contacts).toMatchObject(whole);
  });

  it('is no matter for a query that shows, sorts and filters by other members', async () => {
    alterRow(ids[2] ?? '', (row) => ({ ...row, groups: [null], personal_manager_id: {}, phone_numbers: 7 }));
    const { data, errors } = await gateway.query<Page>(listOf('idInSource displayName'));
    expect(errors).toEqual([]);
    expect(data?.contacts).toMatchObject(whole);
    expect(warnings()).toEqual([]);
  });

  it.each<[string, (row: Node) => string, WireRow]>([
    [
      'group',
      () => `groupIds: ["${Buffer.from(`callgear:group:${gateway.callgear.data.groups[0]?.id}`).toString('base64url')}"]`,
      { groups: [{ group_id: {} }] },
    ],
    ['first name', (row) => `firstName: ${JSON.stringify(row['firstName'])}`, { first_name: {} }],
  ])('and is filtered by (%s) is unknown, never a miss: the answer is not complete', async (_what, filterOf, members) => {
    gateway.callgear.setFaults([]);
    const named = [...usual.values()].find(({ firstName }) => typeof firstName === 'string');
    if (named === undefined) throw new Error('nobody has a first name');
    const document = listOf('idInSource', `, filter: { ${filterOf(named)} }`);
    const before = (await gateway.ask<Page>(document)).contacts;
    expect(before.nodes.length).toBeGreaterThan(0);
    alterRow(before.nodes[0]?.idInSource ?? '', (row) => ({ ...row, ...members }));
    const { contacts } = await gateway.ask<Page>(document);
    expect(contacts.nodes).toEqual(before.nodes.slice(1));
    expect(contacts).toMatchObject(damagedOnce);
  });
});

describe('what a row of CallGear may be written like', () => {
  it('is read as what it means, without an error: lists as maps, numbers as text', async () => {
    const id = ids[3] ?? '';
    const asMap = (list: unknown) => Object.fromEntries((list as unknown[]).entries());
    alterRow(id, (row) => {
      const numbers = Object.entries(row).flatMap(([key, value]) => (typeof value === 'number' ? [[key, ` ${value}`]] : []));
      const groups = asMap((row['groups'] as WireRow[]).map((group) => ({ ...group, group_id: String(group['group_id']) })));
      return {
        ...row,
        ...Object.fromEntries(numbers),
        id: ` ${id} `,
        groups,
        phone_numbers: asMap(row['phone_numbers']),
        emails: asMap(row['emails']),
      };
    });
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)).toEqual(usual.get(id));
    expect(data?.contacts).toMatchObject(whole);
  });

  it.each([[''], [false], [null], [[]]])('%j is nothing in any member', async (nothing) => {
    const id = ids[3] ?? '';
    alterRow(id, (row) => ({ ...Object.fromEntries(Object.keys(row).map((key) => [key, nothing])), id: row['id'] }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)).toEqual({
      idInSource: id,
      displayName: id,
      phones: [],
      emails: [],
      contactInfos: [],
      groups: [],
      responsible: null,
      firstName: null,
      lastName: null,
      patronymic: null,
      company: null,
    });
    expect(data?.contacts).toMatchObject(whole);
  });

  it('texts of any length are passed on whole', async () => {
    const value = 'x'.repeat(60_000);
    alterRow(ids[1] ?? '', (row) => ({ ...row, patronymic: value, groups: [{ group_id: 5, group_name: value }] }));
    const { contacts } = await gateway.ask<Page>(listOf('idInSource groups { name } ... on Person { patronymic }'));
    expect(contacts.nodes.find(({ idInSource }) => idInSource === ids[1])).toMatchObject({ patronymic: value, groups: [{ name: value }] });
  });

  it.each(['1234567890123456', '9007199254740991', '9007199254740993', '9223372036854775807'])(
    'the id %s stays exact, read, filtered by and deleted',
    async (id) => {
      const bodies: string[] = [];
      const row = `{"id":${id},"full_name":"Ada","personal_manager_id":${id},"groups":[{"group_id":${id},"group_name":"VIP"}]}`;
      const crm = createServer(async (request, response) => {
        const body = await text(request);
        bodies.push(body);
        const result = body.includes('delete.contacts') ? '{}' : `{"data":[${row}],"metadata":{"total_items":1}}`;
        const { id: requestId } = JSON.parse(body) as { id: string };
        response.end(`{"jsonrpc":"2.0","id":"${requestId}","result":${result}}`);
      });
      crm.listen(0, '127.0.0.1');
      await once(crm, 'listening');
      try {
        const CALLGEAR_URL = `http://127.0.0.1:${(crm.address() as AddressInfo).port}/v2.0`;
        await using other = await startTestGateway({ onlyoffice: null, kommo: null, environment: { CALLGEAR_URL } });
        const globalId = (entity: SourceIdEntity) => idOf('callgear', id, entity);
        const selection = 'id idInSource responsible { id } groups { id }';
        const nodes = [
          { id: globalId('contact'), idInSource: id, responsible: { id: globalId('user') }, groups: [{ id: globalId('group') }] },
        ];
        const filter = `, filter: { responsibleIds: ["${globalId('user')}"], groupIds: ["${globalId('group')}"] }`;
        const { contacts } = await other.ask<Page>(listOf(selection, filter));
        expect(contacts.nodes).toEqual(nodes);
        expect(bodies.at(-1)).toContain(`"operator":"=","value":${id}}`);
        expect(bodies.at(-1)).toContain(`#(group_id = ${id})`);
        expect(await deleteOne(other, globalId('contact'))).toMatchObject({ deletedContactId: globalId('contact') });
        expect(bodies.at(-1)).toMatch(new RegExp(`"id":${id}}}$`));
      } finally {
        crm.close();
      }
    },
  );
});
