import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSourceId } from '../../../src/federation/source-id.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';
import { codeOf, sendRaw } from '../../support/http/raw-http.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 10 },
    environment: { API_KEYS, ONLYOFFICE_TOKEN: ADMIN_TOKEN },
    isSandbox: false,
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'];
const READ = '{ contacts(first: 1) { nodes { id displayName } } }';
const DELETE =
  'mutation ($id: ID!) { deleteContact(input: { id: $id }) { deletion { outcome contact { displayName } source { users { id } } } } }';
const DRY_RUN = 'mutation ($id: ID!) { deleteContact(input: { id: $id, dryRun: true }) { deletion { outcome } } }';

const ADMIN_TOKEN = 'sandbox-onlyoffice-admin-token';
const addContact = (to: TestGateway) => {
  const { id } = to.onlyoffice.addContact({ isCompany: false, firstName: 'Ada', lastName: 'Ephemeral' });
  return { idInSource: String(id), id: encodeSourceId({ source: 'onlyoffice', entity: 'contact', idInSource: String(id) }) };
};

describe('a request without a good key', () => {
  test.each([
    [{}, 'Bearer'],
    [bearer('another-key'), 'Bearer error="invalid_token"'],
    [bearer(''), 'Bearer error="invalid_token"'],
    [{ authorization: `Basic ${btoa(`reader:${KEYS.reader}`)}` }, 'Bearer error="invalid_token"'],
    [{ authorization: KEYS.reader }, 'Bearer error="invalid_token"'],
    [{ authorization: `Bearer ${KEYS.reader}\u00a0` }, 'Bearer error="invalid_token"'],
    [{ authorization: `\u00a0Bearer ${KEYS.reader}` }, 'Bearer error="invalid_token"'],
  ])('is refused as a whole, in either media type: %j', async (headers, challenge) => {
    gateway.clearCalls();
    for (const accept of MEDIA_TYPES) {
      const answer = await gateway.query('{ __typename }', {}, { ...headers, accept });

      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(challenge);
      expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(answer.data).toBeUndefined();
      expect(answer.extensions).toEqual({ cost: { calls: 0, limit: 100, values: 0, valueLimit: 50_000 } });
    }
    expect(gateway.calls()).toEqual({});
  });

  test('gets the page, and nothing of the schema with it', async () => {
    const headers = { accept: 'text/html' };
    const query = '?query={__schema{types{name}}}';

    const { status, text } = await sendRaw(`${gateway.url}${encodeURI(query)}`, { headers });

    expect(status).toBe(200);
    expect(text).toContain('<!doctype html');
    expect(text).not.toContain('ContactConnection');
  });
});

describe('scopes', () => {
  test('contacts:read reads', async () => {
    expect(await gateway.query(READ, {}, bearer(KEYS.reader))).toMatchObject({ status: 200, errors: [] });
  });

  test.each(MEDIA_TYPES)('contacts:read does not delete: 403 and no call (%s)', async (accept) => {
    gateway.clearCalls();
    for (const mutation of [DELETE, DRY_RUN]) {
      const answer = await gateway.query(mutation, { id: addContact(gateway).id }, { ...bearer(KEYS.reader), accept });

      expect(answer).toMatchObject({ status: 403, data: { deleteContact: null } });
      expect(answer.errors).toMatchObject([{ path: ['deleteContact'], extensions: { code: 'FORBIDDEN' } }]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
    }
    expect(gateway.calls()).toEqual({});
  });

  test.each(MEDIA_TYPES)('contacts:delete reads nothing: 403 and no call (%s)', async (accept) => {
    gateway.clearCalls();
    const document =
      '{ contacts { totalCount } contact(id: "x") { id } node(id: "x") { id } nodes(ids: []) { id } source(name: "onlyoffice") { name } sources { name } }';
    const answer = await gateway.query(document, {}, { ...bearer(KEYS.deleter), accept });

    expect(answer.status).toBe(403);
    expect(answer.errors.map(({ extensions }) => extensions?.['code'])).toEqual(Array(6).fill('FORBIDDEN'));
    expect(Object.values(answer.data as object)).toEqual(Array(6).fill(null));
    expect(gateway.calls()).toEqual({});
  });

  test('a refused part leaves the status of the rest', async () => {
    const { status, data, errors } = await gateway.query('{ __typename contacts { totalCount } }', {}, bearer(KEYS.deleter));

    expect([status, data]).toEqual([200, { __typename: 'Query', contacts: null }]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('a deletion shows neither contact nor staff to callers without contacts:read', async () => {
    const { id, idInSource } = addContact(gateway);
    const { status, data, errors } = await gateway.query(DELETE, { id }, bearer(KEYS.deleter));

    expect([status, data]).toEqual([200, { deleteContact: { deletion: { outcome: 'DELETED', contact: null, source: { users: null } } } }]);
    expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions?.['code']])).toEqual([
      ['contact', 'FORBIDDEN'],
      ['users', 'FORBIDDEN'],
    ]);
    expect(gateway.onlyoffice.findContact(Number(idInSource))).toBeUndefined();
  });

  test('both scopes delete and show what is gone; who, what and the outcome are logged', async () => {
    gateway.log.length = 0;
    const { id, idInSource } = addContact(gateway);

    const { data } = await gateway.query(DELETE, { id }, { ...bearer(KEYS.both), 'x-request-id': 'request-7' });

    expect(data).toMatchObject({ deleteContact: { deletion: { outcome: 'DELETED', contact: { displayName: expect.any(String) } } } });
    expect(gateway.log.find(({ message }) => message === 'deletion')?.members).toMatchObject({
      requestId: 'request-7',
      caller: 'both',
      source: 'onlyoffice',
      id: idInSource,
      outcome: 'DELETED',
    });
    expect(gateway.log.find(({ message }) => message === 'request')?.members).toMatchObject({ requestId: 'request-7', caller: 'both' });
  });
});

test("a CRM that refuses the gateway's own credentials is no refusal of the caller", async () => {
  await using refused = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { ONLYOFFICE_TOKEN: 'expired' },
  });
  const id = encodeSourceId({ source: 'onlyoffice', entity: 'contact', idInSource: '1' });

  const answer = await refused.query('query ($id: ID!) { contact(id: $id) { id } }', { id });

  expect(answer.status).toBe(200);
  expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', source: 'onlyoffice' } }]);
});

test('without keys only the sandbox can be deleted from', async () => {
  await using open = await startTestGateway({ kommo: null, callgear: null, population: { onlyoffice: 5 }, isSandbox: false });
  const { id } = addContact(open);

  expect(await open.query(READ)).toMatchObject({ status: 200, errors: [] });
  open.clearCalls();
  for (const mutation of [DELETE, DRY_RUN]) {
    const answer = await open.query(mutation, { id });

    expect(answer.status).toBe(403);
    expect(answer.errors).toMatchObject([{ message: expect.stringContaining('API_KEYS'), extensions: { code: 'FORBIDDEN' } }]);
  }
  expect(open.calls()).toEqual({});
});

describe('on an address that others can reach', () => {
  let open: TestGateway;
  beforeAll(async () => {
    open = await startTestGateway({
      kommo: null,
      callgear: null,
      population: { onlyoffice: 5 },
      environment: { API_KEYS, HOST: '0.0.0.0', ALLOWED_HOSTS: 'gateway.example.com', CALLER_RATE_LIMIT: '12' },
      isSandbox: false,
    });
  });
  afterAll(() => open[Symbol.asyncDispose]());
  const at = (path: string, headers: Record<string, string> = {}) => sendRaw(new URL(path, open.url).href, { headers });

  test('metrics need a key; health, readiness and pages, which hold nothing, do not', async () => {
    expect(codeOf(await at('/metrics'))).toBe('UNAUTHENTICATED');
    expect(await at('/metrics', bearer(KEYS.reader))).toMatchObject({ status: 200 });
    expect(await at('/graphql', { accept: 'text/html' })).toMatchObject({ status: 200 });
    expect(codeOf(await at('/graphql?query={__typename}', { accept: 'application/json' }))).toBe('UNAUTHENTICATED');
    expect([(await at('/health')).status, (await at('/ready')).status]).toEqual([200, 200]);
  });

  test('only allowed host names are answered', async () => {
    for (const path of ['/graphql', '/metrics', '/', '/nowhere']) {
      expect(codeOf(await at(path, { host: 'rebound.example.net', ...bearer(KEYS.reader) }))).toBe('HOST_NOT_ALLOWED');
    }
    const answer = await at('/graphql?query={__typename}', { host: 'gateway.example.com:443', ...bearer(KEYS.reader) });
    expect(answer.status).toBe(200);
  });

  test('callers are limited each for himself, and guessers by their address', async () => {
    const statuses = async (key: string) => {
      const answers = [];
      for (let count = 0; count < 14; count += 1) answers.push(await open.query('{ __typename }', {}, bearer(key)));
      return answers;
    };
    const known = await statuses(KEYS.both);
    expect(known.slice(0, 12).map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(known[12]).toMatchObject({ status: 429, errors: [{ extensions: { code: 'CALLER_RATE_LIMITED' } }] });
    expect(known[12]?.errors[0]?.message).toContain('12 requests a minute');
    expect(Number(known[12]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await statuses('guess')).at(-1)).toMatchObject({ status: 429 });
    expect(await open.query('{ __typename }', {}, bearer(KEYS.deleter))).toMatchObject({ status: 200 });
  });

  test('X-Forwarded-For is not believed', async () => {
    const answers = [];
    for (let count = 0; count < 14; count += 1) {
      answers.push(await open.query('{ __typename }', {}, { ...bearer('guess'), 'x-forwarded-for': `203.0.113.${count}` }));
    }
    expect(answers.at(-1)).toMatchObject({ status: 429 });
  });
});

test('X-Forwarded-For is believed, its last address alone, when a proxy is said to be there', async () => {
  await using proxied = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { TRUST_PROXY: 'true', CALLER_RATE_LIMIT: '2' },
  });
  const statusFor = async (forwarded: string) => (await proxied.query('{ __typename }', {}, { 'x-forwarded-for': forwarded })).status;

  expect([await statusFor('10.0.0.1, 203.0.113.1'), await statusFor('10.0.0.2, 203.0.113.1')]).toEqual([200, 200]);
  expect(await statusFor('10.0.0.3, 203.0.113.1')).toBe(429);
  expect(await statusFor('203.0.113.2')).toBe(200);
});

test.each([
  [
    'an IPv6 network, whichever of its addresses is used',
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::2', '[2001:db8:1:2::3]:443'],
    '2001:db8:1:3::1',
  ],
  ['an address, however it is written', ['203.0.113.1', '::ffff:203.0.113.1', '203.0.113.1:50123'], '::ffff:203.0.113.2'],
])('who has no key is counted by %s', async (_what, same, other) => {
  await using proxied = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { TRUST_PROXY: 'true', CALLER_RATE_LIMIT: '2' },
  });
  const statusFor = async (forwarded: string) => (await proxied.query('{ __typename }', {}, { 'x-forwarded-for': forwarded })).status;
  const statuses = [];
  for (const address of same) statuses.push(await statusFor(address));

  expect(statuses).toEqual([200, 200, 429]);
  expect(await statusFor(other)).toBe(200);
});
