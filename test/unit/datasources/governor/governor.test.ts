import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallGate } from '../../../../src/datasources/governor/call-gate.ts';
import { Governor, type Permit } from '../../../../src/datasources/governor/governor.ts';
import type { ReportedQuota } from '../../../../src/datasources/governor/limits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SEVEN_A_SECOND = { rateLimits: [{ window: 'SECOND' as const, windowMs: 1_100, limit: 7 }], concurrencyMax: 100 };
const UNLIMITED = { rateLimits: [], concurrencyMax: 100 };
const soon = () => performance.now() + 60_000;

/** What the CRM says of a quota in its answer to a call. */
async function tell(governor: Governor, gates: readonly CallGate[], quota: ReportedQuota): Promise<void> {
  const permit = await governor.acquire(gates, soon());
  permit.noteQuotas(gates[0]!, [quota]);
  permit.release();
}

describe('sliding window', () => {
  test('never lets more than the limit go in any sliding window, whatever the pattern of arrivals', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    const sentAt: number[] = [];
    const send = async () => {
      const permit = await governor.acquire(gates, soon());
      sentAt.push(performance.now());
      permit.release();
    };
    for (const pauseMs of [0, 0, 300, 0, 50, 1_000, 0, 0, 700, 3_000]) {
      await vi.advanceTimersByTimeAsync(pauseMs);
      for (let count = 0; count < 5; count += 1) void send();
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sentAt).toHaveLength(50);
    for (const start of sentAt) {
      expect(sentAt.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(7);
    }
  });

  test('refuses at once, with the time to wait, a call that could not go before its deadline', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    for (let count = 0; count < 7; count += 1) await governor.acquire(gates, soon());
    await expect(governor.acquire(gates, performance.now() + 500)).rejects.toMatchObject({ refusal: 'RATE_LIMITED', retryAfterMs: 1_100 });
  });

  test('shares one limit between two sources on one credential', async () => {
    const governor = new Governor();
    const first = governor.gates(['credential same', 'host a'], SEVEN_A_SECOND);
    const second = governor.gates(['credential same', 'host b'], SEVEN_A_SECOND);
    for (let count = 0; count < 7; count += 1) await governor.acquire(count % 2 ? first : second, soon());
    await expect(governor.acquire(first, performance.now() + 10)).rejects.toMatchObject({ refusal: 'RATE_LIMITED' });
    await expect(governor.acquire(second, performance.now() + 10)).rejects.toMatchObject({ refusal: 'RATE_LIMITED' });
  });
});

describe('arrival at the CRM', () => {
  /** Each call arrives at the CRM somewhere between its sending and its answer. */
  test('never lets more than the limit arrive in any sliding second, however long single calls are under way', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    const arrivedAt: number[] = [];
    const send = async (index: number) => {
      const permit = await governor.acquire(gates, soon());
      const underWayMs = [5, 900, 40, 350, 0, 720][index % 6] ?? 0;
      setTimeout(() => {
        arrivedAt.push(performance.now());
        setTimeout(() => {
          permit.noteArrival();
          permit.release();
        }, 20);
      }, underWayMs);
    };
    for (let index = 0; index < 60; index += 1) void send(index);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(arrivedAt).toHaveLength(60);
    for (const start of arrivedAt) expect(arrivedAt.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(7);
  });

  test('may be at any moment until the CRM answers: calls that hang keep their places until they end', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    const hanging: Permit[] = [];
    for (let count = 0; count < 7; count += 1) hanging.push(await governor.acquire(gates, soon()));
    const startedAt = performance.now();
    let wentAfterMs: number | null = null;
    void governor.acquire(gates, soon()).then(() => (wentAfterMs = performance.now() - startedAt));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(wentAfterMs).toBeNull();
    for (const permit of hanging) permit.release();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wentAfterMs).toBeGreaterThanOrEqual(6_100);
    expect(wentAfterMs).toBeLessThan(6_200);
  });
});

describe('two sources on one host', () => {
  test('share its limit', async () => {
    const governor = new Governor();
    const first = governor.gates(['credential a', 'host same'], SEVEN_A_SECOND);
    const second = governor.gates(['credential b', 'host same'], SEVEN_A_SECOND);
    for (let count = 0; count < 7; count += 1) (await governor.acquire(count % 2 ? first : second, soon())).release();
    await expect(governor.acquire(first, performance.now() + 10)).rejects.toMatchObject({ refusal: 'RATE_LIMITED' });
    await expect(governor.acquire(second, performance.now() + 10)).rejects.toMatchObject({ refusal: 'RATE_LIMITED' });
  });

  test('keep no place at the host while their own credential is paused for longer', async () => {
    const governor = new Governor();
    const paused = governor.gates(['credential a', 'host same'], SEVEN_A_SECOND);
    const free = governor.gates(['credential b', 'host same'], SEVEN_A_SECOND);
    for (let count = 0; count < 7; count += 1) (await governor.acquire(free, soon())).release();
    paused[0]!.pause(performance.now(), 4_000, 'RATE_LIMITED');
    const startedAt = performance.now();
    for (let count = 0; count < 35; count += 1) void governor.acquire(paused, soon()).catch(() => undefined);
    let wentAfterMs: number | null = null;
    void governor.acquire(free, performance.now() + 2_000).then(() => (wentAfterMs = performance.now() - startedAt));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(wentAfterMs).toBeGreaterThanOrEqual(1_100);
    expect(wentAfterMs).toBeLessThan(1_200);
  });

  test('do not hold each other up when only the credential of one has to wait', async () => {
    const governor = new Governor();
    const exhausted = governor.gates(['credential a', 'host same'], UNLIMITED);
    const free = governor.gates(['credential b', 'host same'], UNLIMITED);
    await tell(governor, exhausted, { window: 'MINUTE', limit: 60, remaining: 0, resetsInMs: 30_000 });
    const waiting = governor.acquire(exhausted, soon());
    await expect(governor.acquire(free, performance.now() + 10)).resolves.toBeDefined();
    await vi.advanceTimersByTimeAsync(30_000);
    await expect(waiting).resolves.toBeDefined();
  });
});

describe('concurrency', () => {
  test('lets a waiting call go when another is answered, first come first served', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], { rateLimits: [], concurrencyMax: 1 });
    const order: string[] = [];
    const first = await governor.acquire(gates, soon());
    const second = governor.acquire(gates, soon()).then((permit) => (order.push('second'), permit));
    const third = governor.acquire(gates, soon()).then((permit) => (order.push('third'), permit));
    first.release();
    (await second).release();
    (await third).release();
    expect(order).toEqual(['second', 'third']);
  });

  test('refuses with TIMEOUT when the calls under way leave no room until the deadline', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], { rateLimits: [], concurrencyMax: 1 });
    await governor.acquire(gates, soon());
    const waiting = governor.acquire(gates, performance.now() + 800).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(900);
    expect(await waiting).toMatchObject({ refusal: 'TIMEOUT' });
  });

  test('forgets a call whose signal aborts while it waits', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], { rateLimits: [], concurrencyMax: 1 });
    const first = await governor.acquire(gates, soon());
    const abort = new AbortController();
    const waiting = governor.acquire(gates, soon(), abort.signal);
    abort.abort(new Error('hung up'));
    await expect(waiting).rejects.toThrow('hung up');
    first.release();
    await expect(governor.acquire(gates, soon())).resolves.toBeDefined();
  });
});

describe('under more load than the CRM can bear', () => {
  test('only calls go out for whose answer there is time, and as many as the CRM can answer', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], { rateLimits: [], concurrencyMax: 1 });
    const leftMs: number[] = [];
    let refused = 0;
    const ask = async () => {
      const deadline = performance.now() + 5_000;
      try {
        const permit = await governor.acquire(gates, deadline);
        leftMs.push(deadline - performance.now());
        setTimeout(() => permit.release(), Math.min(1_000, deadline - performance.now()));
      } catch {
        refused += 1;
      }
    };
    for (let count = 0; count < 120; count += 1) {
      void ask();
      await vi.advanceTimersByTimeAsync(250);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(leftMs.length + refused).toBe(120);
    expect(leftMs.length).toBeGreaterThanOrEqual(30);
    // The first ones show how long an answer takes.
    expect(leftMs.slice(5).every((ms) => ms >= 1_000)).toBe(true);
  });

  test('a call that need not queue goes out, however short its time', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], UNLIMITED);
    const slow = await governor.acquire(gates, soon());
    await vi.advanceTimersByTimeAsync(20_000);
    slow.release();
    await expect(governor.acquire(gates, performance.now() + 10)).resolves.toBeDefined();
  });
});
