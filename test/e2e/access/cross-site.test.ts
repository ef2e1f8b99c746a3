import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { codeOf, sendRaw } from '../../support/raw-http.ts';

const ORIGIN = 'https://app.example.com';
let gateway: TestGateway;
beforeAll(async () => {
  const environment = { CORS_ORIGINS: `${ORIGIN}, http://localhost:3000`, ONLYOFFICE_TOKEN: 'sandbox-onlyoffice-admin-token' };
  gateway = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 5 }, environment });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const QUERY = '?query={__typename}';
const send = (headers: Record<string, string>, method = 'GET', query = QUERY) => sendRaw(gateway.url + query, { method, headers });

describe('a form of another site', () => {
  const boundary = 'b';
  const deletion = (id: string) => `mutation { deleteContact(input: { id: "${id}" }) { deletedContactId } }`;

  test.each<[string, string | undefined, (id: string) => string]>([
    ['urlencoded', 'application/x-www-form-urlencoded', (id) => new URLSearchParams({ query: deletion(id) }).toString()],
    ['plain text', 'text/plain', (id) => JSON.stringify({ query: deletion(id) })],
    ['plain text in disguise', 'text/plain; application/json', (id) => JSON.stringify({ query: deletion(id) })],
    [
      'multipart',
      `multipart/form-data; boundary=${boundary}`,
      (id) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: deletion(id) })}\r\n--${boundary}--\r\n`,
    ],
    ['a bare query', 'application/graphql', deletion],
    ['no type', undefined, (id) => JSON.stringify({ query: deletion(id) })],
  ])('deletes nothing: %s', async (_case, contentType, body) => {
    const { id } = gateway.onlyoffice.addContact({ isCompany: false, firstName: 'Ada' });
    gateway.clearCalls();
    const answer = await sendRaw(gateway.url, {
      method: 'POST',
      headers: { origin: 'https://evil.example', ...(contentType !== undefined && { 'content-type': contentType }) },
      body: body(encodeSourceId({ source: 'onlyoffice', entity: 'contact', idInSource: String(id) })),
    });

    expect([answer.status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    expect(gateway.onlyoffice.findContact(id)).toBeDefined();
    expect(gateway.calls()).toEqual({});
  });
});

test.each<[string, Record<string, string>]>([
  ['an image or script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', accept: 'image/*,*/*' }],
  ['a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: '*/*' }],
  ['a sibling of the host', { 'sec-fetch-site': 'same-site', origin: 'https://sibling.example.com' }],
  ['a fetch of an old browser', { origin: 'https://evil.example', accept: 'application/json' }],
  ['a sandboxed frame', { origin: 'null', accept: 'application/json' }],
])("%s of another site's page spends no call", async (_case, headers) => {
  const answer = await send(headers);

  expect([answer.status, codeOf(answer)]).toEqual([403, 'CROSS_SITE_REQUEST']);
});

test.each<[string, Record<string, string>]>([
  ['a program', {}],
  ["the gateway's own page", { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
  ['the address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ['a listed origin', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: ORIGIN }],
  ['a page that asked for leave', { 'sec-fetch-site': 'cross-site', 'x-graphql-csrf': '1' }],
])('%s may GET', async (_case, headers) => {
  expect(await send(headers)).toMatchObject({ status: 200 });
});

test('a link from another site opens the page', async () => {
  const answer = await send({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', accept: 'text/html' }, 'GET', '');

  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    send(
      { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
      'OPTIONS',
      '',
    );

  test('a listed origin gets leave without a key, and may read answers and refusals', async () => {
    expect((await preflight(ORIGIN)).headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringMatching(/authorization.*content-type/),
      'access-control-max-age': '600',
      vary: 'origin',
    });
    const refused = await sendRaw(gateway.url, { method: 'POST', headers: { origin: ORIGIN, 'content-type': 'text/plain' }, body: '{}' });
    expect(refused).toMatchObject({ status: 415, headers: { 'access-control-allow-origin': ORIGIN } });
    expect((await send({ origin: ORIGIN })).headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': expect.stringContaining('x-request-id'),
    });
  });

  test.each(['https://evil.example', 'null', 'http://app.example.com', 'https://app.example.com.evil.example', `${ORIGIN}:8443`])(
    '%s gets no leave',
    async (origin) => {
      const { status, headers } = await preflight(origin);

      expect(status).toBe(204);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toBe('origin');
    },
  );

  test('nobody is ever allowed to send credentials that a browser adds by itself', async () => {
    for (const { headers } of [await preflight(ORIGIN), await send({ origin: ORIGIN })]) {
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});
