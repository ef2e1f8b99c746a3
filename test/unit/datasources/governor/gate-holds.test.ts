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
