import { describe, expect, test } from 'vitest';
import { RedisTokens } from '../../../src/replicas/redis-tokens.ts';
import { startKommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { eventually } from '../../support/eventually.ts';
import { bearer, KEYS } from '../../support/keys.ts';
import { HAS_REDIS, linkIs, openLink, startRedis } from '../../support/processes/redis-server.ts';
import { startReplica } from '../../support/replicas/gateways.ts';

const STATUS = '{ contacts(first: 1) { sourceReports { status error { code message } } } }';
const HOUR_MS = 3_600_000;

describe.skipIf(!HAS_REDIS)('gateways on one Redis', () => {
  test('serve on with the token at hand when Redis has lost it, ask to connect again without one, and go on then; another STATE_KEY is not let in', async () => {
    await using redis = await startRedis();
    await using kommo = await startKommoSandbox({ population: createPopulation({ kommo: 20, onlyoffice: 0, callgear: 0 }) });
    const { clientId, clientSecret, redirectUri } = kommo.oauth.integration;
    const environment = {
      KOMMO_URL: kommo.url,
      KOMMO_CLIENT_ID: clientId,
      KOMMO_CLIENT_SECRET: clientSecret,
      KOMMO_REDIRECT_URI: redirectUri,
      CACHE_TTL_MS: '0',
    };
    using link = await openLink(redis.url, { answerMs: 5_000 });
    const connect = async () => {
      if (link.isAway) await linkIs(link, 'here');
      const pair = { ...kommo.oauth.vault.issueTokens(), expiresAt: new Date(Date.now() + HOUR_MS) };
      await new RedisTokens(link).update('kommo', async () => pair);
    };
    await connect();
    await using one = await startReplica(redis, environment);
    await eventually(async () => expect(await one.text(STATUS)).toContain('"OK"'));

    // What an operator does who starts an empty Redis in its place.
    await redis.client.flushall();
    await redis.restart();
    if (!link.isAway) await linkIs(link, 'away');
    await eventually(() => expect(one.output()).toMatch(/keeps to its own share/));
    await eventually(async () => expect(await one.text(STATUS)).toContain('"OK"'));
    await using successor = await startReplica(redis, environment);
    await eventually(async () => expect(await successor.text(STATUS)).toContain('"UNAUTHENTICATED"'));
    expect(await successor.text(STATUS)).toMatch(/npm run connect/);
    await connect();
    await eventually(async () => expect(await successor.text(STATUS)).toContain('"OK"'));

    await using stranger = await startReplica(redis, {
      ...environment,
      STATE_KEY: 'another state key for tests, of 32 characters or more',
    });
    expect(await stranger.text(STATUS)).toContain('"UNAVAILABLE"');
    expect(stranger.output()).toMatch(/another STATE_KEY/);
    expect((await fetch(`${stranger.origin}/ready`)).status).toBe(200);
    const metrics = await fetch(`${stranger.origin}/metrics`, { headers: bearer(KEYS.both) });
    expect(await metrics.text()).toContain('crm_gateway_redis_up 0');
    await eventually(async () => expect(await successor.text(STATUS)).toContain('"OK"'));
  });
});
