import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceConnection } from '../../../../../src/datasources/credentials/source-connection.ts';
import { kommoModule } from '../../../../../src/datasources/kommo/kommo-module.ts';
import { GovernedHttp } from '../../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../../src/datasources/governor/governor.ts';
import { startKommoSandbox, type KommoSandbox } from '../../../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createTestLog } from '../../../../support/call.ts';
import { MemoryTokenStore } from '../kommo-source.ts';

let now = Date.now();
let kommo: KommoSandbox;
let tokenStore: MemoryTokenStore;
let connection: SourceConnection;

function connect(url: string, settings: object = {}): SourceConnection | null {
  const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
  const log = createTestLog();
  const governor = new Governor();
  return (
    kommoModule.connect?.('kommo', kommoModule.settings.parse({ url, clientId, clientSecret, redirectUri, ...settings }), {
      createHttp: (options) => new GovernedHttp(options, { governor, log, sourceTimeoutMs: 5_000 }),
      tokenStore,
      log,
      defaultCountry: undefined,
      scanBudget: 1_000,
      referenceTtlMs: 0,
      now: () => now,
    }) ?? null
  );
}

beforeEach(async () => {
  now = Date.now();
  kommo = await startKommoSandbox({ nowMs: () => now });
  tokenStore = new MemoryTokenStore(null);
  const created = connect(kommo.url);
  if (created === null) throw new Error('OAuth settings need a connection.');
  connection = created;
});
afterEach(() => kommo.close());

const answerOf = (members: Record<string, string>) => ({ query: new URLSearchParams(members) });
const referer = () => new URL(kommo.url).host;

test('stores the pair that a code was exchanged for', async () => {
  await connection.complete(answerOf({ code: kommo.oauth.vault.issueCode(), referer: referer() }));
  expect(kommo.oauth.vault.isAccessTokenValid(tokenStore.pair?.accessToken ?? '')).toBe(true);
  expect(kommo.oauth.vault.isRefreshTokenValid(tokenStore.pair?.refreshToken ?? '')).toBe(true);
});

test('takes a bare code', async () => {
  await connection.complete({ code: kommo.oauth.vault.issueCode() });
  expect(tokenStore.stored).toHaveLength(1);
});

test('stores the pair of its one exchange though another process took the turn meanwhile', async () => {
  const update = tokenStore.update.bind(tokenStore);
  tokenStore.update = async (source, change) => {
    await change(tokenStore.pair, { check: async () => undefined });
    return update(source, change);
  };
  await connection.complete({ code: kommo.oauth.vault.issueCode() });
  expect(kommo.oauth.codeExchangeCount).toBe(1);
  expect(kommo.oauth.vault.isRefreshTokenValid(tokenStore.pair?.refreshToken ?? '')).toBe(true);
});

describe('stores nothing, with words for the person, when', () => {
  test.each<[string, () => Record<string, string>, RegExp]>([
    ['consent was denied', () => ({ error: 'access_denied', referer: referer() }), /denied/],
    ['the page reports another error', () => ({ error: 'server_error' }), /reported an error/],
    [
      'another account consented',
      () => ({ code: kommo.oauth.vault.issueCode(), referer: 'other.kommo.com' }),
      /another account than the configured 127/,
    ],
    ['no account is named', () => ({ code: kommo.oauth.vault.issueCode() }), /another account/],
    ['the code is missing', () => ({ referer: referer() }), /no usable code/],
    ['the code is none', () => ({ code: 'def502abc', referer: referer() }), /the code cannot be read.*npm run connect -- kommo/],
  ])('%s', async (_when, members, words) => {
    await expect(connection.complete(answerOf(members()))).rejects.toThrow(words);
    expect(tokenStore.stored).toEqual([]);
    expect(kommo.oauth.codeExchangeCount).toBe(0);
  });

  test('the code has expired', async () => {
    const code = kommo.oauth.vault.issueCode();
    now += 21 * 60_000;
    await expect(connection.complete({ code })).rejects.toThrow(/has expired.*20 minutes/);
    expect(tokenStore.stored).toEqual([]);
  });

  test('the code was used before', async () => {
    const code = kommo.oauth.vault.issueCode();
    await connection.complete({ code });
    await expect(connection.complete({ code })).rejects.toThrow(/was used already/);
    expect(tokenStore.stored).toHaveLength(1);
  });

  test('the client secret is wrong', async () => {
    const wrong = connect(kommo.url, { clientSecret: 'wrong' });
    await expect(wrong?.complete({ code: kommo.oauth.vault.issueCode() })).rejects.toThrow(/client id or the client secret is wrong/);
  });
});

test.each([
  ['https://acme.kommo.com', 'https://www.kommo.com/oauth'],
  ['https://acme.amocrm.ru', 'https://www.amocrm.ru/oauth'],
])('asks for consent to %s on the page of its platform', (url, page) => {
  const consentUrl = new URL(connect(url)?.consentUrl('a state&more') ?? '');
  expect(consentUrl.origin + consentUrl.pathname).toBe(page);
  expect(consentUrl.searchParams.get('state')).toBe('a state&more');
  expect(consentUrl.searchParams.get('client_id')).toBe(kommo.oauth.integration.clientId);
});

test('needs no consent with a long-lived token', () => {
  expect(connect(kommo.url, { token: 'long-lived', clientId: undefined, clientSecret: undefined, redirectUri: undefined })).toBeNull();
});
