import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { HAS_REDIS, startRedis } from '../../support/processes/redis-server.ts';
import { mostWithin, startFleet } from '../../support/replicas/replica-fleet.ts';

const LIMIT = 7;

describe.skipIf(!HAS_REDIS)('four replicas on one account', () => {
  test('never go over its limit and use more than their shares, also when Redis dies, starts again and stands still, and a replica is killed', async () => {
    await using redis = await startRedis();
    await using fleet = await startFleet(redis, 4, LIMIT);
    await fleet.arrive(4 * LIMIT);
    const inHealth = fleet.arrivals.length;
    await redis.kill();
    await fleet.arrive(LIMIT);
    await redis.start();
    await fleet.arrive(2 * LIMIT);
    redis.signal('SIGSTOP');
    await sleep(1_500);
    redis.signal('SIGCONT');
    await fleet.arrive(LIMIT);
    fleet.workers[0]?.kill('SIGKILL');
    await fleet.arrive(LIMIT);
    fleet.workers[1]?.kill('SIGSTOP');
    await sleep(2_000);
    fleet.workers[1]?.kill('SIGCONT');
    await fleet.startWorker();
    await fleet.arrive(2 * LIMIT);
    expect(mostWithin(fleet.arrivals, 1_000)).toBeLessThanOrEqual(LIMIT);
    // More than the four shares of one call: limits are shared.
    expect(mostWithin(fleet.arrivals.slice(0, inHealth), 1_000)).toBeGreaterThan(4);
  });
});
