import { buildClientSchema, getIntrospectionQuery, printSchema, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';
import { sendRaw } from '../../support/http/raw-http.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ population: { onlyoffice: 30, kommo: 30, callgear: 30 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const times = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');
const nested = (depth: number) => `{ contacts { ${'nodes { company { '.repeat(depth)} id ${'} }'.repeat(depth)} } }`;
const ALL_OPTIONS = {
  descriptions: true,
  schemaDescription: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  inputValueDeprecation: true,
  experimentalDirectiveDeprecation: true,
  oneOf: true,
};
const USELESS = '@include(if: true)';

/** Spreads that lead nowhere, twice as many at each step. */
const doubling = (steps: number) =>
  `{ ...f0 } ${times(steps, (index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`)} fragment f${steps} on Query { ...f0 }`;

describe('over a limit: a code of its own, the limit in the message, and no call', () => {
  test.each<[string, string, string, string]>([
    ['tokens', `{ ${times(2_000, () => '__typename')} }`, 'TOKEN_LIMIT_EXCEEDED', '2000'],
    ['depth', nested(6), 'DEPTH_LIMIT_EXCEEDED', '12'],
    [
      'depth through fragments',
      '{ contacts { ...a } } fragment a on ContactConnection { nodes { company { ...b } } } ' +
        `fragment b on Company { ${'responsible { group { '.repeat(5)} id ${'} }'.repeat(5)} }`,
      'DEPTH_LIMIT_EXCEEDED',
      '12',
    ],
    ['aliases', `{ ${times(31, (index) => `a${index}: __typename`)} }`, 'ALIAS_LIMIT_EXCEEDED', '30'],
    [
      'aliases through fragments',
      `{ ${times(16, () => '...f')} } fragment f on Query { a: __typename b: __typename }`,
      'ALIAS_LIMIT_EXCEEDED',
      '30',
    ],
    ['directives at one place', `{ __typename ${USELESS.repeat(6)} }`, 'DIRECTIVE_LIMIT_EXCEEDED', '5 at one place'],
    ['unknown directives', `{ __typename ${'@aa'.repeat(10)} }`, 'DIRECTIVE_LIMIT_EXCEEDED', '5 at one place'],
    [
      'directives',
      `{ ${times(11, (index) => `contacts(first: ${index}) ${USELESS.repeat(5)} { totalCount }`)} }`,
      'DIRECTIVE_LIMIT_EXCEEDED',
      '50',
    ],
    ['one field again and again', `{ ${times(500, () => '__typename')} }`, 'FIELD_LIMIT_EXCEEDED', '20 times'],
    ['fields', `{ ${times(501, () => '...f')} } fragment f on Query { __typename }`, 'FIELD_LIMIT_EXCEEDED', '1000'],
    ['fragments that hold nothing but each other', doubling(100), 'FIELD_LIMIT_EXCEEDED', '1000'],
  ])('%s', async (_limit, document, code, limit) => {
    gateway.clearCalls();
    const { errors, data, extensions, status } = await gateway.query(document, {}, { accept: 'application/graphql-response+json' });

    expect(errors).toMatchObject([{ extensions: { code }, message: expect.stringContaining(limit) }]);
    expect([status, data, extensions]).toEqual([400, undefined, { cost: { calls: 0, limit: 100, values: 0, valueLimit: 50_000 } }]);
    expect(gateway.calls()).toEqual({});
  });

  test.each(['contacts(first: 101) { totalCount }', 'contacts(first: 1) { nodes { leads(first: 1000) { totalCount } } }'])(
    'page size: %s',
    async (field) => {
      const { errors } = await gateway.query(`{ ${field} }`);

      expect(errors[0]).toMatchObject({ extensions: { code: 'PAGE_LIMIT_EXCEEDED' }, message: expect.stringContaining('0 to 100') });
    },
  );

  test('a fragment in circles is refused', async () => {
    const { errors } = await gateway.query('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }');

    expect(errors[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' }, message: expect.stringContaining('itself') });
  });
});

describe('errors of a hostile document', () => {
  const spaces = ' '.repeat(50_000);
  let production: TestGateway;
  beforeAll(async () => {
    production = await startTestGateway({
      kommo: null,
      callgear: null,
      population: { onlyoffice: 5 },
      environment: { NODE_ENV: 'production', API_KEYS },
    });
  });
  afterAll(() => production[Symbol.asyncDispose]());

  test.each<[string, string, object]>([
    ['a long value', `{ contacts(first: "${spaces}") { nodes { id } } }`, {}],
    [
      'many unknown members with a long one',
      `{ contacts(filter: { ${times(40, (index) => `fir${index}: 1`)} search: "${spaces}" }) { totalCount } }`,
      {},
    ],
    ['many unknown fields', `{ ${times(60, (index) => `contact${index}`)} }`, {}],
    ['a name of unusual length', `{ ${'x'.repeat(60_000)} }`, {}],
    ['a fault of syntax at a long text', `{ contacts "${spaces}" }`, {}],
    [
      'variables with many faults',
      'query ($f: ContactFilter) { contacts(filter: $f) { totalCount } }',
      { f: { ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`fir${index}`, 1])), search: spaces } },
    ],
    ['a variable of the wrong type', 'query ($n: Int) { contacts(first: $n) { totalCount } }', { n: spaces }],
    ['the words of a suggestion', `{ contacts(first: "${'Did you mean '.repeat(4_000)}") { totalCount } }`, {}],
  ])('are few and short: %s', async (_what, document, variables) => {
    for (const [asked, headers] of [
      [gateway, {}],
      [production, bearer(KEYS.reader)],
    ] as const) {
      const { data, errors } = await asked.query(document, variables as Record<string, unknown>, headers);

      expect(data ?? null).toBeNull();
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(25);
      for (const { message, extensions } of errors) {
        expect(message.length).toBeLessThanOrEqual(500);
        expect(extensions?.['code']).toMatch(/^(BAD_USER_INPUT|GRAPHQL_(PARSE|VALIDATION)_FAILED)$/);
      }
      if (asked === production) expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
    }
  });

  test('of single fields are shown all, as each explains a null', async () => {
    const { data, errors } = await gateway.query<{ a0: null }>(`{ ${times(30, (index) => `a${index}: contact(id: "x") { id }`)} }`);

    expect(Object.values(data ?? {})).toEqual(Array(30).fill(null));
    expect(errors.map(({ path }) => path?.[0])).toEqual(Array.from({ length: 30 }, (_, index) => `a${index}`));
  });
});

describe('within the limits', () => {
  const asOldTools = getIntrospectionQuery({ descriptions: true }).replaceAll('args(includeDeprecated: true)', 'args');
  test.each([
    ['of GraphiQL and code generators', getIntrospectionQuery(ALL_OPTIONS)],
    ['of older tools', asOldTools],
  ])('the introspection %s gives the whole schema', async (_tool, document) => {
    const introspection = await gateway.ask<IntrospectionQuery>(document);

    expect(printSchema(buildClientSchema(introspection))).toContain('type ContactConnection');
  });

  test('20 fields of one name, 30 aliases, a directive and the deepest nested data run', async () => {
    const deepest = '{ contacts { edges { node { leads { edges { node { responsible { group { name } } } } } } } } }';
    const documents = [
      `{ ${times(20, () => '__typename')} ${times(30, (index) => `a${index}: __typename`)} }`,
      `{ contacts(first: 1) { totalCount ${USELESS} } }`,
      deepest,
    ];

    for (const document of documents) expect((await gateway.query(document)).errors).toEqual([]);
  });
});

describe('what is sent along with a document', () => {
  const QUERY = 'query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount } }';
  const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`;
  const manyMembers = JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1])));

  test.each([
    ['members within members', deep(15_000, '{"a":', '}')],
    ['lists within lists', deep(40_000, '[', ']')],
    ['just too deep', deep(20, '[', ']')],
    ['many members', manyMembers],
    ['many items', `[${Array(2_000).fill('1').join()}]`],
  ])('is refused when it is too much, without a call: %s', async (_what, filter) => {
    gateway.clearCalls();
    for (const place of ['variables', 'extensions']) {
      const body = `{"query":${JSON.stringify(QUERY)},"${place}":{"filter":${filter}}}`;
      const { status, text } = await sendRaw(gateway.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({
        errors: [{ message: expect.stringContaining('2000 values, 20 levels'), extensions: { code: 'VARIABLE_LIMIT_EXCEEDED' } }],
      });
    }
    expect(gateway.calls()).toEqual({});
  });

  test('is refused when it is too much in a GET as well', async () => {
    const parameters = new URLSearchParams({ query: QUERY, variables: `{"filter":${deep(2_000, '[', ']')}}` });
    const { text } = await sendRaw(`${gateway.url}?${parameters}`, { headers: { accept: 'application/json' } });

    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'VARIABLE_LIMIT_EXCEEDED' } }] });
  });

  test('has room for the longest lists that arguments take', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => String(index));
    const { errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });

    expect(errors.map(({ extensions }) => extensions?.['code'])).not.toContain('VARIABLE_LIMIT_EXCEEDED');
  });
});

describe('the budget of calls', () => {
  let poor: TestGateway;
  beforeAll(async () => {
    poor = await startTestGateway({ population: { onlyoffice: 10, kommo: 10, callgear: 10 }, environment: { CALL_BUDGET: '2' } });
  });
  afterAll(() => poor[Symbol.asyncDispose]());

  test('is told with every answer', async () => {
    expect((await gateway.query('{ contacts(first: 1) { totalCount } }')).extensions).toEqual({
      cost: { calls: 3, limit: 100, values: 1, valueLimit: 50_000 },
    });
    expect((await gateway.query('{ nothing }')).extensions).toEqual({ cost: { calls: 0, limit: 100, values: 0, valueLimit: 50_000 } });
    expect((await gateway.query('{')).extensions).toEqual({ cost: { calls: 0, limit: 100, values: 0, valueLimit: 50_000 } });
  });

  const json = { 'content-type': 'application/json' };
  test.each<[string, Parameters<typeof sendRaw>[1]]>([
    ['another method', { method: 'PUT', headers: json, body: '{}' }],
    ['another media type', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['an answer in another form', { method: 'POST', headers: { ...json, accept: 'image/png' }, body: '{"query":"{__typename}"}' }],
    ['another host', { headers: { host: 'rebound.example.net' } }],
    ['another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['a body that is too long', { method: 'POST', headers: json, body: ' '.repeat(100_001) }],
    ['a body that is no JSON', { method: 'POST', headers: json, body: '{' }],
    ['a list of operations', { method: 'POST', headers: json, body: '[{"query":"{__typename}"}]' }],
    ['parameters of another type', { method: 'POST', headers: json, body: '{"query":7}' }],
    ['no operation', { method: 'POST', headers: json, body: '{}' }],
  ])('is told also where a request is refused for %s', async (_what, request) => {
    const { text } = await sendRaw(gateway.url, request);

    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: expect.any(String) } }] });
    expect((JSON.parse(text) as { extensions: object }).extensions).toEqual({
      cost: { calls: 0, limit: 100, values: 0, valueLimit: 50_000 },
    });
  });

  test('ends calls to the CRMs with COST_EXCEEDED, and leaves what came before', async () => {
    const { sources } = await poor.ask<{ sources: { name: string; users: unknown }[] }>('{ sources { name } }');
    expect(sources).toHaveLength(3);
    poor.clearCalls();

    const { data, errors, extensions } = await poor.query<{ sources: { users: unknown; tags: unknown }[] }>(
      '{ sources { users { id } tags { name } } }',
    );

    expect(Object.values(poor.calls()).reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(extensions).toMatchObject({ cost: { calls: 2, limit: 2 } });
    expect(data?.sources).toHaveLength(3);
    expect(new Set(errors.map((error) => error.extensions?.['code']))).toEqual(new Set(['COST_EXCEEDED']));
    expect(errors[0]?.message).toContain('2 calls');
  });

  test('leaves a list with the sources that it was enough for', async () => {
    const { contacts } = await poor.ask<{
      contacts: { nodes: unknown[]; sourceReports: { status: string; error: { code: string } | null }[] };
    }>('{ contacts(first: 5) { nodes { id } sourceReports { status error { code } } } }');

    expect(contacts.nodes.length).toBeGreaterThan(0);
    expect(contacts.sourceReports.map(({ status, error }) => `${status} ${error?.code}`).toSorted()).toEqual([
      'FAILED COST_EXCEEDED',
      'OK undefined',
      'OK undefined',
    ]);
  });
});
