import { describe, expect, test } from 'vitest';
import type { CachingSource } from '../../../src/datasources/cache/caching-source.ts';
import type { RunnablePlan } from '../../../src/datasources/port/list-plan.ts';
import { createCall } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { InMemorySource, contactRecord } from '../../support/in-memory-source.ts';
import { HAS_REDIS, startRedis, STATE_KEY, type RedisServer } from '../../support/processes/redis-server.ts';
import { openReplica, type CachingReplicaOptions } from '../../support/replicas/shared-cache.ts';

const QUERY = { filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: new Set<never>() } as const;
const OTHER_KEY = 'another state key for tests, of 32 characters or more';

function createInner(beforeRead?: (index: number, readsBefore: number) => unknown, about = 'Likes tea'): InMemorySource {
  const rows = Array.from({ length: 3 }, (_none, index) => ({ record: contactRecord('crm', String(index + 1), { about }) }));
  return new InMemorySource({ name: 'crm', rows, ...(beforeRead && { beforeRead }) });
}
const read = (source: CachingSource) => source.readBlock(source.planList(QUERY) as RunnablePlan, 0, createCall());
const answersIn = ({ client }: RedisServer) => client.keys('*:answer:*');

async function openTwo(redis: RedisServer, inner: InMemorySource, ...options: readonly CachingReplicaOptions[]) {
  const [one, other] = [await openReplica(redis.url, inner, options[0]), await openReplica(redis.url, inner, options[1] ?? options[0])];
  return Object.assign([one, other] as const, {
    [Symbol.dispose]() {
      one.close();
      other.close();
    },
  });
}

describe.skipIf(!HAS_REDIS)('answers in Redis', () => {
  test('are read by the next one when the replica whose turn it is dies, once its time is over', async () => {
    await using redis = await startRedis();
    const inner = createInner((_index, readsBefore) => (readsBefore === 0 ? new Promise(() => undefined) : undefined));
    using replicas = await openTwo(redis, inner, { sourceTimeoutMs: 1_000 });
    void read(await replicas[0].begin()).catch(() => undefined);
    await eventually(() => expect(inner.reads).toHaveLength(1));
    const startedAt = performance.now();
    expect((await read(await replicas[1].begin())).rows).toHaveLength(3);
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    expect(inner.reads).toHaveLength(2);
  });

  test('are read by whoever waits for another one when Redis dies', async () => {
    await using redis = await startRedis();
    const inner = createInner((_index, readsBefore) => (readsBefore === 0 ? new Promise(() => undefined) : undefined));
    using replicas = await openTwo(redis, inner);
    void read(await replicas[0].begin()).catch(() => undefined);
    await eventually(() => expect(inner.reads).toHaveLength(1));
    const waiting = read(await replicas[1].begin());
    await redis.kill();
    expect((await waiting).rows).toHaveLength(3);
  });

  test.each([
    ['was killed', async (redis: RedisServer) => redis.restart()],
    [
      'stood still',
      async (redis: RedisServer, begin: () => Promise<unknown>) => {
        redis.signal('SIGSTOP');
        await begin();
        redis.signal('SIGCONT');
      },
    ],
  ])('of a Redis that %s meanwhile are not taken: a deletion may have been missed', async (_name, interrupt) => {
    await using redis = await startRedis();
    const inner = createInner();
    using replicas = await openTwo(redis, inner, { answerMs: 300 });
    await read(await replicas[0].begin());
    await eventually(async () => expect(await answersIn(redis)).toHaveLength(1));
    await interrupt(redis, replicas[1].begin);
    await eventually(() => expect(replicas[1].replicas.findings()).toEqual([]));
    await read(await replicas[1].begin());
    expect(inner.reads).toHaveLength(2);
  });

  test('are not given to an account with other settings', async () => {
    await using redis = await startRedis();
    const inner = createInner();
    using replicas = await openTwo(redis, inner, { account: 'one' }, { account: 'other' });
    await read(await replicas[0].begin());
    await read(await replicas[1].begin());
    expect(inner.reads).toHaveLength(2);
  });

  test('are read with either of two keys while the key is changed', async () => {
    await using redis = await startRedis();
    const inner = createInner();
    const changed = { stateKey: OTHER_KEY, stateKeyOld: STATE_KEY };
    using replicas = await openTwo(redis, inner, { stateKeyOld: OTHER_KEY }, changed);
    await read(await replicas[0].begin());
    await read(await replicas[1].begin());
    expect(inner.reads).toHaveLength(1);
  });

  test('that somebody has changed are read from the CRM, and put right', async () => {
    await using redis = await startRedis();
    const inner = createInner();
    using replicas = await openTwo(redis, inner);
    await read(await replicas[0].begin());
    await eventually(async () => expect(await answersIn(redis)).toHaveLength(1));
    const [name = ''] = await answersIn(redis);
    await redis.client.setrange(name, 60, 'spoilt');
    expect((await read(await replicas[1].begin())).rows).toHaveLength(3);
    expect(inner.reads).toHaveLength(2);
    using later = await openTwo(redis, inner);
    await read(await later[0].begin());
    expect(inner.reads).toHaveLength(2);
  });

  test('that are too large are read by each, and nobody waits for them', async () => {
    await using redis = await startRedis();
    const inner = createInner(undefined, 'x'.repeat(600_000));
    using replicas = await openTwo(redis, inner);
    await read(await replicas[0].begin());
    await read(await replicas[1].begin());
    expect(inner.reads).toHaveLength(2);
    expect(await answersIn(redis)).toEqual([]);
  });

  test('that cannot be written down are read by each, and fail nobody', async () => {
    await using redis = await startRedis();
    const inner = createInner();
    inner.rows.push({ record: contactRecord('crm', '9', { about: (() => 'no text') as never }) });
    using replicas = await openTwo(redis, inner);
    await read(await replicas[0].begin());
    expect((await read(await replicas[1].begin())).rows).toHaveLength(4);
    expect(inner.reads).toHaveLength(2);
  });

  test('are not kept where they would fill it for good, and it says so', async () => {
    await using redis = await startRedis('--maxmemory', '100mb', '--maxmemory-policy', 'noeviction');
    const inner = createInner();
    using replicas = await openTwo(redis, inner);
    await read(await replicas[0].begin());
    await read(await replicas[1].begin());
    expect(inner.reads).toHaveLength(2);
    expect(replicas[0].replicas.findings()).toEqual([expect.objectContaining({ message: expect.stringContaining('noeviction') })]);
  });

  test('leave when it is full, and limits and deletions stay', async () => {
    await using redis = await startRedis('--maxmemory', '5mb', '--maxmemory-policy', 'volatile-lru');
    const origins: string[] = [];
    const inner = createInner(undefined, 'x'.repeat(200_000));
    using replicas = await openTwo(redis, inner, { observeRead: (_source, _kind, origin) => void origins.push(origin) });
    const source = await replicas[0].begin();
    const { client } = redis;
    let asked = 0;
    // More often where a busy machine takes Redis for away for a moment, and keeps nothing there.
    await eventually(async () => {
      for (let index = 0; index < 20; index += 1) {
        const query = { ...QUERY, filter: { lastName: `Nobody ${(asked += 1)}` } };
        await source.readBlock({ ...(source.planList(QUERY) as RunnablePlan), key: JSON.stringify(query) }, 0, createCall());
      }
      expect(await client.info('stats')).toMatch(/evicted_keys:[1-9]/);
      expect(replicas[0].replicas.findings()).toEqual([]);
    });
    expect(new Set(origins)).toEqual(new Set(['crm']));
    expect(origins).toHaveLength(asked);
  });

  test('are counted as read by a replica', async () => {
    await using redis = await startRedis();
    const inner = createInner();
    const origins: string[] = [];
    using replicas = await openTwo(redis, inner, { observeRead: (_source, kind, origin) => void origins.push(`${kind} ${origin}`) });
    await read(await replicas[0].begin());
    await read(await replicas[1].begin());
    await read(await replicas[1].begin());
    expect(origins).toEqual(['list crm', 'list replica', 'list cache']);
  });
});
