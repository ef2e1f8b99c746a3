import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';
import { codeOf, sendRaw } from '../../support/http/raw-http.ts';

const PRODUCTION = { NODE_ENV: 'production', API_KEYS };
const start = (environment: Record<string, string>) =>
  startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 5 }, environment, isSandbox: false });

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await start(PRODUCTION);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const key = bearer(KEYS.both);
const ask = (query: string) => gateway.query(query, {}, key);
const get = (query: string, headers: Record<string, string> = {}) =>
  sendRaw(`${gateway.url}?${new URLSearchParams({ query })}`, { headers: { accept: '*/*', ...key, ...headers } });

/** The checks of graphql-cop (github.com/dolevf/graphql-cop), sent as it sends them; each expects that there is nothing to find. */
describe('graphql-cop finds no', () => {
  test('alias overloading', async () => {
    const aliases = Array.from({ length: 101 }, (_, index) => `alias${index}:__typename`).join(' ');

    expect(await ask(`query cop { ${aliases} }`)).toMatchObject({
      data: undefined,
      errors: [{ extensions: { code: 'ALIAS_LIMIT_EXCEEDED' } }],
    });
  });

  test('array batching', async () => {
    const body = JSON.stringify(Array(10).fill({ query: 'query cop { __typename }' }));
    const answer = await sendRaw(gateway.url, { method: 'POST', headers: { ...key, 'content-type': 'application/json' }, body });

    expect([answer.status, codeOf(answer)]).toEqual([400, 'BATCHING_NOT_ALLOWED']);
    expect(JSON.parse(answer.text)).not.toBeInstanceOf(Array);
  });

  test('directive overloading', async () => {
    const { errors } = await ask(`query cop { __typename ${'@aa'.repeat(10)} }`);

    expect(errors).toMatchObject([{ extensions: { code: 'DIRECTIVE_LIMIT_EXCEEDED' } }]);
  });

  test('field duplication', async () => {
    const { data, errors } = await ask(`query cop { ${'__typename \n'.repeat(500)} }`);

    expect([data, errors[0]?.extensions?.['code']]).toEqual([undefined, 'FIELD_LIMIT_EXCEEDED']);
  });

  test.each([
    ['introspection', 'query cop { __schema { types { name fields { name } } } }'],
    ['introspection of one type', 'query cop { ...f } fragment f on Query { x: __type(name: "Query") { name } }'],
    ['introspection by tools', getIntrospectionQuery()],
    ['circular introspection', `query cop { __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`],
  ])('%s', async (_check, query) => {
    const { data, errors } = await ask(query);

    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      { extensions: { code: 'INTROSPECTION_DISABLED' }, message: expect.stringContaining('INTROSPECTION=on') },
    ]);
  });

  test('circular fragment', async () => {
    const { data, errors } = await ask('query cop { ...A } fragment A on Query { ...B } fragment B on Query { ...A }');

    expect([data, errors.length]).toEqual([undefined, 1]);
  });

  test('mutation by GET', async () => {
    expect(await get('mutation cop { __typename }', { accept: 'application/json' })).toMatchObject({ status: 405 });
  });

  test('query by a GET that a mere link could send', async () => {
    const answer = await sendRaw(`${gateway.url}?query={__typename}`, { headers: { accept: '*/*' } });

    expect([answer.status, codeOf(answer)]).toEqual([403, 'CROSS_SITE_REQUEST']);
  });

  test('form POST', async () => {
    const body = new URLSearchParams({ query: 'query cop { __typename }' }).toString();
    const headers = { ...key, 'content-type': 'application/x-www-form-urlencoded' };

    expect(await sendRaw(gateway.url, { method: 'POST', headers, body })).toMatchObject({ status: 415 });
  });

  test.each([
    'query cop { __schema { directive } }',
    '{ contact { id } }',
    '{ contacts(fist: 1) { totalCount } }',
    '{ contacts(filter: { kind: PERSO }) { totalCount } }',
    '{ contacts }',
    'query ($k: ContactKin) { contacts { totalCount } }',
    '{ contacts { nodes { ... on Persons { id } } } }',
  ])('field suggestions: %s', async (query) => {
    const { errors } = await ask(query);

    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(/did you mean/i);
  });

  test('suggestions for the values of variables', async () => {
    const answer = await gateway.query('query ($k: ContactKind) { contacts(filter: { kind: $k }) { totalCount } }', { k: 'PERSO' }, key);

    expect(answer.errors).toHaveLength(1);
    expect(JSON.stringify(answer.errors)).not.toMatch(/did you mean/i);
  });

  test.each(['/graphql', '/graphiql', '/playground', '/console', '/'])('page at %s', async (path) => {
    const { text } = await sendRaw(new URL(path, gateway.url).href, { headers: { accept: 'text/html', ...key } });

    expect(text).not.toMatch(/graphiql|playground|<html/i);
  });

  test('tracing', async () => {
    expect((await ask('query cop { __typename }')).extensions).toEqual({
      cost: { calls: 0, limit: 100, values: expect.any(Number), valueLimit: 50_000 },
    });
  });

  test('unhandled errors, nor stacks of handled ones', async () => {
    const answers = [
      await ask('qwerty cop { abc }'),
      await ask('{ contact(id: "") { id } }'),
      await ask('{ contacts(after: "x") { totalCount } }'),
    ];

    for (const { errors } of answers) {
      expect(Object.keys(errors[0] ?? {}).sort()).toEqual(expect.arrayContaining(['extensions', 'message']));
      expect(JSON.stringify(errors)).not.toMatch(/exception|stack|originalError|\.ts|node_modules/);
    }
  });
});

describe('in production', () => {
  test('a GET of a program runs queries', async () => {
    for (const headers of [
      { accept: 'application/json' },
      { accept: 'application/graphql-response+json' },
      { 'sec-fetch-mode': 'cors' },
      { 'x-graphql-csrf': '1' },
    ]) {
      expect(await get('{ __typename }', headers as Record<string, string>)).toMatchObject({ status: 200 });
    }
  });

  test('a GET with a Bearer key needs no other sign of a program, for no browser adds one by itself; Basic does', async () => {
    const accept = { accept: '*/*' };
    expect(await get('{ __typename }', accept)).toMatchObject({ status: 200 });
    expect(await get('{ __typename }', { ...accept, authorization: 'Basic YWxpY2U6c2VjcmV0' })).toMatchObject({ status: 403 });
  });

  test('metrics need a key wherever keys exist, behind a proxy too', async () => {
    await using proxied = await start({ ...PRODUCTION, HOST: '127.0.0.1', TRUST_PROXY: 'on', ALLOWED_HOSTS: 'gw.example.com' });
    const url = new URL('/metrics', proxied.url).href;
    for (const host of ['gw.example.com', new URL(proxied.url).host]) {
      expect((await sendRaw(url, { headers: { host } })).status).toBe(401);
      expect((await sendRaw(url, { headers: { host, authorization: 'Bearer wrong' } })).status).toBe(401);
      expect(await sendRaw(url, { headers: { host, ...key } })).toMatchObject({ status: 200 });
    }
  });

  test('a browser without a key gets no page, and nothing run', async () => {
    const answer = await sendRaw(`${gateway.url}?query={__typename}`, { headers: { accept: 'text/html,*/*' } });

    expect(answer.status).not.toBe(200);
    expect(answer.text).not.toContain('"data"');
  });

  test('introspection and GraphiQL are there if they are asked for', async () => {
    await using open = await start({ ...PRODUCTION, INTROSPECTION: 'on', GRAPHIQL: 'on' });

    expect((await open.query('{ __schema { queryType { name } } }', {}, key)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    expect((await sendRaw(open.url, { headers: { accept: 'text/html' } })).text).toContain('<!doctype html');
  });
});

describe('the audits of graphql-http, with a key', () => {
  const auditsOf = (url: string) =>
    serverAudits({
      url,
      fetchFn: (address: string, init?: RequestInit) => {
        const headers = new Headers(init?.headers);
        headers.set('authorization', key.authorization);
        return fetch(address, { ...init, headers });
      },
    });
  /** They ask `__type` for a name in a variable. */
  const ASKING_FOR_THE_SCHEMA = ['2EA1', '28B9', 'D6D5', '6A70'];

  test.each(auditsOf('').map(({ id, name }, index) => [id, name, index] as const))('%s: %s', async (id, _name, index) => {
    const result = await auditsOf(gateway.url)[index]?.fn();

    if (!ASKING_FOR_THE_SCHEMA.includes(id)) return expect(result).toMatchObject({ id, status: 'ok' });
    expect(result?.status).not.toBe('ok');
    const { response } = result as { response: Response };
    expect(await response.text()).toContain('"code":"INTROSPECTION_DISABLED"');
  });

  test('are all at ok with INTROSPECTION=on', async () => {
    await using open = await start({ ...PRODUCTION, INTROSPECTION: 'on' });
    const results = [];
    for (const audit of auditsOf(open.url)) results.push(await audit.fn());

    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(results).toHaveLength(61);
  });
});

describe('persisted operations', () => {
  const HASH = 'a'.repeat(64);
  const NAMES = 'query Names { sources { name } }';
  const manifests: [string, object][] = [
    ['a map', { [HASH]: NAMES, gone: 'mutation Gone { __typename }' }],
    [
      "Apollo's list",
      {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [
          { id: HASH, name: 'Names', type: 'query', body: NAMES },
          { id: 'gone', name: 'Gone', type: 'mutation', body: 'mutation Gone { __typename }' },
        ],
      },
    ],
  ];

  describe.each(manifests)('registered in %s', (_form, manifest) => {
    const directory = mkdtempSync(join(tmpdir(), 'crm-gateway-'));
    let strict: TestGateway;
    beforeAll(async () => {
      const path = join(directory, 'manifest.json');
      writeFileSync(path, JSON.stringify(manifest));
      strict = await start({ API_KEYS, PERSISTED_OPERATIONS: path });
    });
    afterAll(async () => {
      await strict[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    });
    const post = (body: object) =>
      sendRaw(strict.url, { method: 'POST', headers: { ...key, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const persistedQuery = { version: 1, sha256Hash: HASH };

    test.each<[string, object]>([
      ['documentId', { documentId: HASH }],
      ['documentId with the name of the hash', { documentId: `sha256:${HASH.toUpperCase()}` }],
      ['id', { id: HASH, variables: null }],
      ['extensions.persistedQuery', { extensions: { persistedQuery } }],
    ])('run by %s', async (_way, body) => {
      expect(JSON.parse((await post(body)).text)).toEqual({
        data: { sources: [{ name: 'onlyoffice' }] },
        extensions: { cost: { calls: 0, limit: 100, values: expect.any(Number), valueLimit: 50_000 } },
      });
    });

    test('run by GET, but no mutation', async () => {
      const at = (parameters: Record<string, string>) => sendRaw(`${strict.url}?${new URLSearchParams(parameters)}`, { headers: key });

      expect((await at({ documentId: HASH })).text).toContain('"data":{"sources"');
      expect((await at({ extensions: JSON.stringify({ persistedQuery }) })).text).toContain('"data":{"sources"');
      expect((await at({ documentId: 'gone' })).status).toBe(405);
    });

    test.each<[string, object, string]>([
      ['a document', { query: '{ __typename }' }, 'PERSISTED_OPERATIONS_ONLY'],
      ['a registered document', { query: NAMES }, 'PERSISTED_OPERATIONS_ONLY'],
      ['a document under a registered id', { query: '{ __typename }', extensions: { persistedQuery } }, 'PERSISTED_OPERATIONS_ONLY'],
      ['an unknown id', { documentId: 'b'.repeat(64) }, 'PERSISTED_OPERATION_NOT_FOUND'],
      ['an id of the language', { documentId: '__proto__' }, 'PERSISTED_OPERATION_NOT_FOUND'],
      ['no id', { variables: {} }, 'PERSISTED_OPERATION_ID_REQUIRED'],
      ['an id that is no text', { documentId: { a: 1 } }, 'PERSISTED_OPERATION_ID_REQUIRED'],
      ['a list', [{ documentId: HASH }], 'BATCHING_NOT_ALLOWED'],
    ])('refuse %s with a code', async (_what, body, code) => {
      strict.clearCalls();
      const answer = await post(body);

      expect(codeOf(answer)).toBe(code);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(strict.calls()).toEqual({});
    });
  });
});
