import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { IssuerPausedError, createIssuerKeys } from '../../../src/auth/issuer-keys.ts';
import { startTestServer } from '../../support/http/http-server.ts';

const { publicKey } = await generateKeyPair('ES256');
const KEY_SET = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] });
const HEADER = { alg: 'ES256', kid: 'k1' };
const TOKEN = { payload: '', signature: '' };

/** An issuer whose answers a test chooses, and a clock that stands still until a test moves it. */
async function startIssuer() {
  const state = { status: 500, body: '', fetches: 0, now: 0 };
  const server = await startTestServer((_request, response) => {
    state.fetches += 1;
    response.writeHead(state.status, { 'content-type': 'application/json' }).end(state.body);
  });
  const keys = createIssuerKeys(server.url, () => state.now);
  return { state, find: async () => keys(HEADER, TOKEN), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('after a failure the issuer is left alone, longer each time, and asked again when the pause is over', async () => {
  await using issuer = await startIssuer();
  const { state, find } = issuer;
  for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    const { fetches } = state;
    await expect(find()).rejects.toThrow('HTTP 500');
    state.now += pauseMs - 1;
    for (let count = 0; count < 5; count += 1) await expect(find()).rejects.toThrow(IssuerPausedError);
    expect(state.fetches).toBe(fetches + 1);
    state.now += 1;
  }
  Object.assign(state, { status: 200, body: KEY_SET });

  expect(await find()).toBeDefined();
});

test('tokens that come at once share one request', async () => {
  await using issuer = await startIssuer();
  Object.assign(issuer.state, { status: 200, body: KEY_SET });

  expect(await Promise.all(Array.from({ length: 20 }, issuer.find))).toHaveLength(20);
  expect(issuer.state.fetches).toBe(1);
});

test.each([
  ['what is no JSON', 'canary'],
  ['what is no key set', '{"keys":"canary"}'],
  ['what is too large', JSON.stringify({ keys: [], padding: 'canary'.repeat(100_000) })],
])('%s is a failure, and is not repeated in the error', async (_what, body) => {
  await using issuer = await startIssuer();
  Object.assign(issuer.state, { status: 200, body });

  await expect(issuer.find()).rejects.toThrow(expect.not.objectContaining({ message: expect.stringContaining('canary') }));
  await expect(issuer.find()).rejects.toThrow(IssuerPausedError);
  expect(issuer.state.fetches).toBe(1);
});
