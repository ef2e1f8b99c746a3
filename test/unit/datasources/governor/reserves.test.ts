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

describe('background calls', () => {
  /** How long people's calls wait, three a second, beside others that are queued without an end. */
  async function waitsBeside(others: (governor: Governor, gates: ReturnType<Governor['gates']>) => void): Promise<readonly number[]> {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], KOMMO);
    others(governor, gates);
    const fates: ReturnType<typeof send>[] = [];
    const people = setInterval(() => fates.push(send(governor, gates, claimOf('person'))), 333);
    await vi.advanceTimersByTimeAsync(60_000);
    clearInterval(people);
    await vi.advanceTimersByTimeAsync(5_000);
    const known = await Promise.all(fates);
    expect(known.map(({ refusal }) => refusal)).toEqual(known.map(() => null));
    return known.map(({ waitMs }) => waitMs);
  }

  test('of an index, one each second, make nobody wait, and get on themselves', async () => {
    let sent = 0;
    const waits = await waitsBeside((governor, gates) => {
      const next = async (): Promise<void> => {
        await send(governor, gates, claimOf('', 'BACKGROUND'), 600_000);
        sent += 1;
        setTimeout(() => void next(), 1_000);
      };
      void next();
    });

    expect(waits.length).toBeGreaterThan(170);
    expect(Math.max(...waits)).toBe(0);
    expect(sent).toBeGreaterThan(50);
  });

  test('as many as may go, waiting all the time, delay few people, and by a tenth of the window', async () => {
    const waits = await waitsBeside((governor, gates) => {
      const keepSending = async (): Promise<void> => {
        for (;;) await send(governor, gates, claimOf('', 'BACKGROUND'), 600_000);
      };
      for (let count = 0; count < 20; count += 1) void keepSending();
    });

    expect(waits.filter((waitMs) => waitMs > 0).length).toBeLessThan(waits.length / 3);
    expect(Math.max(...waits)).toBeLessThanOrEqual(100);
  });
});
