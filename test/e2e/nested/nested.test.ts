import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { globalId } from '../fields/every-field.ts';

const FILTER = 'onlyoffice GET /api/2.0/crm/contact/filter';
const CONTACTS = 'kommo GET /api/v4/contacts';
const COMPANIES = 'kommo GET /api/v4/companies';
const LEADS = 'kommo GET /api/v4/leads';
const USERS = 'kommo GET /api/v4/users';
const GET_CONTACTS = 'callgear POST get.contacts';

/** A page of contacts of one source, with these fields. */
function page(source: string, fields: string, first = 25): string {
  return `{ contacts(first: ${first}, sources: ["${source}"]) { nodes { id ... on Person { ${fields} } } } }`;
}

interface Nodes<Node> {
  readonly contacts: { readonly nodes: readonly Node[] };
}

describe('upstream calls of nested fields', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ environment: { REFERENCE_TTL_MS: '0' } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  async function costOf(document: string, variables: Record<string, unknown> = {}): Promise<Readonly<Record<string, number>>> {
    gateway.clearCalls();
    const { errors, extensions } = await gateway.query(document, variables);
    expect(errors).toEqual([]);
    const calls = gateway.calls();
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
    expect(extensions).toMatchObject({ cost: { calls: total } });
    return calls;
  }
  const withOf = () => gateway.requests('kommo').map(({ url }) => new URL(url, 'http://kommo').searchParams.get('with'));

  it('of 25 Kommo contacts with company, responsible and leads are 1 + 1 + 1 + 1', async () => {
    const leads = 'leads { nodes { name responsible { displayName } } }';
    const fields = `company { displayName } responsible { displayName group { name } } createdBy { email } ${leads}`;
    expect(await costOf(page('kommo', fields))).toEqual({ [CONTACTS]: 1, [COMPANIES]: 1, [LEADS]: 1, [USERS]: 1 });
  });

  it('are the same through edges, fragments, aliases and both kinds of contact', async () => {
    const document = `
      query { contacts(first: 25, sources: ["kommo"]) { edges { node { ...Seen } } nodes { ...Seen alias: leads(first: 3) { edges { node { price } } } } } }
      fragment Seen on Contact { leads { nodes { ...Deal } } responsible { displayName } ... on Person { firm: company { ...Firm } company { accountId } } ... on Company { personCount } }
      fragment Firm on Company { displayName url }
      fragment Deal on Lead { name }`;
    expect(await costOf(document)).toEqual({ [CONTACTS]: 1, [COMPANIES]: 1, [LEADS]: 1, [USERS]: 1 });
  });

  it('ask for each company and lead once', async () => {
    await costOf(page('kommo', 'company { displayName } leads { nodes { name } }', 90));
    for (const { url } of gateway.requests('kommo').slice(1)) {
      const ids = new URL(url, 'http://kommo').searchParams.getAll('filter[id][]');
      expect(ids.length).toBeGreaterThan(5);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it.each([
    ['', [null]],
    ['leads { totalCount }', ['leads']],
    ['leads @skip(if: true) { totalCount }', [null]],
    ['leads @include(if: false) { totalCount }', [null]],
    ['catalogElements { quantity element { idInSource catalogId } }', ['catalog_elements']],
    ['catalogElements { quantity } leads(first: 0) { totalCount }', ['leads,catalog_elements']],
  ])('tell Kommo to embed only what is selected: %j', async (fields, expected) => {
    expect(await costOf(page('kommo', `displayName ${fields}`))).toEqual({ [CONTACTS]: 1 });
    expect(withOf()).toEqual(expected);
  });

  it('heed variables in @skip and @include', async () => {
    const document =
      'query ($on: Boolean!) { contacts(first: 5, sources: ["kommo"]) { nodes { id leads @include(if: $on) { nodes { name } } tags @skip(if: $on) { name } } } }';
    expect(await costOf(document, { on: false })).toEqual({ [CONTACTS]: 1 });
    expect(withOf()).toEqual([null]);
    await costOf(document, { on: true });
    expect(withOf()[0]).toBe('leads');
  });

  it('of the names of list elements are one for each list', async () => {
    const calls = await costOf(page('kommo', 'catalogElements { element { name } }', 90));
    expect(calls).toEqual({ [CONTACTS]: 1, 'kommo GET /api/v4/catalogs/4521/elements': 1, 'kommo GET /api/v4/catalogs/4522/elements': 1 });
  });

  it('of what the row knows are none', async () => {
    const ids = 'company { __typename id idInSource source { name } } responsible { id } createdBy { id } updatedBy { id }';
    expect(await costOf(page('kommo', ids))).toEqual({ [CONTACTS]: 1 });
    const free = `${ids} company { displayName } responsible { displayName }`;
    expect(await costOf(page('callgear', `${free} groups { name }`))).toEqual({ [GET_CONTACTS]: 1 });
    const all = 'displayName jobTitle email avatarUrl profileUrl';
    const staff = `responsible { ${all} } createdBy { ${all} } access { members { ${all} } }`;
    expect(
      await costOf(page('onlyoffice', `${free} ${staff} tags { name } status { name } customFields { field { options { label } } }`)),
    ).toEqual({ [FILTER]: 1 });
  });

  it('of employees and organizations in CallGear are one for each', async () => {
    const calls = await costOf(page('callgear', 'company { displayName accountId } responsible { email }'));
    expect(calls).toEqual({ [GET_CONTACTS]: 1, 'callgear POST get.contact_organizations': 1, 'callgear POST get.employees': 1 });
  });

  it('of ONLYOFFICE companies are one for each that the page itself does not show', async () => {
    const { contacts } = await gateway.ask<Nodes<{ id: string; company: { id: string } | null }>>(page('onlyoffice', 'company { id }', 60));
    const shown = new Set(contacts.nodes.map(({ id }) => id));
    const named = new Set(contacts.nodes.flatMap(({ company }) => company?.id ?? []));
    const others = [...named].filter((id) => !shown.has(id));
    expect(named.size).toBeGreaterThan(others.length);
    const calls = await costOf(page('onlyoffice', 'company { about }', 60));
    const single = Object.entries(calls).filter(([route]) => /contact\/\d+$/.test(route));
    expect(single).toHaveLength(others.length);
    expect(single.every(([, count]) => count === 1)).toBe(true);
    expect(calls[FILTER]).toBe(Math.ceil(61 / 50));
  });

  it('of photos are one for each picture that is selected, and none else', async () => {
    const photo = 'onlyoffice GET /Products/CRM/HttpHandlers/filehandler.ashx';
    expect(await costOf(page('onlyoffice', 'displayName', 10))).toEqual({ [FILTER]: 1 });
    expect(await costOf('{ contacts(first: 10, sources: ["onlyoffice"]) { nodes { photo { smallUrl } } } }')).toEqual({
      [FILTER]: 1,
      [photo]: 10,
    });
    expect(await costOf('{ contacts(first: 10, sources: ["onlyoffice"]) { nodes { photo { smallUrl mediumUrl } } } }')).toEqual({
      [FILTER]: 1,
      [photo]: 20,
    });
  });

  it('of a contact read alone in ONLYOFFICE are one, and one more for its tags when these are selected', async () => {
    const contact = gateway.onlyoffice.visibleContacts().find(({ tags }) => tags.length > 1);
    const id = globalId('onlyoffice', 'contact', contact?.id ?? 0);
    const path = `onlyoffice GET /api/2.0/crm/contact/${contact?.id}`;
    expect(await costOf(`{ contact(id: "${id}") { displayName emails { value } status { name } } }`)).toEqual({ [path]: 1 });
    expect(await costOf(`{ contact(id: "${id}") { displayName tags { name } } }`)).toEqual({ [path]: 1, [`${path}/tag`]: 1 });
    expect(await costOf(`{ contact(id: "${id}") { displayName tags @skip(if: true) { name } } }`)).toEqual({ [path]: 1 });
  });

  it('of definitions are one look-up for all fields of a page', async () => {
    const calls = await costOf(page('kommo', 'customFields { field { position options { label } } value { __typename } }', 50));
    expect(calls).toEqual({ [CONTACTS]: 1, 'kommo GET /api/v4/contacts/custom_fields': 1, 'kommo GET /api/v4/companies/custom_fields': 1 });
    expect(await costOf(page('kommo', 'customFields { field { label type } text value { __typename } }', 50))).toEqual({ [CONTACTS]: 1 });
  });

  it('of sources, their capabilities and health are none', async () => {
    const fields =
      'id name displayName kind url capabilities { kinds deletableKinds canCount orderFields filterFields } health { status latencyMs quotas { window limit remaining resetsAt } error { code } }';
    expect(await costOf(`{ sources { ${fields} } source(name: "kommo") { ${fields} } }`)).toEqual({});
  });

  it('are shared by two lists of one operation', async () => {
    const list =
      'contacts(first: 5, sources: ["kommo"]) { nodes { ... on Person { responsible { displayName } company { displayName } } } }';
    expect(await costOf(`{ one: ${list} other: ${list} }`)).toEqual({ [CONTACTS]: 1, [COMPANIES]: 1, [USERS]: 1 });
  });

  it('by id are one for all contacts and one for all companies of a source', async () => {
    const { contacts, companies } = gateway.kommo.data;
    const ids = [
      ...contacts.slice(0, 30).map(({ id }) => ['contact', id] as const),
      ...companies.slice(0, 10).map(({ id }) => ['company', id] as const),
    ];
    const calls = await costOf('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact { displayName responsible { displayName } } } }', {
      ids: ids.map(([entity, id]) => globalId('kommo', entity, id)),
    });
    expect(calls).toEqual({ [CONTACTS]: 1, [COMPANIES]: 1, [USERS]: 1 });
  });
});

describe('leads of a contact', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway({ onlyoffice: null, callgear: null });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  interface Leads {
    readonly totalCount: number;
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly idInSource: string } | null }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  }
  const DOCUMENT = `query ($id: ID!, $first: Int, $after: String) {
    contact(id: $id) { leads(first: $first, after: $after) { totalCount edges { cursor node { idInSource } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }
  }`;
  const busiest = () => gateway.kommo.data.contacts.toSorted((one, other) => other.leadIds.length - one.leadIds.length)[0];
  const read = async (first?: number | null, after?: string | null): Promise<Leads> => {
    const { contact } = await gateway.ask<{ contact: { leads: Leads } }>(DOCUMENT, {
      id: globalId('kommo', 'contact', busiest()?.id ?? 0),
      first,
      after,
    });
    return contact.leads;
  };

  it('come in pages: ten when nothing is said, none for 0, the rest after a cursor', async () => {
    const ids = busiest()?.leadIds.map(String) ?? [];
    expect(ids.length).toBeGreaterThan(10);
    const first = await read();
    expect(first.edges.map(({ node }) => node?.idInSource)).toEqual(ids.slice(0, 10));
    expect(first).toMatchObject({
      totalCount: ids.length,
      pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: first.edges.at(-1)?.cursor },
    });
    const rest = await read(100, first.edges[3]?.cursor);
    expect(rest.edges.map(({ node }) => node?.idInSource)).toEqual(ids.slice(4));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await read(0)).toMatchObject({
      totalCount: ids.length,
      edges: [],
      pageInfo: { hasNextPage: true, startCursor: null, endCursor: null },
    });
  });

  it('are read only as far as the page goes', async () => {
    gateway.clearCalls();
    await read(3);
    const [, leads] = gateway.requests('kommo');
    expect(new URL(leads?.url ?? '', 'http://kommo').searchParams.getAll('filter[id][]')).toHaveLength(3);
  });

  it.each([
    [{ after: 'nonsense' }, 'INVALID_CURSOR'],
    [{ after: Buffer.from('lead:1').toString('base64url') }, 'INVALID_CURSOR'],
    [{ first: -1 }, 'BAD_USER_INPUT'],
    [{ first: 101 }, 'PAGE_LIMIT_EXCEEDED'],
  ])('refuse %j as %s, and the contact stays', async (variables, code) => {
    const document = DOCUMENT.replace('{ leads(', '{ displayName leads(');
    const { data, errors } = await gateway.query(document, { id: globalId('kommo', 'contact', busiest()?.id ?? 0), ...variables });
    expect(data).toEqual({ contact: { displayName: busiest()?.name, leads: null } });
    expect(errors).toMatchObject([{ path: ['contact', 'leads'], extensions: { code } }]);
  });

  it('that are gone are null without an error, and are counted', async () => {
    const row = gateway.kommo.data.contacts.find(({ leadIds }) => leadIds.includes(699_999));
    const document = 'query ($id: ID!) { contact(id: $id) { leads { totalCount nodes { name } } } }';
    const { data, errors } = await gateway.query<{ contact: { leads: { totalCount: number; nodes: unknown[] } } }>(document, {
      id: globalId('kommo', 'contact', row?.id ?? 0),
    });
    expect(errors).toEqual([]);
    expect(data?.contact.leads.totalCount).toBe(row?.leadIds.length);
    expect(data?.contact.leads.nodes[0]).toBeNull();
  });

  it('of a company that is gone: the person has none, without an error', async () => {
    const row = gateway.kommo.data.contacts.find(({ companyId }) => companyId === 699_999);
    const document = 'query ($id: ID!) { contact(id: $id) { displayName ... on Person { company { displayName } } } }';
    const { data, errors } = await gateway.query(document, { id: globalId('kommo', 'contact', row?.id ?? 0) });
    expect({ data, errors }).toEqual({ data: { contact: { displayName: row?.name, company: null } }, errors: [] });
  });
});
