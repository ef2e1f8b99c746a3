import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCallgearSandbox, type CallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import type { Fault, FaultEffect, LoggedRequest } from '../../../src/sandbox/fault.ts';
import { startKommoSandbox, type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { startOnlyofficeSandbox, type OnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { startGatewayProcess, type GatewayProcess } from '../../support/processes/gateway-process.ts';

const SECRETS = {
  apiKey: 'canary-api-key',
  onlyofficePassword: 'canary-onlyoffice-password',
  kommoClientSecret: 'canary-kommo-client-secret',
  callgearPassword: 'canary-callgear-password',
};
/** What CRMs in trouble say, and what callers write: whatever holds it must not come out. */
const CANARY = 'canary-in-a-body';

let onlyoffice: OnlyofficeSandbox;
let kommo: KommoSandbox;
let callgear: CallgearSandbox;
let gateway: GatewayProcess;
let firstTokens: { accessToken: string; refreshToken: string };
const directory = mkdtempSync(join(tmpdir(), 'crm-gateway-'));
/** Everything of every answer but its data. */
const answers: string[] = [];

beforeAll(async () => {
  const population = createPopulation({ onlyoffice: 40, kommo: 40, callgear: 40 });
  onlyoffice = await startOnlyofficeSandbox({ population, password: SECRETS.onlyofficePassword });
  kommo = await startKommoSandbox({ population, integration: { clientSecret: SECRETS.kommoClientSecret } });
  callgear = await startCallgearSandbox({ population, password: SECRETS.callgearPassword });
  firstTokens = kommo.oauth.vault.issueTokens();
  const tokenStore = join(directory, 'tokens.json');
  writeFileSync(tokenStore, JSON.stringify({ kommo: { ...firstTokens, expiresAt: '2020-01-01T00:00:00Z' } }), { mode: 0o600 });
  const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
  const environment = {
    ONLYOFFICE_URL: onlyoffice.url,
    ONLYOFFICE_USERNAME: onlyoffice.userName,
    ONLYOFFICE_PASSWORD: onlyoffice.password,
    KOMMO_URL: kommo.url,
    KOMMO_CLIENT_ID: clientId,
    KOMMO_CLIENT_SECRET: clientSecret,
    KOMMO_REDIRECT_URI: redirectUri,
    TOKEN_STORE: tokenStore,
    CALLGEAR_URL: callgear.url,
    CALLGEAR_LOGIN: callgear.login,
    CALLGEAR_PASSWORD: callgear.password,
    API_KEYS: `front contacts:read,contacts:delete sha256:${createHash('sha256').update(SECRETS.apiKey).digest('hex')}`,
    SOURCE_TIMEOUT_MS: '6000',
    REQUEST_TIMEOUT_MS: '15000',
    CACHE_TTL_MS: '0',
    KOMMO_RATE_LIMIT: '500',
  };
  gateway = await startGatewayProcess(environment, directory);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const server of [onlyoffice, kommo, callgear]) await server.close();
  rmSync(directory, { recursive: true });
});

async function send(
  init: { method: string; headers?: Record<string, string>; body?: string },
  query = '',
): Promise<{ data?: unknown; errors?: unknown }> {
  const headers = { authorization: `Bearer ${SECRETS.apiKey}`, 'x-explain': 'true', 'user-agent': CANARY, ...init.headers };
  const response = await fetch(gateway.url + query, { ...init, headers });
  const { data, ...rest } = (await response.json()) as { data?: unknown; errors?: unknown };
  answers.push(JSON.stringify(rest), JSON.stringify([...response.headers]));
  return { data, ...rest };
}

const ask = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
  send({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) });

const PERSONAL =
  'displayName about phones { value normalizedValue } emails { value } addresses { text } ... on Person { firstName lastName }';
const READ =
  `{ contacts(first: 100) { nodes { id ${PERSONAL} tags { name } responsible { displayName email } company { displayName } leads { nodes { name } } customFields { text } } pageInfo { endCursor } sourceReports { status error { code message } } } sources { health { error { message } } users { email } customFields { label } } }`.replace(
    'company { displayName }',
    '... on Person { company { displayName } }',
  );

/** Every text of a value that is long enough to be told from other words. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim().length > 8 ? [value.trim()] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Whatever the gateway proves itself with, as the CRMs got it. */
function credentialsIn(requests: readonly LoggedRequest[]): string[] {
  const fromHeaders = requests.flatMap(({ headers }) => String(headers['authorization'] ?? '').replace(/^Bearer /i, ''));
  const fromBodies = requests.flatMap(({ body }) =>
    [...JSON.stringify(body ?? '').matchAll(/"(?:access_token|refresh_token|client_secret|password)":"([^"]+)"/g)].map(
      ([, secret]) => secret ?? '',
    ),
  );
  return [...fromHeaders, ...fromBodies].filter((secret) => secret !== '');
}

const DELETE =
  'mutation ($ids: [ID!]!) { deleteContacts(input: { ids: $ids }) { deletions { outcome error { message } userErrors { message } } } }';

const EFFECTS: FaultEffect[] = [
  { kind: 'respond', status: 500, body: CANARY },
  { kind: 'respond', status: 429, body: JSON.stringify({ detail: CANARY }) },
  { kind: 'respond', status: 302, headers: { location: `https://example.com/?access_token=${CANARY}` } },
  { kind: 'respond', status: 200, body: `{"${CANARY}": ` },
  {
    kind: 'respond',
    status: 200,
    body: JSON.stringify({
      error: { code: -32602, message: CANARY, data: { mnemonic: CANARY } },
      response: CANARY,
      _embedded: { contacts: CANARY },
    }),
  },
  { kind: 'alter', alter: (body) => JSON.parse(JSON.stringify(body).replaceAll('"id":', `"${CANARY}":`)) as unknown },
  { kind: 'hang' },
  { kind: 'cut' },
  { kind: 'reset' },
  // To Kommo's tokens the end.
  { kind: 'respond', status: 401, body: JSON.stringify({ error: { message: CANARY }, hint: CANARY }), contentType: 'application/json' },
  // To Kommo a ban, after which it is not called any more.
  { kind: 'respond', status: 403, body: `<html>${CANARY}</html>`, contentType: 'text/html' },
];

test('no secret and nothing of any contact comes out in errors, metrics or logs, whatever goes wrong', async () => {
  const good = await ask(READ);
  const contactTexts = [...new Set(textsIn((good.data as { contacts: { nodes: unknown } }).contacts.nodes))].filter(
    (text) => !/^(Person|Company)$/.test(text),
  );
  const ids = (good.data as { contacts: { nodes: { id: string }[] } }).contacts.nodes.map(({ id }) => id);

  for (const effect of EFFECTS) {
    // What the gateway waits for spoils one request only.
    const isSlow = effect.kind === 'hang' || (effect.kind === 'respond' && effect.status === 429);
    const faults: Fault[] = [{ route: '*', times: isSlow ? 1 : 3, effect }];
    for (const server of [onlyoffice, kommo, callgear]) server.setFaults(faults);
    await ask(READ);
    if (effect.kind === 'hang') continue;
    await ask(DELETE, { ids: ids.slice(0, 9) });
    await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ids.slice(9, 12) });
    for (const server of [onlyoffice, kommo, callgear]) server.setFaults([]);
    // Successes between the failures keep the circuit breakers closed.
    await ask('{ contacts(first: 1) { totalCount } }');
  }
  await askBadly();

  const metrics = await fetch(new URL('/metrics', gateway.url), { headers: { authorization: `Bearer ${SECRETS.apiKey}` } });
  const printed = await metrics.text();
  expect(await gateway.stop()).toBe(0);

  const credentials = new Set([
    ...Object.values(SECRETS),
    ...Object.values(firstTokens),
    ...[onlyoffice, kommo, callgear].flatMap(({ requests }) => credentialsIn(requests)),
  ]);
  // They were really there to be leaked.
  expect(contactTexts.length).toBeGreaterThan(150);
  expect([...credentials]).toEqual(expect.arrayContaining(Object.values(SECRETS).slice(1)));
  expect(credentials.size).toBeGreaterThan(7);
  expect(answers.filter((answer) => answer.includes('"errors"')).length).toBeGreaterThan(10);
  const places = { answers: answers.join('\n'), metrics: printed, log: gateway.output() };
  for (const [place, text] of Object.entries(places)) {
    const found = [CANARY, ...credentials, ...contactTexts].filter((secret) => text.includes(secret));
    expect([place, found]).toEqual([place, []]);
  }
});

/** What callers send must not come out in the log either, nor make lines of its own. */
async function askBadly(): Promise<void> {
  const forged = `${CANARY}\n{"level":"error","msg":"forged"}`;
  await send(
    { method: 'GET' },
    `?${new URLSearchParams({ query: `query A { contacts(filter: { search: "${CANARY}" }) { totalCount } }` })}`,
  );
  await ask(
    'query ($value: String!) { contacts(filter: { contactInfos: [{ type: PHONE, value: $value }], lastName: $value }) { totalCount } }',
    { value: forged },
  );
  await ask('query ($id: ID!) { contact(id: $id) { id } }', { id: forged });
  await ask('{ contacts(after: "x") { totalCount } }', {}, { 'x-request-id': '{"forged":1}' });
  await ask(`query ${'N'.repeat(5_000)} { __typename }`);
  const logged = answers.length;
  await send({ method: 'POST', headers: { 'content-type': 'application/json' }, body: forged });
  await ask('{ __typename }', {}, { authorization: `Bearer ${CANARY}` });
  expect(answers.length).toBe(logged + 4);
}

test('every line of the log is one that the gateway wrote', () => {
  const lines = gateway
    .output()
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('crm-gateway is ready'));
  const parsed = lines.map((line) => JSON.parse(line) as { level: string; msg: string; operationName?: string });

  expect(parsed.filter(({ msg }) => msg === 'request').length).toBeGreaterThan(30);
  expect(parsed.filter(({ msg }) => msg === 'deletion').length).toBeGreaterThan(50);
  expect(parsed.filter(({ msg }) => msg.includes('forged'))).toEqual([]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_000);
  expect(parsed.find(({ operationName }) => operationName?.startsWith('NN'))?.operationName).toHaveLength(100);
});
