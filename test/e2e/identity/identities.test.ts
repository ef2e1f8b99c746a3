import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { createIdentityKit } from '../../../src/federation/identity/identity-kit.ts';
import { createSources, startIndexes } from '../../../src/sources.ts';
import { startGateway } from '../../../src/server/server.ts';
import { createTestLog } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { contactOf, findDuplicates, personsByContact, untilIndexed } from '../../support/identity/identities.ts';

const INDEXED = { CONTACT_INDEX: 'on', DEFAULT_COUNTRY: 'RU' };
const POPULATION = { seed: 3, onlyoffice: 80, kommo: 80, callgear: 80, identityCases: 70 };
const IDENTITY = `id cutLinks isComplete
  members { confidence contact { id displayName source { name } } reasons { kind } }
  golden { displayName { value rule from { id } } phones { value isShared from { id } } emails { value } knownSince }
  conflicts { field values { value from { id } } }`;

interface Identity {
  readonly id: string;
  readonly cutLinks: number;
  readonly members: readonly {
    readonly contact: { readonly id: string; readonly displayName: string; readonly source: { readonly name: string } };
  }[];
  readonly golden: {
    readonly displayName: { readonly value: string; readonly rule: string; readonly from: readonly { readonly id: string }[] } | null;
    readonly phones: readonly { readonly value: string; readonly isShared: boolean }[];
  };
  readonly conflicts: readonly { readonly field: string; readonly values: readonly { readonly value: string }[] }[];
}
interface IdentityPage {
  readonly identities: {
    readonly nodes: readonly Identity[];
    readonly totalCount: number | null;
    readonly isComplete: boolean;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly sourceReports: readonly { readonly status: string; readonly error: { readonly code: string } | null }[];
  };
}

const LIST = `query ($first: Int, $after: String, $filter: IdentitiesFilter, $sources: [String!]) {
  identities(first: $first, after: $after, filter: $filter, sources: $sources) {
    nodes { ${IDENTITY} } totalCount isComplete pageInfo { hasNextPage endCursor } sourceReports { status error { code } }
  }
}`;
const ids = (identity: Identity) => identity.members.map(({ contact }) => contact.id).sort();

describe('persons', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    // A second gateway, which knows nothing of the calls of the first one, reads from it too.
    gateway = await startTestGateway({
      population: POPULATION,
      environment: INDEXED,
      kommo: { rateLimit: { requestsPerSecondMax: 1_000 } },
    });
    await untilIndexed(gateway);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('come each once, whatever the size of the pages, as many as are counted', async () => {
    const all = await findDuplicates(gateway);
    const { identities } = await gateway.ask<IdentityPage>(LIST, { first: 0 });
    const inPages: string[][] = [];
    for (let after: string | null = null, pages = 0; pages < 200; pages += 1) {
      const page: IdentityPage = await gateway.ask<IdentityPage>(LIST, { first: 7, after });
      inPages.push(...page.identities.nodes.map(ids));
      if (!page.identities.pageInfo.hasNextPage) break;
      after = page.identities.pageInfo.endCursor;
    }
    const texts = (list: readonly (readonly string[])[]) => list.map((members) => members.toSorted().join()).sort();

    expect(identities.totalCount).toBe(all.length);
    expect(texts(inPages)).toEqual(texts(all));
    expect(new Set(all.flat()).size).toBe(all.flat().length);
  });

  test('are the same from each of their members, and by their own id', async () => {
    const { identities } = await gateway.ask<IdentityPage>(LIST, { first: 10 });
    expect(identities.nodes.length).toBe(10);
    for (const identity of identities.nodes) {
      for (const id of [identity.id, ...ids(identity)]) {
        const found = await gateway.ask<{ identity: Identity }>(`query ($id: ID!) { identity(id: $id) { ${IDENTITY} } }`, { id });
        expect(ids(found.identity)).toEqual(ids(identity));
        expect(found.identity.id).toBe(identity.id);
      }
    }
  });

  test('cost the reading of their members and nothing else', async () => {
    gateway.clearCalls();
    await gateway.ask(LIST, { first: 25 });
    const routes = gateway.calls();

    expect(routes['kommo GET /api/v4/contacts'] ?? 0).toBeLessThanOrEqual(1);
    expect(routes['callgear POST get.contacts'] ?? 0).toBeLessThanOrEqual(1);
    expect(routes['onlyoffice POST /api/2.0/batch'] ?? 0).toBeLessThanOrEqual(3);
    expect(Object.values(routes).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(6);
  });

  test('inside one CRM and across CRMs are listed apart', async () => {
    const within = await gateway.ask<IdentityPage>(LIST, { first: 100, filter: { scope: 'WITHIN_ONE_SOURCE' } });
    const across = await gateway.ask<IdentityPage>(LIST, { first: 100, filter: { scope: 'ACROSS_SOURCES' } });
    const namesOf = (identity: Identity) => identity.members.map(({ contact }) => contact.source.name);

    for (const identity of within.identities.nodes) expect(new Set(namesOf(identity)).size).toBeLessThan(identity.members.length);
    for (const identity of across.identities.nodes) expect(new Set(namesOf(identity)).size).toBeGreaterThan(1);
    expect(across.identities.nodes.length).toBeGreaterThan(10);
  });

  test('have golden records in which every value is that of a member', async () => {
    const { identities } = await gateway.ask<IdentityPage>(LIST, { first: 50 });
    for (const { golden, members } of identities.nodes) {
      const names = members.map(({ contact }) => contact.displayName);
      if (golden.displayName !== null) expect(names).toContain(golden.displayName.value);
    }
    expect(identities.nodes.some(({ conflicts }) => conflicts.length > 0)).toBe(true);
  });

  test('are read on after the index was built anew, by another process with another secret', async () => {
    const first = await gateway.ask<IdentityPage>(LIST, { first: 10 });
    const rest: string[][] = [];
    const log = createTestLog();
    const identityKit = createIdentityKit({ ...gateway.settings, stateKey: 'k'.repeat(32) });
    const sources = createSources(gateway.settings, log, { identityKit });
    const stop = startIndexes(sources);
    const other = await startGateway({
      settings: gateway.settings,
      log,
      auditLog: { attempt: async () => undefined, outcome: () => undefined },
      sources,
      identityKit,
      drainMs: 0,
    });
    try {
      const ask = async (variables: object) => {
        const response = await fetch(other.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: LIST, variables }),
        });
        return ((await response.json()) as { data: IdentityPage }).data.identities;
      };
      await eventually(async () => expect((await ask({ first: 0 })).totalCount).not.toBeNull());
      for (let after = first.identities.pageInfo.endCursor, pages = 0; pages < 100; pages += 1) {
        const page = await ask({ first: 20, after });
        rest.push(...page.nodes.map(ids));
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
      }
    } finally {
      stop();
      await other.close();
    }
    const texts = [...first.identities.nodes.map(ids), ...rest].map((members) => members.join());

    expect(texts.toSorted()).toEqual((await findDuplicates(gateway)).map((members) => members.toSorted().join()).sort());
  });

  test.each([
    [{ filter: { minConfidence: 'POSSIBLE' } }, 'BAD_USER_INPUT'],
    [{ filter: { minMembers: 0 } }, 'BAD_USER_INPUT'],
    [{ after: 'nonsense' }, 'INVALID_CURSOR'],
    [{ first: 101 }, 'PAGE_LIMIT_EXCEEDED'],
  ])('%j is refused with %s', async (variables, code) => {
    const { errors } = await gateway.query(LIST, variables);
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
  });

  test('that nobody has are null, and what is no id is refused', async () => {
    const query = 'query ($id: ID!) { identity(id: $id) { id } }';
    const nobody = encodeSourceId({ source: 'kommo', entity: 'contact', idInSource: '999999999' });

    expect((await gateway.query(query, { id: nobody })).data).toEqual({ identity: null });
    expect((await gateway.query(query, { id: 'nonsense' })).errors[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });
});

test('without an index every source is SKIPPED with INDEX_MISSING, and a person is found all the same', async () => {
  await using gateway = await startTestGateway({ population: POPULATION, environment: { DEFAULT_COUNTRY: 'RU' } });
  const persons = personsByContact(gateway);
  const { identities } = await gateway.ask<IdentityPage>(LIST, {});
  expect(identities).toMatchObject({ nodes: [], totalCount: null, isComplete: false, pageInfo: { hasNextPage: false } });
  expect(identities.sourceReports.map(({ status, error }) => [status, error?.code])).toEqual(
    Array.from({ length: 3 }, () => ['SKIPPED', 'INDEX_MISSING']),
  );

  const twice = [...Map.groupBy(persons.keys(), (contact) => persons.get(contact)).values()].find((contacts) => contacts.length === 3);
  const [source = '', idInSource = ''] = (twice?.[0] ?? '').split(' ');
  const id = encodeSourceId({ source, entity: 'contact', idInSource });
  const { identity } = await gateway.ask<{ identity: Identity }>(`query ($id: ID!) { identity(id: $id) { ${IDENTITY} } }`, { id });
  const found = identity.members.map(({ contact }) => persons.get(contactOf(contact.id)));
  expect(new Set(found).size).toBe(1);
  expect(found.length).toBeGreaterThan(1);
});
