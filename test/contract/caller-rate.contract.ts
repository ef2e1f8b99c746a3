import { expect, test } from 'vitest';
import type { CallerRate } from '../../src/auth/caller-rate.ts';

/** The count of callers as two requests see it, be they sent to one process or to two. */
export interface RateSubject extends AsyncDisposable {
  readonly one: CallerRate;
  readonly other: CallerRate;
}

/** What every count of callers promises. @param create Makes one of so many requests in a minute. */
export function describeCallerRate(create: (requestsPerMinute: number) => Promise<RateSubject>): void {
  test('lets through what a caller may send, however fast and at once it comes, and says how long to wait for more', async () => {
    const limit = 1_000;
    await using rate = await create(limit);
    let passed = 0;
    for (let round = 0; round < 40; round += 1) {
      const waits = await Promise.all(
        Array.from({ length: 40 }, (_none, index) => (index % 2 === 0 ? rate.one : rate.other).count('caller')),
      );
      passed += waits.filter((waitMs) => waitMs === null).length;
    }
    expect(passed).toBe(limit);
    expect(await rate.one.count('caller')).toBeGreaterThan(50_000);
    expect(await rate.one.count('caller')).toBeLessThanOrEqual(60_000);
    expect(await rate.other.count('another caller')).toBeNull();
  });

  test('does not count what is given back', async () => {
    await using rate = await create(1);
    for (let time = 0; time < 3; time += 1) {
      expect(await rate.one.count('caller')).toBeNull();
      await rate.one.giveBack('caller');
    }
    expect(await rate.one.count('caller')).toBeNull();
    expect(await rate.one.count('caller')).toBeGreaterThan(0);
  });
}
