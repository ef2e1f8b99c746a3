import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { startTestServer, type TestServer } from '../../support/http/http-server.ts';
import { API_KEYS, KEYS, bearer } from '../../support/keys.ts';

const ISSUER = 'https://id.example.com';
const AUDIENCE = 'crm-gateway';
/** For what is held until a token has ended. */
const PATIENT = { SOURCE_TIMEOUT_MS: '60000', REQUEST_TIMEOUT_MS: '120000' };
const keys = await generateKeyPair('ES256', { extractable: true });
const strangers = await generateKeyPair('ES256');

let issuer: TestServer;
let gateway: TestGateway;
beforeAll(async () => {
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] });
  issuer = await startTestServer((_request, response) => response.setHeader('content-type', 'application/json').end(jwks));
  gateway = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { JWT_JWKS_URL: `${issuer.url}/jwks.json`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, API_KEYS, ...PATIENT },
    isSandbox: false,
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', scope: 'openid contacts:read' };
/** A good token, but for the claims and the header that are given. */
const sign = (claims: Readonly<Record<string, unknown>> = {}, header: object = {}, key = keys.privateKey) =>
  new SignJWT({ ...CLAIMS, exp: inSeconds(60), ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key);

const ask = (token: string, document = '{ sources { name } }') => gateway.query(document, {}, bearer(token));

test('a token of the issuer lets its subject in, with the scopes that it names', async () => {
  gateway.log.length = 0;

  expect(await ask(await sign())).toMatchObject({ status: 200, data: { sources: [{ name: 'onlyoffice' }] }, errors: [] });
  expect(await ask(await sign({ scope: 'contacts:delete' }))).toMatchObject({ status: 403 });
  expect(await ask(await sign({ scope: undefined, scp: ['contacts:read'] }))).toMatchObject({ status: 200 });
  expect(await ask(await sign({ scope: undefined }))).toMatchObject({ status: 403 });
  expect(gateway.log[0]?.members).toMatchObject({ caller: 'jwt:user-1' });
});

test('clocks may differ by half a minute', async () => {
  expect(await ask(await sign({ exp: inSeconds(-20) }))).toMatchObject({ status: 200 });
  expect(await ask(await sign({ nbf: inSeconds(20) }))).toMatchObject({ status: 200 });
});

test.each<[string, () => Promise<string> | string]>([
  ['expired', () => sign({ exp: inSeconds(-40) })],
  ['not yet good', () => sign({ nbf: inSeconds(40) })],
  ['without an end', () => sign({ exp: undefined })],
  ['without a subject', () => sign({ sub: undefined })],
  ['of another issuer', () => sign({ iss: 'https://id.example.net' })],
  ['for another audience', () => sign({ aud: 'another-service' })],
  ['signed by another key', () => sign({}, {}, strangers.privateKey)],
  ['signed by an unknown key', () => sign({}, { kid: 'k2' })],
  ['not signed', () => new UnsecuredJWT({ ...CLAIMS, exp: inSeconds(60) }).encode()],
  ['signed with the public key as a shared secret', signedWithPublicKey],
  ['torn', async () => (await sign()).slice(0, -10)],
  ['no token', () => 'a.b.c'],
])('a token that is %s lets nobody in', async (_case, make) => {
  expect(await ask(await make())).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

async function signedWithPublicKey(): Promise<string> {
  const secret = new TextEncoder().encode(await exportSPKI(keys.publicKey));
  return new SignJWT({ ...CLAIMS, exp: inSeconds(60) }).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
}

test('a token that ends while its request waits for an equal one is good for that request, and for none that comes later', async () => {
  const list = '{ contacts(first: 3) { nodes { id } } }';
  const release = Promise.withResolvers<void>();
  gateway.onlyoffice.setFaults([{ route: '*', effect: { kind: 'hold', until: release.promise } }]);
  gateway.clearCalls();
  const ending = await sign({ exp: inSeconds(-26), sub: 'user-2' });

  const first = ask(await sign(), list);
  await expect.poll(() => gateway.requests().length).toBe(1);
  const joined = ask(ending, list);
  // Neither answers before the token has ended.
  await expect.poll(async () => (await ask(ending)).status, { timeout: 20_000, interval: 250 }).toBe(401);
  expect(await ask(ending, list)).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  release.resolve();

  const answers = await Promise.all([first, joined]);
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, errors: [] });
  expect(answers[1].data).toEqual(answers[0].data);
  expect(gateway.requests()).toHaveLength(1);
  gateway.onlyoffice.setFaults([]);
}, 30_000);

test('a subject cannot forge a line of the log, nor pass for an API key', async () => {
  gateway.log.length = 0;
  await ask(await sign({ sub: 'x"}\n{"level":"info","caller":"reader\u2028\u009b31m' }));

  expect(gateway.log[0]?.members).toMatchObject({ caller: expect.stringMatching(/^jwt:[\x21-\x7e]{1,60}$/) });
});

test('API keys work beside tokens', async () => {
  expect(await ask(KEYS.reader)).toMatchObject({ status: 200 });
});

test('an issuer that is out of reach is no fault of the token: 503, and API keys go on', async () => {
  await using broken = await startTestServer((_request, response) => response.writeHead(500).end('canary'));
  await using cut = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { JWT_JWKS_URL: broken.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, API_KEYS },
  });
  const answer = await cut.query('{ __typename }', {}, bearer(await sign()));

  expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'CALLER_CHECK_UNAVAILABLE' } }] });
  expect(await cut.query('{ __typename }', {}, bearer(KEYS.reader))).toMatchObject({ status: 200 });
  expect(cut.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('while the issuer fails, forged tokens cost it few requests, and are limited by address', async () => {
  let fetches = 0;
  await using broken = await startTestServer((_request, response) => {
    fetches += 1;
    response.writeHead(500).end();
  });
  await using cut = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { JWT_JWKS_URL: broken.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, API_KEYS, CALLER_RATE_LIMIT: '50' },
  });
  const forged = await sign({}, {}, strangers.privateKey);
  const answers = await Promise.all(Array.from({ length: 60 }, () => cut.query('{ __typename }', {}, bearer(forged))));
  const codes = answers.map(({ errors }) => errors[0]?.extensions?.['code']);

  expect(fetches).toBeLessThanOrEqual(3);
  expect(codes.filter((code) => code === 'CALLER_CHECK_UNAVAILABLE')).toHaveLength(50);
  expect(codes.filter((code) => code === 'CALLER_RATE_LIMITED')).toHaveLength(10);
  expect(Number(answers[49]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(cut.log.filter(({ message }) => message === 'a request was refused').length).toBeLessThanOrEqual(50);
  expect(await cut.query('{ __typename }', {}, bearer(KEYS.reader))).toMatchObject({ status: 200 });
});

test('a good token does not use up what its address may try', async () => {
  await using few = await startTestGateway({
    kommo: null,
    callgear: null,
    population: { onlyoffice: 5 },
    environment: { JWT_JWKS_URL: issuer.url, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, CALLER_RATE_LIMIT: '3' },
  });
  for (const sub of ['a', 'b', 'c', 'd', 'e']) {
    expect(await few.query('{ __typename }', {}, bearer(await sign({ sub })))).toMatchObject({ status: 200 });
  }
});

test('subjects that begin alike, or differ in what a log does not hold, are told apart', async () => {
  gateway.log.length = 0;
  const long = 'x'.repeat(100);
  for (const sub of [`${long}1`, `${long}2`, 'я', 'ю', 'x'.repeat(60)]) await ask(await sign({ sub }));
  const names = gateway.log.map(({ members }) => (members as { caller: string }).caller);

  expect(new Set(names).size).toBe(5);
  for (const name of names) expect(name).toMatch(/^jwt:[\x21-\x7e]{1,60}$/);
  expect(names.at(-1)).toBe(`jwt:${'x'.repeat(60)}`);
});

test('a subject that is no text lets nobody in', async () => {
  for (const sub of [{ name: 'x' }, 7, '', ['user-1']]) {
    expect(await ask(await sign({ sub }))).toMatchObject({ status: 401 });
  }
});
