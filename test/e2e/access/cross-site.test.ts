import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS } from '../../support/keys.ts';
import { codeOf, sendRaw } from '../../support/http/raw-http.ts';

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
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-max-age': '600',
      vary: 'origin, access-control-request-headers',
    });
    const refused = await sendRaw(gateway.url, { method: 'POST', headers: { origin: ORIGIN, 'content-type': 'text/plain' }, body: '{}' });
    expect(refused).toMatchObject({ status: 415, headers: { 'access-control-allow-origin': ORIGIN } });
    expect((await send({ origin: ORIGIN })).headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': expect.stringContaining('x-request-id'),
    });
  });

  test('a listed origin may send whatever headers its libraries add', async () => {
    const names =
      'sentry-trace,baggage,traceparent,tracestate,apollographql-client-name,graphql-client-name,x-client-version,authorization';
    const { headers } = await send(
      { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': names },
      'OPTIONS',
      '',
    );

    expect(headers['access-control-allow-headers']).toBe(names.replaceAll(',', ', '));
  });

  test('names that no header can have are not repeated, nor more than a program sends', async () => {
    const names = ['good', 'bad name', '<script>', '', ...Array.from({ length: 500 }, (_, index) => `x-${index}`)].join(',');
    const { headers } = await send(
      { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': names },
      'OPTIONS',
      '',
    );

    expect(String(headers['access-control-allow-headers'])).toMatch(/^good, x-0, x-1, /);
    expect(String(headers['access-control-allow-headers']).split(', ').length).toBeLessThan(100);
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

describe('while only invented contacts are shown and no keys exist', () => {
  const LOOPBACK = ['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080', 'https://localhost'];
  const OTHERS = [
    'http://localhost.example.com:5173',
    'http://127.0.0.1.example.com',
    'http://127.0.0.2:3000',
    'http://2130706433:3000',
    'http://LOCALHOST:5173',
    'http://user@localhost:5173',
    'file://localhost',
    'null',
    'https://app.example.com',
  ];
  const allowed = async ({ url }: TestGateway, origin: string) => {
    const headers = { origin, 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' };
    const answer = await sendRaw(url, { method: 'POST', headers, body: '{"query":"{__typename}"}' });
    return [answer.status, answer.headers['access-control-allow-origin']];
  };

  test('pages that this machine serves may send requests; no others may, whatever their name looks like', async () => {
    await using sandbox = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 2 } });

    for (const origin of LOOPBACK) expect(await allowed(sandbox, origin)).toEqual([200, origin]);
    for (const origin of OTHERS) expect([origin, ...(await allowed(sandbox, origin))]).toEqual([origin, 403, undefined]);
  });

  test('with keys, or with real CRMs, they may not', async () => {
    await using keyed = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 2 }, environment: { API_KEYS } });
    await using real = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 2 }, isSandbox: false });

    for (const origin of LOOPBACK) {
      expect(await allowed(keyed, origin)).toEqual([403, undefined]);
      expect(await allowed(real, origin)).toEqual([403, undefined]);
    }
  });
});

test('an origin that is refused is named once in the log, with what lets it in', async () => {
  await using other = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 2 }, isSandbox: false });
  const headers = { origin: 'https://forgotten.example.com', 'access-control-request-method': 'POST' };
  for (let count = 0; count < 3; count += 1) await sendRaw(other.url, { method: 'OPTIONS', headers });
  await sendRaw(other.url, { method: 'OPTIONS', headers: { ...headers, origin: 'null' } });

  const lines = other.log.filter(({ message }) => message.includes('CORS_ORIGINS'));
  expect(lines.map(({ members }) => members)).toEqual([{ origin: 'https://forgotten.example.com' }]);
});
