import { expect, test } from 'vitest';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { OnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { ask } from './ask-portal.ts';
import type { PortalAnswer } from './ask-portal.ts';

const TAGS = 'crm/contact/tag';

function logIn(portal: OnlyofficeSandbox, credentials: object, path = 'authentication.json'): Promise<PortalAnswer> {
  return ask(portal, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(credentials) });
}

function credentialsOf({ userName, password }: OnlyofficeSandbox): { userName: string; password: string } {
  return { userName, password };
}

test('takes the raw token, Bearer and Basic', async () => {
  await using portal = await startOnlyofficeSandbox();
  const basic = Buffer.from(`${portal.userName}:${portal.password}`).toString('base64');
  for (const authorization of [portal.token, `Bearer ${portal.token}`, `Basic ${basic}`]) {
    expect((await ask(portal, TAGS, { headers: { authorization } })).status).toBe(200);
  }
});

test('refuses a wrong token, a lower-case scheme and nothing at all with 401 as plain text', async () => {
  await using portal = await startOnlyofficeSandbox();
  for (const authorization of ['wrong', `bearer ${portal.token}`, `Bearer wrong`]) {
    const { status, text, headers } = await ask(portal, TAGS, { headers: { authorization } });
    expect([status, text, headers.get('content-type')]).toEqual([401, 'Unauthorized', 'text/html']);
    expect(headers.get('www-authenticate')).toBe(`Basic Realm="${new URL(portal.url).host}"`);
  }
  const bare = await ask(portal, TAGS, { headers: {} });
  expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, null]);
});

test('settles who asks before it looks at the id, but after the route', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, 'crm/contact/0', { headers: {} })).status).toBe(401);
  expect((await ask(portal, 'crm/contact/abc', { headers: {} })).status).toBe(404);
});

test('lets a stale key in query or cookie beat a good raw header', async () => {
  await using portal = await startOnlyofficeSandbox();
  expect((await ask(portal, `${TAGS}?asc_auth_key=stale`)).status).toBe(401);
  const headers = { authorization: portal.token, cookie: 'a=b; asc_auth_key=stale' };
  expect((await ask(portal, TAGS, { headers })).status).toBe(401);
  expect((await ask(portal, TAGS, { headers: { cookie: `asc_auth_key=${portal.token}` } })).status).toBe(200);
  expect((await ask(portal, `${TAGS}?asc_auth_key=${portal.token}`, { headers: {} })).status).toBe(200);
});

test('gives a token with 201 that works until it is revoked', async () => {
  await using portal = await startOnlyofficeSandbox();
  const { status, envelope, one, headers } = await logIn(portal, credentialsOf(portal));
  expect([status, envelope['statusCode'], envelope['count']]).toEqual([201, 201, 1]);
  expect(Object.keys(one)).toEqual(['token', 'expires']);
  expect(headers.get('set-cookie')).toContain('asc_auth_key=');
  const authorization = String(one['token']);
  expect((await ask(portal, TAGS, { headers: { authorization } })).status).toBe(200);
  portal.revoke(authorization);
  expect((await ask(portal, TAGS, { headers: { authorization } })).status).toBe(401);
});

test('takes credentials as a form, names in any case', async () => {
  await using portal = await startOnlyofficeSandbox();
  const body = new URLSearchParams({ USERNAME: portal.userName.toUpperCase(), Password: portal.password });
  expect((await ask(portal, 'authentication', { method: 'POST', headers: {}, body })).status).toBe(201);
});

test('tells year 1 for a token that never expires', async () => {
  await using portal = await startOnlyofficeSandbox({ tokenMinutes: 0 });
  const { one } = await logIn(portal, credentialsOf(portal));
  expect(one['expires']).toBe('0001-01-01T00:00:00.0000000Z');
  expect((await ask(portal, TAGS, { headers: { authorization: String(one['token']) } })).status).toBe(200);
});

test.each([{ password: 'wrong' }, { password: '' }, { userName: '' }])('answers wrong credentials %j with 500, not 401', async (wrong) => {
  await using portal = await startOnlyofficeSandbox();
  const { status, envelope } = await logIn(portal, { ...credentialsOf(portal), ...wrong });
  expect(status).toBe(500);
  expect(envelope).toMatchObject({ status: 1, statusCode: 500, error: { message: 'User authentication failed' } });
});

test('blocks a login after too many wrong passwords, the right one included', async () => {
  await using portal = await startOnlyofficeSandbox();
  for (let attempt = 0; attempt < 6; attempt += 1) await logIn(portal, { ...credentialsOf(portal), password: 'wrong' });
  const { status, envelope } = await logIn(portal, credentialsOf(portal));
  expect([status, envelope['error']]).toMatchObject([500, { message: 'Login Fail. Too many attempts' }]);
});

test('answers two-factor accounts with 201 and a null token until the code comes', async () => {
  await using portal = await startOnlyofficeSandbox({ twoFactor: 'sms' });
  const first = await logIn(portal, credentialsOf(portal));
  expect([first.status, first.one]).toMatchObject([201, { token: null, sms: true, phoneNoise: expect.any(String) }]);
  expect((await logIn(portal, credentialsOf(portal), 'authentication/000000')).status).toBe(500);
  const second = await logIn(portal, credentialsOf(portal), `authentication/${portal.twoFactorCode}`);
  expect([second.status, typeof second.one['token']]).toEqual([201, 'string']);
});

test('forbids everything to who may not use the CRM', async () => {
  await using portal = await startOnlyofficeSandbox({ hasCrmAccess: false });
  const { status, envelope } = await ask(portal, TAGS);
  expect([status, envelope['error']]).toMatchObject([403, { message: 'Forbidden' }]);
});
