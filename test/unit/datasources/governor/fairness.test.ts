import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { claimOf, type Fate, KOMMO, quantile, send } from './callers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a modest caller beside one with ten times the load that Kommo bears', () => {
  /** How long the modest one's calls waited, in a minute. */
  async function run({ everyMs, size, hasGreedy }: Load): Promise<readonly number[]> {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a', 'host a'], KOMMO);
    const fates: Promise<Fate>[] = [];
    for (let ms = 0; ms < 60_000; ms += 100) {
      if (hasGreedy) for (let count = 0; count < 7; count += 1) void send(governor, gates, claimOf('greedy', count < 2 ? 'SMALL' : 'SCAN'));
      if (ms >= 5_000 && ms % everyMs === 0) {
        for (let count = 0; count < size; count += 1) fates.push(send(governor, gates, claimOf('modest')));
      }
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    const sent = await Promise.all(fates);
    const answered = sent.filter(({ refusal }) => refusal === null);
    expect(answered.length).toBeGreaterThanOrEqual(sent.length * 0.95);
    return answered.map(({ waitMs }) => waitMs);
  }

  test('waits at most twice as long as alone with bursts of ten calls', async () => {
    const load = { everyMs: 4_000, size: 10 };
    const alone = quantile(await run({ ...load, hasGreedy: false }), 0.95);

    expect(quantile(await run({ ...load, hasGreedy: true }), 0.95)).toBeLessThanOrEqual(2 * alone);
  });

  test('does not wait with one call now and then', async () => {
    expect(quantile(await run({ everyMs: 700, size: 1, hasGreedy: true }), 0.95)).toBe(0);
  });

  test.each([1_100, 1_200, 1_500])('does not wait with a page of three calls every %i ms', async (everyMs) => {
    expect(quantile(await run({ everyMs, size: 3, hasGreedy: true }), 0.95)).toBe(0);
  });
});

interface Load {
  readonly everyMs: number;
  readonly size: number;
  readonly hasGreedy: boolean;
}
