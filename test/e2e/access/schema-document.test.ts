import { readFileSync } from 'node:fs';
import { buildClientSchema, buildSchema, findSchemaChanges, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';
import { codeOf, sendRaw } from '../../support/http/raw-http.ts';

const SMALL = { onlyoffice: null, callgear: null, population: { kommo: 5 } } as const;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(SMALL);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const at = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  sendRaw(new URL('/schema.graphql', url).href, { headers, method });

test('/schema.graphql is the schema of the repository, and what introspection says', async () => {
  const { status, headers, text } = await at(gateway.url);
  const { data } = await gateway.query<IntrospectionQuery>(getIntrospectionQuery({ specifiedByUrl: true, schemaDescription: true }));

  expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(text).toBe(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
  expect(findSchemaChanges(buildSchema(text), buildClientSchema(data!))).toEqual([]);
  expect(findSchemaChanges(buildClientSchema(data!), buildSchema(text))).toEqual([]);
  expect(await at(gateway.url, {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
});

test('it is sent compressed, and not again to whoever has it', async () => {
  const { text } = await at(gateway.url);
  for (const encoding of ['br', 'gzip']) {
    const response = await fetch(new URL('/schema.graphql', gateway.url), { headers: { 'accept-encoding': encoding } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    const { headers } = await at(gateway.url, { 'accept-encoding': `${encoding}, identity;q=0.5` });
    expect(Number(headers['content-length'])).toBeLessThan(text.length / 3);
    expect(await response.text()).toBe(text);
    const again = await at(gateway.url, { 'accept-encoding': encoding, 'if-none-match': `"other", W/${headers['etag']}` });
    expect(again).toMatchObject({ status: 304, text: '', headers: { 'cache-control': 'private, no-cache', etag: headers['etag'] } });
  }
  expect((await at(gateway.url, { 'accept-encoding': 'br;q=0, gzip;q=0.0' })).headers['content-encoding']).toBeUndefined();
});

test('it needs a key where keys are needed, and is not there where introspection is off', async () => {
  await using keyed = await startTestGateway({ ...SMALL, environment: { API_KEYS }, isSandbox: false });
  await using closed = await startTestGateway({ ...SMALL, environment: { API_KEYS, NODE_ENV: 'production' }, isSandbox: false });

  expect(codeOf(await at(keyed.url))).toBe('UNAUTHENTICATED');
  expect((await at(keyed.url, bearer(KEYS.reader))).status).toBe(200);
  expect(codeOf(await at(closed.url, bearer(KEYS.reader)))).toBe('NOT_FOUND');
});
