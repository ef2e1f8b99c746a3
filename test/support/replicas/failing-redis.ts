import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKommoSandbox, type KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../../src/sandbox/population.ts';
import { eventually } from '../eventually.ts';
import { bearer, KEYS } from '../keys.ts';
import { startRedis, type RedisServer } from '../processes/redis-server.ts';
import { startReplicas, type Replica, type Replicas } from './gateways.ts';
import { startSlowPath, type SlowPath } from './slow-path.ts';

/** A way in which a Redis fails while replicas use it. */
export interface RedisFailure {
  readonly name: string;
  /** What the log says of it. */
  readonly words: RegExp;
  readonly begin: (redis: RedisServer, path: SlowPath) => Promise<unknown>;
  readonly end: (redis: RedisServer, path: SlowPath) => Promise<unknown>;
}

/** No answer waits longer than 150 ms for Redis; the rest is for a busy machine. */
const ANSWER_MS_MAX = 1_000;
const KEPT = '{ contacts(first: 2) { nodes { id } sourceReports { status } } }';

const redisUp = async ({ origin }: Replica) =>
  /crm_gateway_redis_up (\d)/.exec(await (await fetch(`${origin}/metrics`, { headers: bearer(KEYS.both) })).text())?.[1];

/** Two gateways on one Redis that fails in each of these ways, one after the other. */
export function describeFailingRedis(failures: readonly RedisFailure[]): void {
  const stack = new AsyncDisposableStack();
  let redis: RedisServer;
  let path: SlowPath;
  let kommo: KommoSandbox;
  let replicas: Replicas;
  let queries = 0;

  beforeAll(async () => {
    redis = stack.use(await startRedis());
    path = stack.use(await startSlowPath(Number(new URL(redis.url).port)));
    const population = createPopulation({ kommo: 20, onlyoffice: 20, callgear: 20 });
    kommo = stack.use(await startKommoSandbox({ population, rateLimit: {} }));
    const environment = { KOMMO_URL: kommo.url, KOMMO_TOKEN: kommo.token, CACHE_TTL_MS: '600000' };
    replicas = stack.use(await startReplicas(2, { url: `redis://default:secret@127.0.0.1:${path.port}` }, environment));
  });
  afterAll(() => stack.disposeAsync());

  /** Each needs a call of its own. */
  const askBoth = () =>
    Promise.all(
      Array.from({ length: 4 }, () => {
        queries += 1;
        return replicas.at(queries).text(`{ contacts(first: 1, filter: { lastName: "Nobody ${queries}" }) { sourceReports { status } } }`);
      }),
    );

  test.each(failures)(
    'answer in time, within the limit and ready, when Redis $name, say so, and share again when it is well',
    async ({ words, begin, end }) => {
      await Promise.all(replicas.all.map((replica) => replica.text(KEPT)));
      const before = replicas.all.map((replica) => replica.output().length);
      await begin(redis, path);
      await eventually(async () => {
        // Redis is found out by whoever needs it.
        const startedAt = performance.now();
        const kept = await Promise.all(replicas.all.map((replica) => replica.text(KEPT)));
        expect(kept.join()).not.toContain('errors');
        expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX + 5_000);
        expect(await Promise.all(replicas.all.map(redisUp))).toEqual(['0', '0']);
      });
      for (const [index, replica] of replicas.all.entries()) {
        await eventually(() => expect(replica.output().slice(before[index])).toMatch(words));
        expect(replica.output()).not.toContain('secret');
        expect((await fetch(`${replica.origin}/ready`)).status).toBe(200);
        const startedAt = performance.now();
        await replica.text('{ __typename }');
        expect(performance.now() - startedAt).toBeLessThan(ANSWER_MS_MAX);
      }
      for (const answer of await askBoth()) expect(answer).toContain('"OK"');
      await end(redis, path);
      await eventually(async () => expect(await Promise.all(replicas.all.map(redisUp))).toEqual(['1', '1']));
      for (const answer of await askBoth()) expect(answer).toContain('"OK"');
      expect(kommo.rateLimiter.refusals).toBe(0);
    },
  );
}
