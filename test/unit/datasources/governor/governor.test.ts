import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallGate } from '../../../../src/datasources/governor/call-gate.ts';
import { Governor, type GovernorRefusal, type Permit } from '../../../../src/datasources/governor/governor.ts';
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

describe('a pause', () => {
  test('is no longer than a quarter of a minute where the CRM asks for less each time', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    for (let count = 0; count < 9; count += 1) {
      gates[0]!.pause(performance.now(), 1_000, 'RATE_LIMITED');
      await vi.advanceTimersByTimeAsync(15_000);
      (await governor.acquire(gates, performance.now() + 1)).release();
    }
  });

  test('is twice as long each time that the CRM says again that it was called too often, and ends with one call at a time', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    const [gate] = gates;
    const waits: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      const permit = await governor.acquire(gates, performance.now() + 100_000);
      if (count > 0) await expect(governor.acquire(gates, performance.now())).rejects.toMatchObject({ refusal: 'TIMEOUT' });
      gate!.pause(performance.now(), undefined, 'RATE_LIMITED');
      // Of calls that were under way together each is refused.
      gate!.pause(performance.now(), 0, 'RATE_LIMITED');
      permit.release();
      const refusal: unknown = await governor.acquire(gates, performance.now() + 1).catch((error: unknown) => error);
      waits.push((refusal as GovernorRefusal).retryAfterMs);
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    gate!.noteAdmission(performance.now());
    gate!.pause(performance.now(), 3_000, 'RATE_LIMITED');
    await expect(governor.acquire(gates, performance.now() + 1)).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });
});

describe('a block', () => {
  test('lets nothing through until its end, and then one call at a time until one is admitted', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    gates[0]!.block(performance.now() + 10_000);
    await expect(governor.acquire(gates, performance.now() + 9_999)).rejects.toMatchObject({ refusal: 'BLOCKED', retryAfterMs: 10_000 });
    const granted: Permit[] = [];
    for (let count = 0; count < 3; count += 1) void governor.acquire(gates, soon()).then((permit) => granted.push(permit));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(granted).toHaveLength(1);
    // It came to nothing, and the next one tries.
    granted[0]!.release();
    await vi.advanceTimersByTimeAsync(0);
    expect(granted).toHaveLength(2);
    gates[0]!.noteAdmission(performance.now());
    granted[1]!.release();
    for (let count = 0; count < 2; count += 1) void governor.acquire(gates, soon()).then((permit) => granted.push(permit));
    await vi.advanceTimersByTimeAsync(0);
    expect(granted).toHaveLength(5);
  });

  test('is not lifted by an answer to a call from before', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    gates[0]!.block(performance.now() + 10_000);
    gates[0]!.noteAdmission(performance.now());
    await expect(governor.acquire(gates, performance.now() + 1_000)).rejects.toMatchObject({ refusal: 'BLOCKED' });
    await vi.advanceTimersByTimeAsync(10_000);
    await governor.acquire(gates, soon());
    await expect(governor.acquire(gates, performance.now())).rejects.toMatchObject({ refusal: 'TIMEOUT' });
  });
});

describe('a permit that is given back', () => {
  test('counts neither in the sliding window nor in a quota nor as a call under way', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], { ...SEVEN_A_SECOND, concurrencyMax: 1 });
    await tell(governor, gates, { window: 'DAY', limit: 750, remaining: 6, resetsInMs: 40_000_000 });
    for (let count = 0; count < 20; count += 1) (await governor.acquire(gates, performance.now() + 1)).cancel();
    expect(gates[0]!.quotas(performance.now(), 0)).toMatchObject([
      { window: 'SECOND', remaining: 6 },
      { window: 'DAY', remaining: 6 },
    ]);
  });
});

describe('quotas that the CRM reports', () => {
  test.each([57 * 365 * 86_400_000, 1e20])('are over with their window, whatever the CRM says: %d ms', async (resetsInMs) => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    await tell(governor, gates, { window: 'DAY', limit: 750, remaining: 0, resetsInMs });
    await expect(governor.acquire(gates, soon())).rejects.toMatchObject({ refusal: 'QUOTA_EXHAUSTED', retryAfterMs: 86_400_000 });
    expect(gates[0]!.quotas(performance.now(), 0)).toEqual([{ window: 'DAY', limit: 750, remaining: 0, resetsAt: new Date(86_400_000) }]);
  });

  test('refuses without waiting when the day is used up, as QUOTA_EXHAUSTED', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    await tell(governor, gates, { window: 'DAY', limit: 750, remaining: 0, resetsInMs: 40_000_000 });
    await expect(governor.acquire(gates, soon())).rejects.toMatchObject({ refusal: 'QUOTA_EXHAUSTED', retryAfterMs: 40_000_000 });
  });

  test('counts down between two reports and waits for the minute to turn', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    await tell(governor, gates, { window: 'MINUTE', limit: 60, remaining: 2, resetsInMs: 5_000 });
    (await governor.acquire(gates, soon())).release();
    (await governor.acquire(gates, soon())).release();
    let went = false;
    const third = governor.acquire(gates, soon()).then(() => (went = true));
    await vi.advanceTimersByTimeAsync(4_900);
    expect(went).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await third;
    expect(went).toBe(true);
  });

  test('shows live quotas with what remains and when they reset', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], SEVEN_A_SECOND);
    const [gate] = gates;
    await tell(governor, gates, { window: 'DAY', limit: 3_000, remaining: 2_987, resetsInMs: 1_000 });
    await vi.advanceTimersByTimeAsync(1_100);
    await tell(governor, gates, { window: 'DAY', limit: 3_000, remaining: 2_986, resetsInMs: 1_000 });
    expect(gate!.quotas(performance.now(), 0)).toEqual([
      { window: 'SECOND', limit: 7, remaining: 6, resetsAt: new Date(1_100) },
      { window: 'DAY', limit: 3_000, remaining: 2_986, resetsAt: new Date(1_000) },
    ]);
  });

  test('follows the CRM when other programs on the account use its calls up', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    const report = (remaining: number) => [{ window: 'MINUTE' as const, limit: 60, remaining, resetsInMs: 30_000 }];
    const [gate] = gates;
    const permit = await governor.acquire(gates, soon());
    permit.noteQuotas(gate!, report(50));
    permit.release();
    const later = await governor.acquire(gates, soon());
    later.noteQuotas(gate!, report(0));
    later.release();
    await expect(governor.acquire(gates, performance.now() + 1_000)).rejects.toMatchObject({
      refusal: 'RATE_LIMITED',
      retryAfterMs: 30_000,
    });
  });

  test('does not take back a call that an answer which was overtaken could not know of', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    const report = (remaining: number) => [{ window: 'MINUTE' as const, limit: 60, remaining, resetsInMs: 30_000 }];
    const [gate] = gates;
    const first = await governor.acquire(gates, soon());
    const second = await governor.acquire(gates, soon());
    // The CRM served the first one first, and its answer comes last.
    second.noteQuotas(gate!, report(1));
    second.release();
    first.noteQuotas(gate!, report(2));
    first.release();
    expect(gate!.quotas(performance.now(), 0)).toMatchObject([{ window: 'MINUTE', remaining: 1 }]);
  });

  test('neither waits for nor hides a quota of which the CRM does not say when it resets', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    await tell(governor, gates, { window: 'HOUR', limit: 4_000, remaining: 0, resetsInMs: null });
    await expect(governor.acquire(gates, performance.now() + 10)).resolves.toBeDefined();
    expect(gates[0]!.quotas(performance.now(), 0)).toEqual([{ window: 'HOUR', limit: 4_000, remaining: 0, resetsAt: null }]);
  });

  test('holds a used-up minute of unknown end for a minute', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], UNLIMITED);
    await tell(governor, gates, { window: 'MINUTE', limit: 60, remaining: 0, resetsInMs: null });
    await expect(governor.acquire(gates, performance.now() + 10)).rejects.toMatchObject({ retryAfterMs: 60_000 });
  });
});
