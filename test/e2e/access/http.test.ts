import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openConnection } from '../../support/http/raw-connection.ts';
import { codeOf, sendRaw, type RawRequest } from '../../support/http/raw-http.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 10 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const send = (request: RawRequest, query = '') => sendRaw(gateway.url + query, request);
const JSON_TYPE = { 'content-type': 'application/json' };
const post = (content: unknown, headers: Record<string, string> = {}) =>
  send({ method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(content) });
const asQuery = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`;

describe('a refusal', () => {
  test.each([
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['image/png', 'application/json; charset=utf-8'],
  ])('comes in the form that the client takes: %s', async (accept, contentType) => {
    for (const [method, path, headers] of [
      ['PUT', '', {}],
      ['POST', '', { 'content-type': 'text/plain' }],
      ['GET', '?query={__typename}', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ] as const) {
      const answer = await send({ method, headers: { accept, ...headers } }, path);

      expect(answer.headers['content-type']).toBe(contentType);
      expect(codeOf(answer)).toMatch(/^[A-Z_]+$/);
    }
  });
});

test('an empty operationName is none', async () => {
  for (const query of ['{ __typename }', 'query A { __typename }']) {
    expect((await post({ query, operationName: '' })).text).toContain('"data":{"__typename":"Query"}');
    expect((await send({}, asQuery({ query, operationName: '' }))).text).toContain('"data":{"__typename":"Query"}');
  }
  expect(codeOf(await post({ query: 'query A { __typename } query B { __typename }', operationName: '' }))).toBe(
    'OPERATION_RESOLUTION_FAILURE',
  );
});

test('a hash without a document is answered so that clients with automatic persisted queries send the text', async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
  for (const answer of [
    await post({ extensions }),
    await post({ query: '', extensions }),
    await send({}, asQuery({ extensions: JSON.stringify(extensions) })),
  ]) {
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
  }
  expect((await post({ query: '{ __typename }', extensions })).text).toContain('"data":{"__typename":"Query"}');
});

test.each(['2024-01-01', '2024-01-01T00:00:00', 'yesterday', ''])('%j is no DateTime, and the message says what would do', async (from) => {
  const literal = `{ contacts(filter: { createdAt: { from: ${JSON.stringify(from)} } }) { totalCount } }`;
  const query = 'query ($from: DateTime) { contacts(filter: { createdAt: { from: $from } }) { totalCount } }';
  for (const answer of [await post({ query: literal }), await post({ query, variables: { from } })]) {
    expect(answer.text).toContain(String.raw`A DateTime is a date, a time and an offset, such as \"2026-03-01T09:30:00Z\".`);
  }
});

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => gateway.url });

  test('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    expect(await audit.fn()).toEqual({ id: audit.id, name: audit.name, status: 'ok' });
  });

  test.each([
    ['*/*', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.5, application/json', 'application/json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['multipart/mixed;deferSpec=20220824, application/json', 'application/json'],
    ['text/event-stream, application/graphql-response+json', 'application/graphql-response+json'],
  ])('Accept: %s is answered with %s', async (accept, contentType) => {
    const answer = await post({ query: '{ __typename }' }, { accept });

    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': `${contentType}; charset=utf-8` } });
  });

  test('runs nothing whose answer the client would not take', async () => {
    gateway.clearCalls();
    const answer = await post({ query: '{ contacts { totalCount } }' }, { accept: 'image/png, application/json;q=0' });

    expect([answer.status, codeOf(answer)]).toEqual([406, 'NOT_ACCEPTABLE']);
    expect(gateway.calls()).toEqual({});
  });
});

describe('what is no GraphQL request', () => {
  test.each<[string, RawRequest, number, string]>([
    ['a list of operations', { body: '[{"query":"{ __typename }"}]' }, 400, 'BATCHING_NOT_ALLOWED'],
    ['an empty list', { body: '[]' }, 400, 'BATCHING_NOT_ALLOWED'],
    ['broken JSON', { body: '{"query":' }, 400, 'BAD_REQUEST'],
    ['no body', {}, 400, 'BAD_REQUEST'],
    ['null', { body: 'null' }, 400, 'BAD_REQUEST'],
    ['a bare text', { body: '"{ __typename }"' }, 400, 'BAD_REQUEST'],
    ['an unknown parameter', { body: '{"query":"{ __typename }","id":"x"}' }, 400, 'BAD_REQUEST'],
    ['an unknown operationName', { body: '{"query":"query A { __typename }","operationName":"B"}' }, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['another charset', { headers: { 'content-type': 'application/json; charset=utf-16' }, body: '{}' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a compressed body', { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '{}' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%s is refused with a code', async (_case, request, status, code) => {
    const answer = await send({ method: 'POST', headers: JSON_TYPE, ...request });

    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  test('variables in a URL that are not JSON are refused with a code', async () => {
    const answer = await send({}, asQuery({ query: '{ __typename }', variables: '{' }));

    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  test('never quotes the body in the error', async () => {
    const { text } = await send({ method: 'POST', headers: JSON_TYPE, body: 'canary-in-a-body' });

    expect(text).not.toContain('canary');
  });

  test('a body over the limit is refused with the limit, its length announced or not', async () => {
    const body = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(1_000_000)}` });
    const answers = await Promise.all([false, true].map((isChunked) => send({ method: 'POST', headers: JSON_TYPE, body, isChunked })));

    for (const answer of answers) {
      expect([answer.status, codeOf(answer)]).toEqual([413, 'BODY_TOO_LARGE']);
      expect(answer.text).toContain('100000 bytes');
    }
  });

  test('a body just within the limit is read', async () => {
    const frame = JSON.stringify({ query: '{ __typename } #' }).length;
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(100_000 - frame)}` });

    expect(Buffer.byteLength(body)).toBe(100_000);
    expect(await send({ method: 'POST', headers: JSON_TYPE, body })).toMatchObject({ status: 200 });
  });
});

test('a request with two Host headers is refused, whichever comes first', async () => {
  const own = new URL(gateway.url).host;
  for (const hosts of [
    [own, 'evil.example.net'],
    ['evil.example.net', own],
    [own, own],
  ]) {
    for (const path of ['/graphql?query={__typename}', '/health']) {
      await using connection = await openConnection(gateway.url);
      connection.socket.write([`GET ${path} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), 'Connection: close', '', ''].join('\r\n'));
      await connection.ended;

      expect(connection.received()).toMatch(/^HTTP\/1\.1 400 /);
      expect(connection.received()).toContain('"code":"BAD_REQUEST"');
    }
  }
});

describe('methods', () => {
  test.each(['HEAD', 'PUT', 'PATCH', 'DELETE'])('%s is refused with the methods that are allowed', async (method) => {
    const answer = await send({ method });

    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST, OPTIONS' } });
  });

  test('OPTIONS tells the methods, and gives no other origin leave', async () => {
    const answer = await send({ method: 'OPTIONS', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' } });

    expect(answer).toMatchObject({ status: 204, headers: { allow: 'GET, POST, OPTIONS' } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('GET runs queries', async () => {
    const answer = await send({}, asQuery({ query: 'query ($n: String!) { source(name: $n) { name } }', variables: '{"n":"onlyoffice"}' }));

    expect(JSON.parse(answer.text)).toMatchObject({ data: { source: { name: 'onlyoffice' } } });
  });

  test('GET runs no mutation', async () => {
    const query = 'query A { __typename } mutation B { deleteContact(input: { id: "x" }) { deletedContactId } }';
    const answer = await send({}, asQuery({ query, operationName: 'B' }));

    expect([answer.status, answer.headers.allow, codeOf(answer)]).toEqual([405, 'POST', 'BAD_REQUEST']);
  });
});

describe('other paths', () => {
  const at = (path: string, request: RawRequest = {}) => sendRaw(new URL(path, gateway.url).href, request);

  test('health and readiness are told to GET and HEAD, and cost nothing', async () => {
    gateway.clearCalls();
    for (const path of ['/health', '/ready', '/metrics']) {
      expect(await at(path)).toMatchObject({ status: 200 });
      expect(await at(path, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
      expect(await at(path, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    }
    expect(gateway.calls()).toEqual({});
  });

  test('a path below or beside the endpoint is not found', async () => {
    for (const path of ['/graphql/', '/graphql/health', '/.env', '/graphiql']) {
      expect(codeOf(await at(path))).toBe('NOT_FOUND');
    }
  });

  test('every answer forbids sniffing, framing and referrers, and those with data forbid storing', async () => {
    const page = await at('/graphql', { headers: { accept: 'text/html' } });
    const answers = [await at('/nowhere'), await at('/health'), await at('/metrics'), await post({ query: '{' })];

    for (const { headers } of [page, ...answers]) {
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    }
    for (const { headers } of answers) expect(headers['cache-control']).toBe('no-store');
  });

  test('a page has no script or style in it, and lets only files of the gateway run', async () => {
    const { headers, text } = await at('/graphql', { headers: { accept: 'text/html' } });

    expect(headers['content-security-policy']).toContain("script-src 'self'; style-src 'self';");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|http/);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
  });
});
