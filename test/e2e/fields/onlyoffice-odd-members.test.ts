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

const CONTACTS_ROUTE = LIST_ROUTES.onlyoffice;
const FIELDS = `idInSource displayName createdAt about industry
  phones { value category } emails { value } contactInfos { type value } addresses { text city } customFields { text field { label } }
  tags { name } status { name } currency { code } access { isPrivate members { id } } responsible { id } createdBy { id }
  taskSummary { count hasOverdue } viewerCanEdit
  ... on Person { firstName lastName jobTitle company { id } } ... on Company { personCount }`;
const listOf = (selection: string, args = '') =>
  `{ contacts(first: 100, sources: ["onlyoffice"]${args}) { isComplete nodes { ${selection} } sourceReports { status isComplete damagedRows error { code } } } }`;

let gateway: TestGateway;
let usual: ReadonlyMap<string, Node>;
let ids: string[];
/** The place of the first person with a name and a date, and of the first company. */
let person: number;
let company: number;

beforeAll(async () => {
  gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 12 } });
  const { contacts } = await gateway.ask<Page>(listOf(FIELDS));
  usual = new Map(contacts.nodes.map((node) => [node.idInSource, node]));
  ids = [...usual.keys()];
  person = contacts.nodes.findIndex(({ firstName, createdAt }) => Boolean(firstName) && Boolean(createdAt));
  company = contacts.nodes.findIndex((node) => 'personCount' in node);
  expect(contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.log.length = 0;
});

/** Changes one row of the list, wherever it comes. */
function alterRow(id: string | undefined, change: (row: WireRow) => unknown): void {
  const alter = (body: unknown) => {
    const contacts = rowsOf('onlyoffice', body);
    contacts.splice(0, contacts.length, ...(contacts.map((row) => (String(row['id']) === id ? change(row) : row)) as WireRow[]));
    return body;
  };
  gateway.onlyoffice.setFaults([{ route: CONTACTS_ROUTE, effect: { kind: 'alter', alter } }]);
}

const warnings = (): Readonly<Record<string, unknown>>[] =>
  gateway.log.filter(({ level }) => level === 'warn').map(({ members }) => ({ ...members }));

describe('a member of an ONLYOFFICE contact that cannot be read', () => {
  it.each<[string, WireRow, string, string]>([
    ['a date in words', { created: 'yesterday' }, 'createdAt', '.created'],
    ['a date that is a number', { created: 1709647651 }, 'createdAt', '.created'],
    ['a name that is a list', { firstName: ['Ada'] }, 'firstName', '.firstName'],
    ['a job title that is an object', { title: { ru: 'x' } }, 'jobTitle', '.title'],
    ['an industry that is a flag', { industry: true }, 'industry', '.industry'],
    ['a creator without an id', { createBy: { displayName: 'Mike' } }, 'createdBy', '.createBy.id'],
    ['a creator that is a number', { createBy: 5 }, 'createdBy', '.createBy'],
    ['a flag in words', { canEdit: 'perhaps' }, 'viewerCanEdit', '.canEdit'],
    ['a text for its tags', { tags: 'vip' }, 'tags', '.tags'],
    ['a status that is a list', { contactStatus: [1] }, 'status', '.contactStatus'],
    ['a status with a negative id', { contactStatus: { id: -1, title: 'Warm' } }, 'status', '.contactStatus.id'],
    ['a company without an id', { company: { displayName: 'Acme' } }, 'company', '.company.id'],
    ['a currency whose code is an object', { currency: { abbreviation: {} } }, 'currency', '.currency.abbreviation'],
  ])('%s, is null with an error at its path, and costs nothing else', async (_what, members, field, path) => {
    const id = ids[person];
    alterRow(id, (row) => ({ ...row, ...members }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    const { nodes, isComplete, sourceReports } = data?.contacts ?? { nodes: [] };
    expect(nodes.map(({ idInSource }) => idInSource)).toEqual(ids);
    for (const node of nodes) {
      const whole = usual.get(node.idInSource);
      expect(node).toEqual(node.idInSource === id ? { ...whole, [field]: null } : whole);
    }
    expect(errors).toMatchObject([
      { path: ['contacts', 'nodes', person, field], extensions: { code: 'BAD_RESPONSE', source: 'onlyoffice' } },
    ]);
    expect(isComplete).toBe(false);
    expect(sourceReports).toEqual([{ status: 'PARTIAL', isComplete: false, damagedRows: 1, error: { code: 'BAD_RESPONSE' } }]);
    expect(warnings()).toEqual([{ source: 'onlyoffice', damagedValues: 1, paths: [expect.stringMatching(/^\$\.response\[\d+\]\./)] }]);
    expect(String(warnings()[0]?.['paths'])).toContain(path);
  });

  it('is a company that keeps all but its count of persons', async () => {
    const id = ids[company];
    alterRow(id, (row) => ({ ...row, personsCount: 'many' }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(data?.contacts.nodes[company]).toEqual({ ...usual.get(id ?? ''), personCount: null });
    expect(errors).toMatchObject([{ path: ['contacts', 'nodes', company, 'personCount'], extensions: { code: 'BAD_RESPONSE' } }]);
  });

  it.each<[string, WireRow, object]>([
    ['tags', { tags: [null, 'VIP', { a: 1 }] }, { tags: [{ name: 'VIP' }] }],
    [
      'infos',
      {
        commonData: [null, 'x', { data: 'no type' }, { id: 5, infoType: 0, category: 2, data: '+37120000000' }, { infoType: 1, data: {} }],
      },
      { phones: [{ value: '+37120000000', category: 'MOBILE' }], emails: [] },
    ],
    ['all infos that are no list', { commonData: 'none' }, { phones: [], emails: [], contactInfos: [] }],
    ['addresses', { addresses: [7, { city: 'Riga', country: 'Latvia' }] }, { addresses: [{ text: 'Riga, Latvia', city: 'Riga' }] }],
    [
      'custom fields',
      { customFields: [null, { label: 'of what', fieldValue: 'x' }, { id: 3, label: 'City', fieldType: 0, fieldValue: 'Riga' }] },
      { customFields: [{ text: 'Riga', field: { label: 'City' } }] },
    ],
    [
      'those who may see the contact',
      { isPrivate: true, shareType: 0, isShared: false, accessList: [{ id: '293bb997-28d8-4be0-8547-6eb50add1f3c' }, { id: null }, 4] },
      { access: { isPrivate: true, members: [{}] } },
    ],
  ])('is left out of %s, without an error, and reported', async (_what, members, expected) => {
    const id = ids[person];
    alterRow(id, (row) => ({ ...row, ...members }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.map(({ idInSource }) => idInSource)).toEqual(ids);
    expect(data?.contacts.nodes[person]).toMatchObject(expected);
    expect(data?.contacts).toMatchObject({ isComplete: false, sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: 1 }] });
  });

  it('and is its name, gives way to the next best name', async () => {
    alterRow(ids[person], (row) => ({ ...row, displayName: { first: 'x' }, firstName: 'Ada', lastName: 'Byron' }));
    const { data, errors } = await gateway.query<Page>(listOf('displayName'));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.map(({ displayName }) => displayName)).toContain('Ada Byron');
  });

  it('is no matter for a query that shows, sorts and filters by other members', async () => {
    alterRow(ids[person], (row) => ({ ...row, created: {}, createBy: [1], tags: 'x', commonData: 'none' }));
    const { data, errors } = await gateway.query<Page>(listOf('idInSource displayName addresses { text }'));
    expect(errors).toEqual([]);
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0, error: null }] });
    expect(warnings()).toEqual([]);
  });

  it.each<[string, string, WireRow]>([
    ['created', 'createdAt: { from: "2000-01-01T00:00:00Z" }', { created: { odd: 1 } }],
    ['first name', 'firstName: "FIRST_NAME"', { firstName: ['x'] }],
  ])('and is filtered by (%s) is unknown, never a miss: the answer is not complete', async (_what, filter, members) => {
    const id = ids[person];
    const document = listOf('idInSource', `, filter: { ${filter.replace('FIRST_NAME', String(usual.get(id ?? '')?.['firstName']))} }`);
    gateway.onlyoffice.setFaults([]);
    const before = (await gateway.ask<Page>(document)).contacts;
    expect(before.nodes.map(({ idInSource }) => idInSource)).toContain(id);
    alterRow(id, (row) => ({ ...row, ...members }));
    const { contacts } = await gateway.ask<Page>(document);
    expect(contacts.nodes).toEqual(before.nodes.filter(({ idInSource }) => idInSource !== id));
    expect(contacts).toMatchObject({ isComplete: false, sourceReports: [{ status: 'PARTIAL', isComplete: false, damagedRows: 1 }] });
  });
});

describe("a lenient writer's habits on a row of ONLYOFFICE", () => {
  it('are read as what they mean, without an error', async () => {
    const id = ids[person] ?? '';
    alterRow(id, (row) => {
      const asMap = (list: unknown) => (Array.isArray(list) ? Object.fromEntries(list.entries()) : list);
      const asText = (value: unknown) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value);
      const inner = (item: unknown) =>
        typeof item === 'object' && item !== null
          ? Object.fromEntries(Object.entries(item).map(([key, value]) => [key, asText(value)]))
          : item;
      return Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, Array.isArray(value) ? asMap(value.map(inner)) : (asText(value) ?? false)]),
      );
    });
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes[person]).toEqual(usual.get(id));
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ status: 'OK', damagedRows: 0 }] });
  });

  it('are read also in its whole list, and in its lists of users, tags and statuses', async () => {
    const document = listOf('idInSource displayName tags { name } status { name } responsible { displayName }');
    const singly = `{ contact(id: "${Buffer.from(`onlyoffice:contact:${ids[person]}`).toString('base64url')}") { tags { name } } }`;
    const ask = async (asked: TestGateway) => {
      const [listed, single] = [await asked.query<Page>(document), await asked.query(singly)];
      return [listed.data, listed.errors, single.data, single.errors];
    };
    gateway.onlyoffice.setFaults([]);
    const before = await ask(gateway);
    const alter = (body: unknown) => {
      const { response } = body as { response: unknown };
      return { ...(body as object), response: Array.isArray(response) ? Object.fromEntries(response.entries()) : response };
    };
    await using fresh = await startTestGateway({
      kommo: null,
      callgear: null,
      onlyoffice: { faults: [{ route: '*', effect: { kind: 'alter', alter } }] },
      population: { onlyoffice: 12 },
    });
    expect(await ask(fresh)).toEqual(before);
  });

  it('a company in a list, or behind an empty place, is that company', async () => {
    const id = ids[person];
    const acme = { id: Number(ids[company]), displayName: 'Acme' };
    for (const sent of [[null, acme], [acme], { 0: null, 1: acme }]) {
      alterRow(id, (row) => ({ ...row, company: sent }));
      const { data, errors } = await gateway.query<Page>(listOf('idInSource ... on Person { company { id } }'));
      expect(errors).toEqual([]);
      expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)?.['company']).toEqual({
        id: Buffer.from(`onlyoffice:contact:${acme.id}`).toString('base64url'),
      });
    }
  });

  it.each([[''], [false], [null], [[]]])('%j is nothing in any member', async (nothing) => {
    const id = ids[person];
    alterRow(id, (row) => ({ ...Object.fromEntries(Object.keys(row).map((key) => [key, nothing])), id: row['id'], isCompany: false }));
    const { data, errors } = await gateway.query<Page>(listOf(FIELDS));
    expect(errors).toEqual([]);
    expect(data?.contacts.nodes.find(({ idInSource }) => idInSource === id)).toMatchObject({
      displayName: id,
      createdAt: null,
      phones: [],
      customFields: [],
      tags: [],
      responsible: null,
      company: null,
      taskSummary: { count: 0, hasOverdue: false },
    });
    expect(data?.contacts).toMatchObject({ isComplete: true, sourceReports: [{ damagedRows: 0 }] });
  });

  it('ids beyond 2^53 stay exact', async () => {
    const body =
      '{"status":0,"statusCode":200,"count":1,"total":1,"response":[{"id":9007199254740993,"isCompany":true,"companyName":"Acme"}]}';
    gateway.onlyoffice.setFaults([
      { route: CONTACTS_ROUTE, effect: { kind: 'respond', status: 200, body, contentType: 'application/json' } },
    ]);
    const { contacts } = await gateway.ask<Page>(listOf('idInSource displayName'));
    expect(contacts.nodes).toEqual([{ idInSource: '9007199254740993', displayName: 'Acme' }]);
  });

  it('texts of any length are passed on whole', async () => {
    const about = 'x'.repeat(72_000);
    alterRow(ids[person], (row) => ({ ...row, about }));
    const { contacts } = await gateway.ask<Page>(listOf('idInSource about'));
    expect(contacts.nodes[person]).toMatchObject({ about });
  });
});
