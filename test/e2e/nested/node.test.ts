import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { globalId } from '../fields/every-field.ts';
import { ALL } from '../../support/sources.ts';

const NODE = 'query ($id: ID!) { node(id: $id) { __typename id ... on Contact { displayName } ... on Source { name } } }';
const CONTACT = 'query ($id: ID!) { contact(id: $id) { __typename id displayName } }';
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
const encode = (text: string) => Buffer.from(text).toString('base64url');

/** What no id of this gateway looks like. */
const MALFORMED = [
  '',
  ' ',
  '7',
  'onlyoffice:contact:42',
  '../../etc/passwd',
  'a'.repeat(10_000),
  encode('onlyoffice'),
  encode('onlyoffice:contact'),
  encode('onlyoffice:contact:'),
  encode(':contact:42'),
  encode('onlyoffice:invoice:42'),
  `${encode('onlyoffice:contact:42')}=`,
  `${encode('onlyoffice:contact:42')} `,
  Buffer.from('onlyoffice:contact:42\u{ff}', 'latin1').toString('base64url'),
];

/** Well made, and nobody's; hostile ones must not get into a URL or a call. */
const NOBODYS = [
  'onlyoffice:contact:2147483648',
  'onlyoffice:contact:0',
  'onlyoffice:contact:007',
  'onlyoffice:contact:-5',
  'onlyoffice:contact:filter',
  'onlyoffice:contact:1/../filter',
  'onlyoffice:contact:12?x=1',
  'onlyoffice:contact:1e2',
  'onlyoffice:company:12',
  'kommo:contact:0',
  'kommo:contact:1,2',
  'kommo:contact:1&filter[id][]=2',
  'kommo:contact:%2e%2e',
  'kommo:company:links',
  'callgear:contact:1 or 1=1',
  'callgear:contact:99999999999999999999',
  'callgear:contact:"',
  'callgear:contact:{"operator":"!="}',
  'hubspot:contact:1',
  'hubspot:source:hubspot',
  'kommo:user:9001',
  'kommo:tag:311',
];

describe('things by their id', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('are found by node and by contact: persons and companies of every CRM, and sources by node', async () => {
    const { onlyoffice, kommo, callgear } = gateway;
    const company = onlyoffice.visibleContacts().find(({ isCompany }) => isCompany);
    const person = onlyoffice.visibleContacts().find(({ isCompany }) => !isCompany);
    const [organization] = callgear.data.organizations;
    const found: [string, string, string][] = [
      [globalId('onlyoffice', 'contact', company?.id ?? 0), 'Company', company?.companyName ?? ''],
      [globalId('onlyoffice', 'contact', person?.id ?? 0), 'Person', `${person?.firstName} ${person?.lastName}`],
      [globalId('kommo', 'contact', kommo.data.contacts[7]?.id ?? 0), 'Person', kommo.data.contacts[7]?.name ?? ''],
      [globalId('kommo', 'company', kommo.data.companies[0]?.id ?? 0), 'Company', kommo.data.companies[0]?.name ?? ''],
      [globalId('callgear', 'company', organization?.id ?? 0), 'Company', organization?.name ?? ''],
    ];
    for (const [id, __typename, displayName] of found) {
      expect(await gateway.ask(NODE, { id })).toEqual({ node: { __typename, id, displayName } });
      expect(await gateway.ask(CONTACT, { id })).toEqual({ contact: { __typename, id, displayName } });
    }
    for (const name of ALL) {
      const id = globalId(name, 'source', name);
      expect(await gateway.ask(NODE, { id })).toEqual({ node: { __typename: 'Source', id, name } });
      expect(await gateway.ask(CONTACT, { id })).toEqual({ contact: null });
    }
  });

  it('are found by the ids that lists give', async () => {
    const { contacts } = await gateway.ask<{ contacts: { nodes: { id: string; __typename: string }[] } }>(
      '{ contacts(first: 60) { nodes { __typename id } } }',
    );
    const { nodes } = await gateway.ask<{ nodes: unknown }>(NODES, { ids: contacts.nodes.map(({ id }) => id) });
    expect(nodes).toEqual(contacts.nodes);
  });

  it.each(MALFORMED)('are null with BAD_USER_INPUT for the malformed id %j, without a call', async (id) => {
    gateway.clearCalls();
    for (const [document, field] of [
      [NODE, 'node'],
      [CONTACT, 'contact'],
    ] as const) {
      const { data, errors, status } = await gateway.query(document, { id });
      expect({ data, status }).toEqual({ data: { [field]: null }, status: 200 });
      expect(errors).toMatchObject([{ path: [field], extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(gateway.calls()).toEqual({});
  });

  it.each(NOBODYS)('are null without an error, and without a call, for %s', async (text) => {
    gateway.clearCalls();
    for (const document of [NODE, CONTACT]) {
      const { data, errors } = await gateway.query<Record<string, unknown>>(document, { id: encode(text) });
      expect(errors).toEqual([]);
      expect(Object.values(data ?? {})).toEqual([null]);
    }
    expect(gateway.calls()).toEqual({});
  });

  it.each([
    'onlyoffice:contact:2000000',
    'kommo:contact:999999999',
    'kommo:company:999999999',
    'callgear:contact:9999999999',
    'callgear:company:1',
  ])('are null without an error for %s, which the CRM does not know', async (text) => {
    const { data, errors } = await gateway.query(NODE, { id: encode(text) });
    expect({ data, errors }).toEqual({ data: { node: null }, errors: [] });
  });

  it('are null without an error when the CRM hides or has thrown away what it once had', async () => {
    const hidden = gateway.onlyoffice.portal.contacts.find(({ lastName }) => lastName === 'Invisible');
    const trashed = gateway.kommo.data.contacts.find(({ isTrashed }) => isTrashed);
    const ids = [globalId('onlyoffice', 'contact', hidden?.id ?? 0), globalId('kommo', 'contact', trashed?.id ?? 0)];
    expect(await gateway.ask(NODES, { ids })).toEqual({ nodes: [null, null] });
  });

  it('come from nodes in the order of the ids, repeats and failures each at its place', async () => {
    const [one, other] = gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed);
    const found = (id: number) => ({ __typename: 'Person', id: globalId('kommo', 'contact', id) });
    const ids = [other, one, other].map((row) => globalId('kommo', 'contact', row?.id ?? 0));
    const { data, errors } = await gateway.query(NODES, {
      ids: [...ids, 'nonsense', encode('kommo:contact:1'), globalId('kommo', 'source', 'kommo')],
    });
    expect(data).toEqual({
      nodes: [
        found(other?.id ?? 0),
        found(one?.id ?? 0),
        found(other?.id ?? 0),
        null,
        null,
        { __typename: 'Source', id: globalId('kommo', 'source', 'kommo') },
      ],
    });
    expect(errors).toMatchObject([{ path: ['nodes', 3], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('are none for no ids, and refused for more than a hundred', async () => {
    expect(await gateway.ask(NODES, { ids: [] })).toEqual({ nodes: [] });
    gateway.clearCalls();
    const { data, errors } = await gateway.query(NODES, { ids: Array(101).fill(encode('kommo:contact:1')) });
    expect(data).toEqual({ nodes: null });
    expect(errors).toHaveLength(1);
    expect(errors).toMatchObject([{ path: ['nodes'] }]);
    expect(errors[0]?.extensions?.['code']).toMatch(/BAD_USER_INPUT|LIMIT_EXCEEDED/);
    expect(gateway.calls()).toEqual({});
  });

  it('fail as an error with the code and the source when the CRM cannot answer; neighbours stay', async () => {
    await using broken = await startTestGateway({ population: { onlyoffice: 5, kommo: 5, callgear: 5 } });
    const contact = broken.callgear.contacts[0]?.id ?? 0;
    const row = broken.kommo.data.contacts[0]?.id ?? 0;
    await broken.callgear.close();
    const document = 'query ($a: ID!, $b: ID!) { contact(id: $a) { id } node(id: $b) { id } sources { name } nodes(ids: [$a, $b]) { id } }';
    const { data, errors } = await broken.query(document, {
      a: globalId('callgear', 'contact', contact),
      b: globalId('kommo', 'contact', row),
    });
    const node = { id: globalId('kommo', 'contact', row) };
    expect(data).toEqual({
      contact: null,
      node,
      sources: [{ name: 'onlyoffice' }, { name: 'kommo' }, { name: 'callgear' }],
      nodes: [null, node],
    });
    expect(errors.map(({ path }) => path)).toEqual([['contact'], ['nodes', 0]]);
    for (const error of errors) expect(error).toMatchObject({ extensions: { code: 'UNAVAILABLE', source: 'callgear' } });
  });

  it('that have a dangling status in ONLYOFFICE are in the list, and not to be read alone', async () => {
    await using dangling = await startTestGateway({
      kommo: null,
      callgear: null,
      onlyoffice: { hasDanglingStatus: true },
      population: { onlyoffice: 5 },
    });
    const id = dangling.onlyoffice.portal.contacts.find(({ firstName }) => firstName === 'Dangling')?.id ?? 0;
    const { contacts } = await dangling.ask<{ contacts: { nodes: { idInSource: string; status: unknown }[] } }>(
      '{ contacts(first: 100) { nodes { idInSource status { name } } } }',
    );
    expect(contacts.nodes.find(({ idInSource }) => idInSource === String(id))).toEqual({ idInSource: String(id), status: null });
    const { data, errors } = await dangling.query(NODE, { id: globalId('onlyoffice', 'contact', id) });
    expect({ data, errors }).toEqual({ data: { node: null }, errors: [] });
  });
});

describe('sources', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('are listed in the order of the configuration, with what each can do', async () => {
    const fields = 'id name displayName kind url capabilities { kinds deletableKinds canCount orderFields }';
    const { sources } = await gateway.ask<{ sources: unknown }>(`{ sources { ${fields} } }`);
    expect(sources).toEqual([
      {
        id: globalId('onlyoffice', 'source', 'onlyoffice'),
        name: 'onlyoffice',
        displayName: 'ONLYOFFICE CRM',
        kind: 'ONLYOFFICE',
        url: `${gateway.onlyoffice.url}/Products/CRM/Default.aspx`,
        capabilities: {
          kinds: ['COMPANY', 'PERSON'],
          deletableKinds: ['COMPANY', 'PERSON'],
          canCount: true,
          orderFields: ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT'],
        },
      },
      {
        id: globalId('kommo', 'source', 'kommo'),
        name: 'kommo',
        displayName: 'Kommo',
        kind: 'KOMMO',
        url: gateway.kommo.url,
        capabilities: { kinds: ['PERSON'], deletableKinds: [], canCount: false, orderFields: ['DISPLAY_NAME', 'CREATED_AT', 'UPDATED_AT'] },
      },
      {
        id: globalId('callgear', 'source', 'callgear'),
        name: 'callgear',
        displayName: 'CallGear',
        kind: 'CALLGEAR',
        url: null,
        capabilities: {
          kinds: ['PERSON'],
          deletableKinds: ['PERSON'],
          canCount: false,
          orderFields: ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME'],
        },
      },
    ]);
  });

  it.each(['hubspot', '', 'KOMMO', ' kommo'])('are null without an error for the unknown name %j', async (name) => {
    expect(await gateway.ask('query ($name: String!) { source(name: $name) { id } }', { name })).toEqual({ source: null });
  });

  it('order by just what they say they can', async () => {
    const { sources } = await gateway.ask<{ sources: { name: string; capabilities: { orderFields: string[] } }[] }>(
      '{ sources { name capabilities { orderFields } } }',
    );
    for (const field of ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT']) {
      const document =
        'query ($orderBy: ContactOrder) { contacts(first: 1, orderBy: $orderBy) { sourceReports { source { name } status error { code } } } }';
      const { contacts } = await gateway.ask<{ contacts: { sourceReports: unknown } }>(document, { orderBy: { field } });
      expect(contacts.sourceReports).toEqual(
        sources.map(({ name, capabilities }) =>
          capabilities.orderFields.includes(field)
            ? { source: { name }, status: 'OK', error: null }
            : { source: { name }, status: 'SKIPPED', error: { code: 'ORDER_UNSUPPORTED' } },
        ),
      );
    }
  });

  it('tell of their health from the traffic: unknown before it, then how long answers take and what is left of quotas', async () => {
    await using fresh = await startTestGateway({ population: { onlyoffice: 5, kommo: 5, callgear: 5 } });
    const document = '{ sources { name health { status checkedAt latencyMs quotas { window limit remaining resetsAt } error { code } } } }';
    interface Health {
      readonly sources: {
        name: string;
        health: {
          status: string;
          checkedAt: string | null;
          latencyMs: number | null;
          quotas: { window: string; limit: number; remaining: number }[];
          error: unknown;
        };
      }[];
    }
    const before = await fresh.ask<Health>(document);
    for (const { health } of before.sources)
      expect(health).toMatchObject({ status: 'UNKNOWN', checkedAt: null, latencyMs: null, error: null });
    expect(fresh.calls()).toEqual({});
    await fresh.ask('{ contacts { nodes { id } } }');
    fresh.clearCalls();
    const after = await fresh.ask<Health>(document);
    for (const { health } of after.sources) {
      expect(health).toMatchObject({ status: 'OK', checkedAt: expect.any(String), latencyMs: expect.any(Number), error: null });
    }
    expect(after.sources.map(({ health }) => health.quotas.map(({ window }) => window))).toEqual([
      ['TEN_SECONDS'],
      ['SECOND'],
      ['MINUTE', 'DAY'],
    ]);
    expect(after.sources[2]?.health.quotas).toMatchObject([
      { limit: 100_000, remaining: 99_999 },
      { limit: 10_000_000, remaining: 9_999_999 },
    ]);
    expect(fresh.calls()).toEqual({});
  });
});
