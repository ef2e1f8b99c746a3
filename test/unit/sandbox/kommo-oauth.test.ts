import { expect, test } from 'vitest';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoSandbox, KommoSandboxOptions } from '../../../src/sandbox/kommo/kommo-sandbox.ts';

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const FEW_PEOPLE = createPopulation({ kommo: 12, onlyoffice: 0, callgear: 0 });

function start(options: KommoSandboxOptions = {}): Promise<KommoSandbox> {
  return startKommoSandbox({ population: FEW_PEOPLE, ...options });
}

async function ask(sandbox: KommoSandbox, changes: Readonly<Record<string, unknown>>): Promise<TokenAnswer> {
  const { clientId, clientSecret, redirectUri } = sandbox.oauth.integration;
  const response = await fetch(`${sandbox.url}/oauth2/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri, ...changes }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function refresh(sandbox: KommoSandbox, token: unknown): Promise<TokenAnswer> {
  return ask(sandbox, { grant_type: 'refresh_token', refresh_token: token });
}

async function statusWith(sandbox: KommoSandbox, token: unknown, path = '/api/v4/account'): Promise<number> {
  return (await fetch(`${sandbox.url}${path}`, { headers: { authorization: `Bearer ${String(token)}` } })).status;
}

test('a code gives a pair once, and the access token opens the API', async () => {
  await using sandbox = await start();
  const code = sandbox.oauth.vault.issueCode();
  const { status, body } = await ask(sandbox, { grant_type: 'authorization_code', code });
  expect([status, body['token_type'], body['expires_in']]).toEqual([200, 'Bearer', 86_400]);
  expect(body['refresh_token']).toMatch(/^def502/);
  expect(String(body['access_token']).split('.')).toHaveLength(3);
  expect(await statusWith(sandbox, body['access_token'])).toBe(200);
  expect(await statusWith(sandbox, body['access_token'], '/oauth2/account/subdomain')).toBe(200);
  expect((await ask(sandbox, { grant_type: 'authorization_code', code })).body['hint']).toBe('Authorization code has been revoked');
});

test('a code is refused after 20 minutes', async () => {
  let now = 1_700_000_000_000;
  await using sandbox = await start({ nowMs: () => now });
  const code = sandbox.oauth.vault.issueCode();
  now += 20 * 60 * 1000;
  expect(await ask(sandbox, { grant_type: 'authorization_code', code })).toMatchObject({
    status: 400,
    body: { hint: 'Authorization code has expired' },
  });
});

test('strict rotation: a used refresh token is answered as revoked, in five Russian and English members', async () => {
  await using sandbox = await start();
  const { refreshToken } = sandbox.oauth.vault.issueTokens();
  const first = await refresh(sandbox, refreshToken);
  const second = await refresh(sandbox, refreshToken);
  expect(first.status).toBe(200);
  expect(second).toEqual({
    status: 401,
    body: {
      hint: 'Token has been revoked',
      title: 'Некорректный запрос',
      type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
      status: 401,
      detail: 'В запросе отсутствует ряд параметров или параметры невалидны',
    },
  });
  expect((await refresh(sandbox, first.body['refresh_token'])).status).toBe(200);
  expect([sandbox.oauth.refreshCount, sandbox.oauth.refusedRefreshCount]).toEqual([2, 1]);
});

test('with grace, a used refresh token works until the one it gave is used', async () => {
  await using sandbox = await start({ isRefreshGraceful: true });
  const { refreshToken } = sandbox.oauth.vault.issueTokens();
  const lost = await refresh(sandbox, refreshToken);
  const again = await refresh(sandbox, refreshToken);
  expect([lost.status, again.status]).toEqual([200, 200]);
  expect((await refresh(sandbox, again.body['refresh_token'])).status).toBe(200);
  expect((await refresh(sandbox, refreshToken)).status).toBe(401);
});

test('an access token ends with its lifetime', async () => {
  let now = 1_700_000_000_000;
  await using sandbox = await start({ accessTokenLifetimeSeconds: 60, nowMs: () => now });
  const { accessToken } = sandbox.oauth.vault.issueTokens();
  now += 59_999;
  expect(await statusWith(sandbox, accessToken)).toBe(200);
  now += 1;
  expect(await statusWith(sandbox, accessToken)).toBe(401);
});

test('each wrong credential has its own hint', async () => {
  await using sandbox = await start();
  const { refreshToken } = sandbox.oauth.vault.issueTokens();
  const hintOf = async (changes: Readonly<Record<string, unknown>>) =>
    (await ask(sandbox, { grant_type: 'refresh_token', refresh_token: refreshToken, ...changes })).body['hint'];
  expect(await hintOf({ client_id: 'x' })).toBe('Check the `client_id` parameter');
  expect(await hintOf({ client_secret: 'x' })).toBe('Check the `client_secret` parameter');
  expect(await hintOf({ redirect_uri: undefined })).toBe('Redirect URI is not associated with client');
  expect(await hintOf({ refresh_token: 'x' })).toBe('Invalid refresh token');
});

test('the consent page leads back with code, state and referer, or with access_denied', async () => {
  await using sandbox = await start();
  const { clientId, redirectUri } = sandbox.oauth.integration;
  const query = new URLSearchParams({ client_id: clientId, state: 'a"b&c' }).toString();
  const html = await (await fetch(`${sandbox.url}/oauth?${query}`)).text();
  const [grantPath, denyPath] = [...html.matchAll(/href="([^"]*)"/g)].map((match) => (match[1] ?? '').replaceAll('&#38;', '&'));
  const follow = async (path: string | undefined) => {
    const response = await fetch(`${sandbox.url}${path}`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    return new URL(response.headers.get('location') ?? '');
  };

  const granted = await follow(grantPath);
  expect(granted.href.startsWith(`${redirectUri}?`)).toBe(true);
  expect(granted.searchParams.get('state')).toBe('a"b&c');
  expect(granted.searchParams.get('referer')).toBe(new URL(sandbox.url).host);
  expect((await ask(sandbox, { grant_type: 'authorization_code', code: granted.searchParams.get('code') })).status).toBe(200);
  const denied = await follow(denyPath);
  expect([denied.searchParams.get('error'), denied.searchParams.get('code')]).toEqual(['access_denied', null]);
});

test('a refresh whose answer is lost has been carried out all the same', async () => {
  await using sandbox = await start({
    faults: [{ route: 'POST /oauth2/access_token', times: 1, when: 'after', effect: { kind: 'reset' } }],
  });
  const { refreshToken } = sandbox.oauth.vault.issueTokens();
  await expect(refresh(sandbox, refreshToken)).rejects.toThrow('fetch failed');
  expect(sandbox.oauth.refreshCount).toBe(1);
  expect((await refresh(sandbox, refreshToken)).status).toBe(401);
});
