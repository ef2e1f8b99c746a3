import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { claimOf, KOMMO, reportDay, send, soon, takeAll } from './callers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('long quotas', () => {
  test('of a day of 750 the first caller gets 600, and each one after it half of what is left', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 4 });
    await reportDay(governor, gates, 750, 750);
    expect(await takeAll(governor, gates, claimOf('greedy'))).toBe(600);
    const refusal: unknown = await governor.acquire(gates, soon(), undefined, claimOf('greedy')).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ refusal: 'QUOTA_KEPT', retryAfterMs: 40_000_000 });
    expect(await takeAll(governor, gates, claimOf('second'))).toBe(75);
    expect(await takeAll(governor, gates, claimOf('third'))).toBe(38);
    expect(await takeAll(governor, gates, claimOf('fourth'))).toBe(19);
  });

  test('a caller who used little before still gets some when another one has used its part', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 4 });
    await reportDay(governor, gates, 750, 750);
    for (let count = 0; count < 3; count += 1) (await governor.acquire(gates, soon(), undefined, claimOf('modest'))).release();
    await takeAll(governor, gates, claimOf('greedy'));
    expect(await takeAll(governor, gates, claimOf('modest'))).toBeGreaterThanOrEqual(50);
  });

  test('in the next window every caller begins anew', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 4 });
    await reportDay(governor, gates, 100, 100);
    expect(await takeAll(governor, gates, claimOf('greedy'))).toBe(80);
    await vi.advanceTimersByTimeAsync(40_000_000);
    await reportDay(governor, gates, 100, 100);
    expect(await takeAll(governor, gates, claimOf('greedy'))).toBe(80);
  });

  test('with one possible caller nothing is kept but what small reads need', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 4 });
    await reportDay(governor, gates, 750, 750);
    expect(await takeAll(governor, gates, claimOf('only', 'BACKGROUND'))).toBe(600);
    expect(await takeAll(governor, gates, claimOf('only', 'SCAN'))).toBe(75);
    expect(await takeAll(governor, gates, claimOf('only', 'SMALL'))).toBe(75);
  });

  test('log-ins of the gateway itself are never kept back for callers', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 4 });
    await reportDay(governor, gates, 100, 100);
    await takeAll(governor, gates, claimOf('greedy'));
    expect(await takeAll(governor, gates, claimOf(''))).toBe(20);
  });
});

describe('small reads', () => {
  test('find a place at once, however many scans are under way', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], { rateLimits: [], concurrencyMax: 8 });
    for (let count = 0; count < 30; count += 1) void governor.acquire(gates, soon(), undefined, claimOf('only', 'SCAN'));
    await vi.advanceTimersByTimeAsync(1);
    expect(governor.tryAcquire(gates, claimOf('only'))).toBeNull();
    const small = await governor.acquire(gates, performance.now() + 10, undefined, claimOf('only'));
    small.release();
  });

  test('of one caller do not keep out another one who has used less', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], KOMMO);
    const small = setInterval(() => {
      for (let count = 0; count < 7; count += 1) void send(governor, gates, claimOf('greedy'));
    }, 100);
    await vi.advanceTimersByTimeAsync(5_000);
    const scan = Array.from({ length: 10 }, () => send(governor, gates, claimOf('modest', 'SCAN'), 10_000));
    await vi.advanceTimersByTimeAsync(10_000);
    clearInterval(small);
    expect((await Promise.all(scan)).filter(({ refusal }) => refusal === null)).toHaveLength(10);
  });
});
