import { describe, expect, it } from 'vitest';
import { startTestGateway } from '../../support/gateway.ts';
import { globalId } from '../fields/every-field.ts';

const USERS = 'kommo GET /api/v4/users';

interface Answer {
  readonly contacts: {
    readonly isComplete: boolean;
    readonly nodes: readonly {
      readonly id: string;
      readonly displayName: string;
      readonly responsible: { readonly id: string; readonly displayName: string | null } | null;
    }[];
    readonly sourceReports: readonly {
      readonly source: { readonly name: string };
      readonly status: string;
      readonly error: { readonly code: string; readonly message: string } | null;
    }[];
  };
}

const PEOPLE = `{ contacts(first: 25, sources: ["kommo", "callgear"]) {
  isComplete
  nodes { id displayName responsible { id displayName email group { id } } createdBy { displayName } ... on Person { company { displayName } } }
  sourceReports { source { name } status error { code message } }
} }`;

describe('Kommo without admin rights', () => {
  const options = { onlyoffice: null, kommo: { isAdmin: false }, population: { kommo: 60, callgear: 1 } } as const;

  it('shows users by id and without a name, with not one error; the report and health say why', async () => {
    await using gateway = await startTestGateway(options);
    const { data, errors } = await gateway.query<Answer>(PEOPLE);
    expect(errors).toEqual([]);
    const kommo = data?.contacts.nodes.filter(({ responsible }) => responsible !== null) ?? [];
    expect(kommo.length).toBeGreaterThan(20);
    const byId = new Map(gateway.kommo.data.contacts.map((row) => [globalId('kommo', 'contact', row.id), row]));
    for (const node of kommo) {
      const row = byId.get(node.id);
      if (row === undefined) continue;
      expect(node.responsible).toMatchObject({ id: globalId('kommo', 'user', row.responsible_user_id), displayName: null, email: null });
    }
    expect(data?.contacts.sourceReports).toMatchObject([
      { source: { name: 'kommo' }, status: 'PARTIAL', error: { code: 'FORBIDDEN' } },
      { source: { name: 'callgear' }, status: 'OK', error: null },
    ]);
    expect(data?.contacts.nodes).toHaveLength(25);
    const { source } = await gateway.ask<{ source: unknown }>('{ source(name: "kommo") { health { status error { code message } } } }');
    expect(source).toMatchObject({ health: { error: { code: 'FORBIDDEN' } } });
  });

  it('asks for the users once, not again for each page or request', async () => {
    await using gateway = await startTestGateway(options);
    for (let request = 0; request < 3; request += 1) await gateway.query(PEOPLE);
    expect(gateway.calls()[USERS]).toBe(1);
  });

  it('asks for no users, and reports nothing, when only their ids are selected', async () => {
    await using gateway = await startTestGateway(options);
    const document =
      '{ contacts(first: 25, sources: ["kommo"]) { isComplete nodes { responsible { id } createdBy { id } } sourceReports { status error { code } } } }';
    const { contacts } = await gateway.ask<Answer>(document);
    expect(contacts.sourceReports).toEqual([{ status: 'OK', error: null }]);
    expect(contacts.isComplete).toBe(true);
    expect(gateway.calls()[USERS]).toBeUndefined();
  });

  it('has no list of users to offer: null, with one error that says so', async () => {
    await using gateway = await startTestGateway(options);
    const { data, errors } = await gateway.query('{ source(name: "kommo") { name users { id } tags { name } } }');
    expect(data).toMatchObject({ source: { name: 'kommo', users: null, tags: expect.any(Array) } });
    expect(errors).toMatchObject([{ path: ['source', 'users'], extensions: { code: 'FORBIDDEN', source: 'kommo' } }]);
  });

  it('makes no error of a single contact either', async () => {
    await using gateway = await startTestGateway(options);
    const row = gateway.kommo.data.contacts.find(({ isTrashed, created_by }) => !isTrashed && created_by !== 0);
    const document = 'query ($id: ID!) { contact(id: $id) { responsible { id displayName } createdBy { id email } } }';
    const { data, errors } = await gateway.query(document, { id: globalId('kommo', 'contact', row?.id ?? 0) });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      contact: {
        responsible: { id: globalId('kommo', 'user', row?.responsible_user_id ?? 0), displayName: null },
        createdBy: { id: globalId('kommo', 'user', row?.created_by ?? 0), email: null },
      },
    });
  });
});

describe('CallGear without the right to read employees', () => {
  it('shows managers by the name on the row, without e-mail and without an error', async () => {
    await using gateway = await startTestGateway({
      onlyoffice: null,
      kommo: null,
      callgear: { forbiddenMethods: ['get.employees'] },
      population: { callgear: 30 },
    });
    const { data, errors } = await gateway.query<Answer>(
      '{ contacts { nodes { responsible { id displayName email } } sourceReports { status error { code } } } }',
    );
    expect(errors).toEqual([]);
    const managed = data?.contacts.nodes.filter(({ responsible }) => responsible !== null) ?? [];
    expect(managed.length).toBeGreaterThan(5);
    expect(managed.filter(({ responsible }) => responsible?.displayName !== null).length).toBeGreaterThan(5);
    for (const { responsible } of managed) expect(responsible).toMatchObject({ email: null });
  });
});

describe('a nested read that fails', () => {
  it.each([
    ['companies', { status: 500, body: 'nginx' }, 'UNAVAILABLE'],
    ['companies', { status: 401, body: '{"status":401}' }, 'UNAUTHENTICATED'],
    ['companies', { status: 200, body: '<html>' }, 'BAD_RESPONSE'],
  ])('of %s with %j leaves the contacts whole, and tells it at each company as %s', async (path, reply, code) => {
    await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 60 } });
    gateway.kommo.setFaults([{ route: `GET /api/v4/${path}`, effect: { kind: 'respond', ...reply } }]);
    const { data, errors } = await gateway.query<{ contacts: { nodes: { displayName: string; company: unknown }[] } }>(
      '{ contacts(first: 25) { nodes { displayName ... on Person { company { displayName } } } } }',
    );
    expect(data?.contacts.nodes).toHaveLength(25);
    expect(data?.contacts.nodes.every(({ displayName, company }) => displayName !== '' && company === null)).toBe(true);
    expect(errors.length).toBeGreaterThan(0);
    for (const { path: place, extensions, message } of errors) {
      expect(place).toEqual(['contacts', 'nodes', expect.any(Number), 'company']);
      expect(extensions).toMatchObject({ code, source: 'kommo' });
      expect(message).not.toMatch(/nginx|html|127\.0\.0\.1/);
    }
  });

  it('of leads leaves their number and cursors, which the row tells', async () => {
    await using gateway = await startTestGateway({ onlyoffice: null, callgear: null, population: { kommo: 60 } });
    gateway.kommo.setFaults([{ route: 'GET /api/v4/leads', effect: { kind: 'respond', status: 401, body: '{}' } }]);
    const row = gateway.kommo.data.contacts.find(({ leadIds, isTrashed }) => leadIds.length > 1 && !isTrashed);
    const document = 'query ($id: ID!) { contact(id: $id) { leads { totalCount edges { cursor node { name } } } } }';
    const { data, errors } = await gateway.query(document, { id: globalId('kommo', 'contact', row?.id ?? 0) });
    const edges = row?.leadIds.map(() => ({ cursor: expect.any(String), node: null }));
    expect(data).toEqual({ contact: { leads: { totalCount: row?.leadIds.length, edges } } });
    expect(errors.map(({ path }) => path)).toEqual(row?.leadIds.map((_id, index) => ['contact', 'leads', 'edges', index, 'node']));
  });

  it('of ONLYOFFICE tags leaves the contact: its tags alone are null', async () => {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 10 } });
    const contact = gateway.onlyoffice.visibleContacts().find(({ tags }) => tags.length > 0);
    gateway.onlyoffice.setFaults([
      { route: `GET /api/2.0/crm/contact/${contact?.id}/tag`, effect: { kind: 'respond', status: 500, body: 'Runtime Error' } },
    ]);
    const { data, errors } = await gateway.query(
      `{ node(id: "${globalId('onlyoffice', 'contact', contact?.id ?? 0)}") { id ... on Contact { idInSource tags { name } } } }`,
    );
    expect(data).toMatchObject({ node: { idInSource: String(contact?.id), tags: null } });
    expect(errors).toMatchObject([{ path: ['node', 'tags'], extensions: { code: 'UNAVAILABLE', source: 'onlyoffice' } }]);
  });

  it('of one ONLYOFFICE company spares the others', async () => {
    await using gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 60 } });
    const persons = gateway.onlyoffice.visibleContacts().filter(({ companyId }) => companyId !== 0);
    const spoilt = persons[0]?.companyId;
    const ids = persons.slice(0, 12).map(({ id }) => globalId('onlyoffice', 'contact', id));
    gateway.onlyoffice.setFaults([
      { route: `GET /api/2.0/crm/contact/${spoilt}`, effect: { kind: 'respond', status: 200, body: '{"response":[]}' } },
    ]);
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { company { idInSource industry personCount } } } }';
    const { data, errors } = await gateway.query<{ nodes: { company: { idInSource: string } | null }[] }>(document, { ids });
    expect(data?.nodes.map(({ company }) => company?.idInSource ?? null)).toEqual(
      persons.slice(0, 12).map(({ companyId }) => (companyId === spoilt ? null : String(companyId))),
    );
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(
      persons
        .slice(0, 12)
        .filter(({ companyId }) => companyId === spoilt)
        .map(() => 'BAD_RESPONSE'),
    );
  });

  it('for want of budget is COST_EXCEEDED where it is wanted; the list itself is there', async () => {
    await using gateway = await startTestGateway({
      kommo: null,
      callgear: null,
      population: { onlyoffice: 60 },
      environment: { CALL_BUDGET: '5' },
    });
    const { data, errors, extensions } = await gateway.query<{
      contacts: { nodes: { displayName: string; photo: { smallUrl: string | null } | null }[] };
    }>('{ contacts(first: 25) { nodes { displayName photo { smallUrl } } } }');
    expect(data?.contacts.nodes).toHaveLength(25);
    expect(errors.length).toBe(25 - 4);
    for (const error of errors) expect(error).toMatchObject({ extensions: { code: 'COST_EXCEEDED' } });
    expect(extensions).toMatchObject({ cost: { calls: 5, limit: 5 } });
    expect(gateway.requests('onlyoffice')).toHaveLength(5);
  });

  it('where filters are ignored is made good by single reads', async () => {
    await using gateway = await startTestGateway({
      onlyoffice: null,
      callgear: null,
      kommo: { isApiFilterEnabled: false },
      population: { kommo: 40 },
    });
    const { data, errors } = await gateway.query<{
      contacts: { nodes: { idInSource: string; company: { idInSource: string; displayName: string } | null }[] };
    }>('{ contacts(first: 25) { nodes { idInSource ... on Person { company { idInSource displayName } } } } }');
    expect(errors).toEqual([]);
    const { contacts, companies } = gateway.kommo.data;
    const seen = data?.contacts.nodes ?? [];
    expect(seen.filter(({ company }) => company !== null).length).toBeGreaterThan(5);
    for (const { idInSource, company } of seen) {
      const row = contacts.find(({ id }) => String(id) === idInSource);
      const stored = companies.find(({ id, isTrashed }) => id === row?.companyId && !isTrashed);
      expect(company?.displayName ?? null).toBe(stored?.name.replace('&amp;', '&') ?? null);
    }
  });
});
