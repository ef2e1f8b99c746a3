import { describe, expect, test } from 'vitest';
import { startCallgearSandbox } from '../../../src/sandbox/callgear/callgear-sandbox.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { startOnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { RedisTokens } from '../../../src/replicas/redis-tokens.ts';
import { COMMAND, startProgram } from '../../support/processes/child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { dumpOf } from '../../support/replicas/dump.ts';
import { startReplica, type Replica } from '../../support/replicas/gateways.ts';
import { HAS_REDIS, openLink, startRedis, STATE_KEY } from '../../support/processes/redis-server.ts';
import { bearer, KEYS } from '../../support/keys.ts';

const population = createPopulation({ kommo: 20, onlyoffice: 20, callgear: 20 });
const REFRESH = 'POST /oauth2/access_token';

const deletionOf = (id: string) => `mutation { deleteContact(input: { id: "${id}" }) { deletion { outcome } } }`;
const codesOf = '{ contacts(first: 1) { sourceReports { status error { code } } } }';

describe.skipIf(!HAS_REDIS)('two gateways on one Redis', () => {
  test('a list on one shows no contact that the other one has deleted, though both keep answers', async () => {
    await using redis = await startRedis();
    await using portal = await startOnlyofficeSandbox({ population });
    const environment = { ONLYOFFICE_URL: portal.url, ONLYOFFICE_TOKEN: portal.token, CACHE_TTL_MS: '600000' };
    await using one = await startReplica(redis, environment);
    await using other = await startReplica(redis, environment);
    const list = '{ contacts(first: 50) { nodes { id } } }';
    const idsIn = (text: string) => [...text.matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id);
    const ids = idsIn(await one.text(list));
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids.slice(0, 8)) {
      expect(idsIn(await other.text(list))).toContain(id);
      expect(await one.text(deletionOf(id))).toContain('DELETED');
      expect(idsIn(await other.text(list))).not.toContain(id);
      expect(await other.text(`{ node(id: "${id}") { id } }`)).toContain('null');
    }
    const calls = portal.requests.length;
    await other.text(list);
    expect(portal.requests).toHaveLength(calls);
  });

  test('a ban that one of them meets keeps both away', async () => {
    await using redis = await startRedis();
    await using kommo = await startKommoSandbox({ population });
    const environment = { KOMMO_URL: kommo.url, KOMMO_TOKEN: kommo.token };
    await using one = await startReplica(redis, environment);
    await using other = await startReplica(redis, environment);
    kommo.setFaults([{ route: '*', effect: { kind: 'respond', status: 403, contentType: 'text/html', body: '<html>Forbidden</html>' } }]);
    expect(await one.text(codesOf)).toContain('BLOCKED');
    const calls = kommo.requests.length;
    expect(await other.text(codesOf)).toContain('BLOCKED');
    expect(kommo.requests).toHaveLength(calls);
  });

  test("never go over what is left of the CRM's own quota together", async () => {
    await using redis = await startRedis();
    await using callgear = await startCallgearSandbox({ population, quotas: { minute: 200, day: 40 } });
    const environment = { CALLGEAR_URL: callgear.url, CALLGEAR_TOKEN: callgear.token, CACHE_TTL_MS: '0' };
    await using one = await startReplica(redis, environment);
    await using other = await startReplica(redis, environment);
    const query = (number: number) =>
      `{ contacts(first: 1, filter: { lastName: "Nobody ${number}" }) { sourceReports { error { code } } } }`;
    await one.text(query(0));
    await Promise.all(Array.from({ length: 60 }, (_none, index) => (index % 2 === 0 ? one : other).text(query(index))));
    // Where Redis was slow meanwhile, each kept to its share, and something may be left.
    let more = 60;
    await eventually(async () => expect(await other.text(query((more += 1)))).toMatch(/QUOTA_EXHAUSTED/));
    expect(callgear.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(callgear.requests.length).toBeLessThanOrEqual(40);
  });

  test('fifty queries at the end of a token refresh it once, and the grant is encrypted in Redis', async () => {
    await using redis = await startRedis();
    await using kommo = await startKommoSandbox({ population });
    const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
    const pair = { ...kommo.oauth.vault.issueTokens(), expiresAt: new Date(Date.now() - 1) };
    using link = await openLink(redis.url);
    await new RedisTokens(link).update('kommo', async () => pair);
    const environment = {
      KOMMO_URL: kommo.url,
      KOMMO_CLIENT_ID: clientId,
      KOMMO_CLIENT_SECRET: clientSecret,
      KOMMO_REDIRECT_URI: redirectUri,
    };
    await using one = await startReplica(redis, environment);
    await using other = await startReplica(redis, environment);
    // Where a busy machine keeps Redis from answering in time, a client does as it is told to, and asks again.
    await Promise.all(
      Array.from({ length: 50 }, (_none, index) =>
        eventually(async () => {
          const text = await (index % 2 === 0 ? one : other).text('{ contacts(first: 1) { sourceReports { status error { code } } } }');
          expect(text).toMatch(/"OK"|"UNAVAILABLE"/);
          expect(text).toContain('"OK"');
        }),
      ),
    );
    expect(kommo.requests.filter(({ route }) => route === REFRESH)).toHaveLength(1);
    const renewed = await new RedisTokens(link).read('kommo');
    expect(kommo.oauth.vault.isAccessTokenValid(renewed?.accessToken ?? '')).toBe(true);
    const dump = await dumpOf(redis);
    for (const secret of [pair.refreshToken, renewed?.refreshToken, renewed?.accessToken, kommo.url, clientSecret, 'kommo']) {
      expect(dump.includes(secret ?? '')).toBe(false);
    }
  });

  test('leave nothing of a person, a caller or a filter in Redis that can be read', async () => {
    await using redis = await startRedis();
    await using portal = await startOnlyofficeSandbox({ population });
    const environment = { ONLYOFFICE_URL: portal.url, ONLYOFFICE_TOKEN: portal.token };
    await using one = await startReplica(redis, environment);
    const names = [...(await one.text('{ contacts(first: 20) { nodes { displayName } } }')).matchAll(/"displayName":"([^"]+)"/g)];
    await one.text('{ contacts(first: 2, filter: { phone: "+37120004477" }) { nodes { id } } }');
    await eventually(async () => expect(await redis.client.keys('*:answer:*')).not.toEqual([]));
    const dump = await dumpOf(redis);
    // What is cached of them is there.
    expect(dump).toContain('{crm-gateway}:answer:');
    // Shorter names stand in any text.
    const canaries = [
      ...names.map(([, name = '']) => name).filter((name) => name.length > 4),
      '20004477',
      portal.token,
      new URL(portal.url).host,
      KEYS.both,
    ];
    expect(canaries.length).toBeGreaterThan(10);
    expect(canaries.filter((canary) => dump.includes(canary))).toEqual([]);
  });

  test('a caller may send so many requests to both together, and its part to each while Redis is away', async () => {
    await using redis = await startRedis();
    await using portal = await startOnlyofficeSandbox({ population });
    const environment = { ONLYOFFICE_URL: portal.url, ONLYOFFICE_TOKEN: portal.token, CALLER_RATE_LIMIT: '20' };
    await using one = await startReplica(redis, environment);
    await using other = await startReplica(redis, environment);
    const sendAll = async (to: readonly Replica[]) => {
      const statuses: number[] = [];
      for (let index = 0; index < 40; index += 1) statuses.push((await (to[index % to.length] ?? one).send('{ __typename }')).status);
      return statuses.filter((status) => status === 200).length;
    };
    const passed = await sendAll([one, other]);
    // On a machine that is too busy for Redis to answer in time it was away for a moment, and each let some of its part through.
    const wasAway = [one, other].some((replica) => replica.output().includes('keeps to its own share'));
    expect(passed).toBeGreaterThanOrEqual(20);
    expect(passed).toBeLessThanOrEqual(wasAway ? 40 : 20);
    await redis.kill();
    await eventually(() => expect(one.output()).toMatch(/keeps to its own share/));
    const passedAway = await sendAll([one]);
    expect(passedAway).toBeLessThanOrEqual(10);
    if (!wasAway) expect(passedAway).toBe(10);
  });

  test('answer while Redis is away, in time, and say so in /metrics and in one line of the log', async () => {
    await using redis = await startRedis();
    await using portal = await startOnlyofficeSandbox({ population });
    await using one = await startReplica(redis, { ONLYOFFICE_URL: portal.url, ONLYOFFICE_TOKEN: portal.token });
    const metrics = async () => (await fetch(`${one.origin}/metrics`, { headers: bearer(KEYS.both) })).text();
    expect(await metrics()).toContain('crm_gateway_redis_up 1');
    const list = '{ contacts(first: 5) { nodes { id } sourceReports { status } } }';
    expect(await one.text(list)).toContain('"OK"');
    const before = one.output().length;
    redis.signal('SIGSTOP');
    const startedAt = performance.now();
    expect(await one.text(list)).toContain('"OK"');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await redis.kill();
    expect((await fetch(`${one.origin}/ready`)).status).toBe(200);
    expect(await metrics()).toContain('crm_gateway_redis_up 0');
    expect(
      one
        .output()
        .slice(before)
        .match(/keeps to its own share/g),
    ).toHaveLength(1);
    await redis.start();
    await eventually(async () => expect(await metrics()).toContain('crm_gateway_redis_up 1'));
  });
});

test.skipIf(!HAS_REDIS)('npm run check says what is wrong with the Redis', async () => {
  await using redis = await startRedis('--requirepass', 'right');
  await using portal = await startOnlyofficeSandbox({ population });
  await using check = startProgram(COMMAND, {
    arguments: ['check'],
    environment: { ONLYOFFICE_URL: portal.url, ONLYOFFICE_TOKEN: portal.token, REDIS_URL: redis.url, REPLICAS: '2', STATE_KEY },
  });
  expect(await check.exitCode).toBe(1);
  expect(check.output()).toMatch(/redis: Redis wants a password, and REDIS_URL has none/);
});
