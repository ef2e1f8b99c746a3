import { describe, expect, test } from 'vitest';
import { HAS_REDIS } from '../../support/processes/redis-server.ts';
import { tryKilledRefresh, tryQuota } from '../../support/replicas/trials.ts';

/** Short forms of what `npm run bench -- replicas` does at length. */
describe.skipIf(!HAS_REDIS)('replicas', () => {
  test('lose no grant when one of them is killed between the answer of Kommo and its storing', async () => {
    expect(await tryKilledRefresh(1)).toEqual({ kills: 1, usable: 1 });
  });

  test("overdraw no day's quota of CallGear while Redis dies, starts again and stands still", async () => {
    const { calls, refused } = await tryQuota(3, 60);
    expect(refused).toBe(0);
    expect(calls).toBeGreaterThan(20);
    expect(calls).toBeLessThanOrEqual(60);
  });
});
