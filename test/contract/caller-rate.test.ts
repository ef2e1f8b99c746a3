import { describe, expect, test } from 'vitest';
import { createCallerRate } from '../../src/auth/caller-rate.ts';
import { RedisCallerRate } from '../../src/replicas/redis-caller-rate.ts';
import { eventually } from '../support/eventually.ts';
import { HAS_REDIS, openLink, startRedis } from '../support/processes/redis-server.ts';
import { describeCallerRate } from './caller-rate.contract.ts';

/** Two replicas that count together. What is tested is how they count, not how fast a busy machine is. */
async function openTwo(limit: number) {
  const redis = await startRedis();
  const links = [await openLink(redis.url, { answerMs: 5_000 }), await openLink(redis.url, { answerMs: 5_000 })] as const;
  const [one, other] = [new RedisCallerRate(links[0], 'caller', limit, 2), new RedisCallerRate(links[1], 'caller', limit, 2)];
  return {
    redis,
    one,
    other,
    async [Symbol.asyncDispose]() {
      for (const part of [one, other, ...links]) part.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

describe('the count of one process', () => {
  describeCallerRate(async (limit) => {
    const rate = createCallerRate(limit);
    return { one: rate, other: rate, [Symbol.asyncDispose]: async () => undefined };
  });
});

describe.skipIf(!HAS_REDIS)('the count of several processes', () => {
  describeCallerRate(openTwo);

  test('lets a caller send to one what the other one has taken and does not use, and needs few commands', async () => {
    await using rates = await openTwo(1_000);
    for (let sent = 0; sent < 100; sent += 1) await rates.one.count('caller');
    const taken = Number(await rates.redis.client.get((await rates.redis.client.keys('*:caller:*'))[0] ?? ''));
    expect(taken).toBeGreaterThan(100);
    const stats = await rates.redis.client.info('commandstats');
    expect(Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])).toBeLessThan(40);
    const [key = ''] = await rates.redis.client.keys('*:caller:*');
    await eventually(async () => expect(Number(await rates.redis.client.get(key))).toBe(100));
    let passed = 0;
    while ((await rates.other.count('caller')) === null) passed += 1;
    expect(passed).toBe(900);
  });
});
