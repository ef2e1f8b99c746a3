import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../support/gateway.ts';
import { contactOf, personsByContact, untilIndexed } from '../../support/identity/identities.ts';

interface Report {
  readonly source: { readonly name: string };
  readonly status: string;
  readonly isComplete: boolean;
  readonly asOf: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}
interface Matches {
  readonly isComplete: boolean;
  readonly hasMore: boolean;
  readonly nodes: readonly {
    readonly confidence: string;
    readonly contact: { readonly id: string; readonly displayName: string };
    readonly reasons: readonly { readonly kind: string; readonly value: string | null; readonly speaksFor: boolean }[];
  }[];
  readonly sourceReports: readonly Report[];
}
interface Page {
  readonly contacts: { readonly nodes: readonly { readonly id: string; readonly matches: Matches }[] };
}

const MATCHES = `matches(first: 25) {
  isComplete hasMore
  nodes { confidence contact { id displayName } reasons { kind value speaksFor } }
  sourceReports { source { name } status isComplete asOf error { code message } }
}`;
const PAGE = `{ contacts(first: 25) { nodes { id ${MATCHES} } } }`;
const WITHOUT = '{ contacts(first: 25) { nodes { id } } }';
const INDEXED = { CONTACT_INDEX: 'on', DEFAULT_COUNTRY: 'RU' };
/** So that a page of 25 has many who are in two or three CRMs. */
const POPULATION = { onlyoffice: 60, kommo: 60, callgear: 60 };

/** What the matches of a page cost beside the page itself. */
async function costOfMatches(gateway: TestGateway): Promise<Record<string, number>> {
  gateway.clearCalls();
  await gateway.ask(WITHOUT);
  const before = gateway.calls();
  gateway.clearCalls();
  await gateway.ask(PAGE);
  return Object.fromEntries(
    Object.entries(gateway.calls()).flatMap(([route, count]) =>
      count > (before[route] ?? 0) ? [[route, count - (before[route] ?? 0)]] : [],
    ),
  );
}

async function indexed(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ population: POPULATION, environment: INDEXED, ...options });
  await untilIndexed(gateway);
  return gateway;
}

describe('the matches of a page of 25, with a ready index', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await indexed();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('are of the same person, each with its reasons, and none of them is the contact itself', async () => {
    const persons = personsByContact(gateway);
    const { contacts } = await gateway.ask<Page>(PAGE);
    const matched = contacts.nodes.filter(({ matches }) => matches.nodes.length > 0);

    expect(matched.length).toBeGreaterThan(5);
    for (const { id, matches } of contacts.nodes) {
      for (const { contact, reasons, confidence } of matches.nodes) {
        expect(contact.id).not.toBe(id);
        expect(reasons.length).toBeGreaterThan(0);
        if (confidence === 'CERTAIN') expect(persons.get(contactOf(contact.id))).toBe(persons.get(contactOf(id)));
        for (const { kind, value } of reasons)
          if (kind === 'SAME_EMAIL' || kind === 'SAME_PHONE') expect(value).toEqual(expect.any(String));
      }
    }
  });

  test('cost Kommo and CallGear a call each, and ONLYOFFICE three at most', async () => {
    const cost = await costOfMatches(gateway);

    expect(cost['kommo GET /api/v4/contacts'] ?? 0).toBeLessThanOrEqual(1);
    expect(cost['callgear POST get.contacts'] ?? 0).toBeLessThanOrEqual(1);
    expect(cost['onlyoffice POST /api/2.0/batch'] ?? 0).toBeLessThanOrEqual(3);
    expect(
      Object.keys(cost).every((route) =>
        / (POST \/api\/2\.0\/batch|POST get\.contacts|GET \/api\/v4\/contacts|GET \/api\/2\.0\/crm\/contact\/\d+)$/.test(route),
      ),
    ).toBe(true);
  });

  test('say when each index was read, and are complete only where the source vouches for this moment', async () => {
    const { contacts } = await gateway.ask<Page>(PAGE);
    for (const { matches } of contacts.nodes) {
      expect(matches.sourceReports.map(({ source }) => source.name)).toEqual(['onlyoffice', 'kommo', 'callgear']);
      for (const { asOf } of matches.sourceReports) expect(asOf).toEqual(expect.any(String));
      expect(matches.isComplete).toBe(matches.sourceReports.every(({ isComplete }) => isComplete));
    }
  });
});

test('a portal that takes batches as JSON is found out by one call, and one that takes none is read one by one, ten at most', async () => {
  await using asJson = await indexed({ onlyoffice: { batch: 'json' } });
  await using without = await indexed({ onlyoffice: { batch: 'none' } });

  expect((await costOfMatches(asJson))['onlyoffice POST /api/2.0/batch']).toBe(2);
  expect((await costOfMatches(asJson))['onlyoffice POST /api/2.0/batch']).toBe(1);

  await costOfMatches(without);
  const cost = await costOfMatches(without);
  const singles = Object.entries(cost).filter(([route]) => /GET \/api\/2\.0\/crm\/contact\/\d+$/.test(route));
  expect(cost['onlyoffice POST /api/2.0/batch']).toBeUndefined();
  expect(singles.reduce((sum, [, count]) => sum + count, 0)).toBeLessThanOrEqual(10);
});

/** Contacts of one CRM whose people are in another one too. */
function inBoth(gateway: TestGateway, one: string, other: string): readonly string[] {
  const contacts = Map.groupBy(personsByContact(gateway), ([, person]) => person);
  return [...contacts.values()].flatMap((same) => {
    const known = same.map(([contact]) => contact.split(' '));
    const mine = known.find(([source]) => source === one);
    if (mine === undefined || !known.some(([source]) => source === other)) return [];
    return [encodeSourceId({ source: one, entity: 'contact', idInSource: mine[1] ?? '' })];
  });
}

const OF_NODES = (matches: string) => `query ($ids: [ID!]!, $more: [ID!]!) {
  first: nodes(ids: $ids) { ... on Contact { id ${matches} } }
  second: nodes(ids: $more) { ... on Contact { id ${matches} } }
}`;

test('more than 100 distinct matches in Kommo are one call more, and none in CallGear', async () => {
  await using gateway = await indexed({
    population: { onlyoffice: 400, kommo: 400, callgear: 400 },
    environment: { ...INDEXED, CALL_BUDGET: '1000', REPLY_BUDGET: '100000000', VALUE_BUDGET: '1000000' },
  });
  const ids = inBoth(gateway, 'onlyoffice', 'kommo').slice(0, 200);
  const variables = { ids: ids.slice(0, 100), more: ids.slice(100) };
  gateway.clearCalls();
  await gateway.ask(OF_NODES(''), variables);
  const before = gateway.calls();
  gateway.clearCalls();
  const found = await gateway.ask<Record<'first' | 'second', readonly { readonly matches: Matches }[]>>(OF_NODES(MATCHES), variables);
  const calls = gateway.calls();
  const distinct = new Set([...found.first, ...found.second].flatMap(({ matches }) => matches.nodes.map(({ contact }) => contact.id)));
  const ofKommo = [...distinct].filter((id) => contactOf(id).startsWith('kommo '));

  expect(ofKommo.length).toBeGreaterThan(100);
  expect(calls['kommo GET /api/v4/contacts']).toBe(Math.ceil(ofKommo.length / 100));
  expect((calls['callgear POST get.contacts'] ?? 0) - (before['callgear POST get.contacts'] ?? 0)).toBe(1);
});

test('matches beyond ten that a portal reads one by one are PARTIAL, and say so', async () => {
  await using gateway = await indexed({ onlyoffice: { batch: 'none' } });
  const ids = inBoth(gateway, 'callgear', 'onlyoffice');
  expect(ids.length).toBeGreaterThan(10);
  gateway.clearCalls();

  const { first } = await gateway.ask<Record<'first', readonly { readonly matches: Matches }[]>>(OF_NODES(MATCHES), {
    ids: ids.slice(0, 100),
    more: [],
  });

  const singles = Object.entries(gateway.calls()).filter(([route]) => /GET \/api\/2\.0\/crm\/contact\/\d+$/.test(route));
  expect(singles.reduce((sum, [, count]) => sum + count, 0)).toBe(10);
  const reports = first.flatMap(({ matches }) => matches.sourceReports).filter(({ source }) => source.name === 'onlyoffice');
  const partial = reports.filter(({ status }) => status === 'PARTIAL');
  expect(partial.length).toBeGreaterThan(0);
  expect(partial.every(({ error, isComplete }) => error?.code === 'COST_EXCEEDED' && !isComplete)).toBe(true);
});

test('without an index each source is searched by ten calls at most, and says what it did not search', async () => {
  await using gateway = await startTestGateway({ population: POPULATION, environment: { DEFAULT_COUNTRY: 'RU' } });
  const persons = personsByContact(gateway);

  const { contacts } = await gateway.ask<Page>(PAGE);
  const found = contacts.nodes.flatMap(({ id, matches }) => matches.nodes.map(({ contact }) => [id, contact.id] as const));
  expect(found.length).toBeGreaterThan(0);
  const right = found.filter(([one, other]) => persons.get(contactOf(one)) === persons.get(contactOf(other)));
  expect(right.length / found.length).toBeGreaterThan(0.9);
  const reports = contacts.nodes.flatMap(({ matches }) => matches.sourceReports);
  const partial = reports.filter(({ status }) => status === 'PARTIAL');
  expect(partial.some(({ source }) => source.name === 'kommo')).toBe(true);
  for (const { error, isComplete } of partial) {
    expect(error?.code).toBe('COST_EXCEEDED');
    expect(error?.message).toContain('CONTACT_INDEX');
    expect(isComplete).toBe(false);
  }
  for (const { matches } of contacts.nodes) expect(matches.isComplete).toBe(false);
});

test.each(['onlyoffice', 'kommo', 'callgear'] as const)(
  'with %s down nothing is said to be complete, and the other sources match',
  async (name) => {
    await using gateway = await startTestGateway({ population: POPULATION });
    const down = gateway[name];
    const others = (['onlyoffice', 'kommo', 'callgear'] as const).filter((other) => other !== name);
    const { contacts } = await gateway.ask<Page>(
      'query ($sources: [String!]) { contacts(first: 25, sources: $sources) { nodes { id } } }',
      {
        sources: others,
      },
    );
    down.setFaults([{ route: '*', effect: { kind: 'respond', status: 500, contentType: 'text/html', body: 'down' } }]);

    for (const { id } of contacts.nodes.slice(0, 5)) {
      const { contact } = await gateway.ask<{ contact: { matches: Matches } }>(`query ($id: ID!) { contact(id: $id) { ${MATCHES} } }`, {
        id,
      });
      const report = contact.matches.sourceReports.find(({ source }) => source.name === name);
      // Who has no phone and no e-mail address is looked for nowhere.
      if (report?.error === null) continue;
      expect(report?.status).toBe('FAILED');
      expect(contact.matches.isComplete).toBe(false);
    }
  },
);

test.each([
  ['matches(first: 26) { hasMore }', 'PAGE_LIMIT_EXCEEDED'],
  ['matches(first: -1) { hasMore }', 'BAD_USER_INPUT'],
  ['matches(sources: ["nobody"]) { hasMore }', 'BAD_USER_INPUT'],
])('%s is refused with %s', async (field, code) => {
  await using gateway = await startTestGateway({ population: POPULATION });
  const { errors } = await gateway.query(`{ contacts(first: 1) { nodes { ${field} } } }`);

  expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual([code]);
});
