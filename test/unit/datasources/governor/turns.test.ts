import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CallGate } from '../../../../src/datasources/governor/call-gate.ts';
import { Governor, GovernorRefusal, type PayingClaim, type Permit } from '../../../../src/datasources/governor/governor.ts';
import type { CallPriority } from '../../../../src/datasources/port/call.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const KOMMO = { rateLimits: [{ window: 'SECOND' as const, windowMs: 1_010, limit: 7 }], concurrencyMax: 8 };
const ONE_AT_A_TIME = { rateLimits: [], concurrencyMax: 1 };
const ANSWER_MS = 80;
const soon = () => performance.now() + 60_000;
const claimOf = (caller: string, priority: CallPriority = 'SMALL'): PayingClaim => ({ caller, priority });

/** What became of one call, and how long it waited for it. */
interface Fate {
  readonly waitMs: number;
  readonly refusal: string | null;
}

/** Sends a call and answers it after a while. */
async function send(governor: Governor, gates: readonly CallGate[], claim: PayingClaim, timeMs = 5_000): Promise<Fate> {
  const startedAt = performance.now();
  try {
    const permit = await governor.acquire(gates, startedAt + timeMs, undefined, claim);
    setTimeout(() => {
      permit.noteArrival();
      permit.release();
    }, ANSWER_MS);
    return { waitMs: performance.now() - startedAt, refusal: null };
  } catch (error) {
    return { waitMs: performance.now() - startedAt, refusal: error instanceof GovernorRefusal ? error.refusal : 'failed' };
  }
}

/** Notes who is let out, in order; each call is answered at once. */
function queueUp(governor: Governor, gates: readonly CallGate[], order: string[]) {
  return (claim: PayingClaim, name: string = claim.caller): void => {
    void governor.acquire(gates, soon(), undefined, claim).then((permit) => {
      order.push(name);
      permit.release();
    });
  };
}

async function takeAll(governor: Governor, gates: readonly CallGate[], claim: PayingClaim): Promise<number> {
  for (let count = 0; ; count += 1) {
    const permit = await governor.acquire(gates, soon(), undefined, claim).catch(() => null);
    if (permit === null) return count;
    permit.release();
  }
}

async function reportDay(governor: Governor, gates: readonly CallGate[], limit: number, remaining: number): Promise<void> {
  const permit = await governor.acquire(gates, soon());
  permit.noteQuotas(gates[0]!, [{ window: 'DAY', limit, remaining, resetsInMs: 40_000_000 }]);
  permit.release();
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * share) - 1] ?? 0;

describe('turns', () => {
  test('callers take turns, however many calls one of them has waiting', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], ONE_AT_A_TIME);
    const first = await governor.acquire(gates, soon(), undefined, claimOf('greedy'));
    const order: string[] = [];
    const queue = queueUp(governor, gates, order);
    for (let count = 0; count < 600; count += 1) queue(claimOf('greedy'));
    for (let count = 0; count < 3; count += 1) queue(claimOf('modest'));
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order.slice(0, 6)).toEqual(['modest', 'greedy', 'modest', 'greedy', 'modest', 'greedy']);
    expect(order).toHaveLength(603);
  });

  test('two sources on one host share its turns', async () => {
    const governor = new Governor();
    const [one, other] = ['a', 'b'].map((name) => governor.gates([`credential ${name}`, 'host same'], ONE_AT_A_TIME));
    const first = await governor.acquire(one!, soon(), undefined, claimOf('greedy'));
    const order: string[] = [];
    for (let count = 0; count < 50; count += 1) queueUp(governor, one!, order)(claimOf('greedy'));
    for (let count = 0; count < 2; count += 1) queueUp(governor, other!, order)(claimOf('modest'));
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order.slice(0, 4)).toEqual(['modest', 'greedy', 'modest', 'greedy']);
  });

  test('whoever waits goes on waiting when a new source shares one of the gates', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a', 'host same'], ONE_AT_A_TIME);
    const first = await governor.acquire(gates, soon());
    const order: string[] = [];
    for (let count = 0; count < 3; count += 1) queueUp(governor, gates, order)(claimOf('someone'));
    await vi.advanceTimersByTimeAsync(1);
    const others = governor.gates(['credential b', 'host same'], ONE_AT_A_TIME);
    queueUp(governor, others, order)(claimOf('other'));
    first.release();
    await vi.advanceTimersByTimeAsync(10);
    expect(order.toSorted()).toEqual(['other', 'someone', 'someone', 'someone']);
  });

  test("a caller's small reads come before its scans, and background work after everybody", async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], ONE_AT_A_TIME);
    const first = await governor.acquire(gates, soon());
    const order: string[] = [];
    const queue = queueUp(governor, gates, order);
    for (const priority of ['BACKGROUND', 'SCAN', 'SMALL'] as const) queue(claimOf('', priority), priority);
    queue(claimOf('other', 'SCAN'), 'SCAN of another');
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order.at(-1)).toBe('BACKGROUND');
    expect(order.indexOf('SMALL')).toBeLessThan(order.indexOf('SCAN'));
    expect(order).toHaveLength(4);
  });

  test.each([
    ['bursts of ten calls', 4_000, 10],
    ['one call now and then', 700, 1],
    ['a page of three calls', 1_500, 3],
  ])(
    'beside a caller with ten times the load that Kommo bears, a modest one with %s waits at most twice as long',
    async (_what, everyMs, size) => {
      const run = async (hasGreedy: boolean): Promise<Fate[]> => {
        const governor = new Governor({ callerShare: 0.2 });
        const gates = governor.gates(['credential a', 'host a'], KOMMO);
        const fates: Promise<Fate>[] = [];
        for (let ms = 0; ms < 60_000; ms += 100) {
          if (hasGreedy)
            for (let count = 0; count < 7; count += 1) void send(governor, gates, claimOf('greedy', count < 2 ? 'SMALL' : 'SCAN'));
          if (ms >= 5_000 && ms % everyMs === 0) {
            for (let count = 0; count < size; count += 1) fates.push(send(governor, gates, claimOf('modest')));
          }
          await vi.advanceTimersByTimeAsync(100);
        }
        await vi.advanceTimersByTimeAsync(10_000);
        return Promise.all(fates);
      };
      const alone = await run(false);
      const beside = await run(true);
      const p95 = (fates: readonly Fate[]): number =>
        quantile(
          fates.map(({ waitMs }) => waitMs),
          0.95,
        );
      expect(beside.filter(({ refusal }) => refusal === null).length).toBeGreaterThanOrEqual(beside.length * 0.95);
      // Where alone it would not wait at all: no longer than until the next place.
      expect(p95(beside)).toBeLessThanOrEqual(Math.max(2 * p95(alone), 1_010 / 7 + ANSWER_MS));
    },
  );

  test('one caller alone may use all that the CRM bears', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['credential a'], KOMMO);
    const fates = Array.from({ length: 7 }, () => send(governor, gates, claimOf('only')));
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.all(fates)).toEqual(Array.from({ length: 7 }, () => ({ waitMs: 0, refusal: null })));
  });

  test('in a queue of hundreds whoever cannot go in time hears it within a moment', async () => {
    const governor = new Governor();
    const gates = governor.gates(['credential a'], KOMMO);
    const fates = Array.from({ length: 600 }, () => send(governor, gates, claimOf('greedy')));
    await vi.advanceTimersByTimeAsync(20);
    let refused = 0;
    for (const fate of fates) void fate.then(({ refusal }) => (refused += refusal === null ? 0 : 1));
    await vi.advanceTimersByTimeAsync(1);
    expect(refused).toBeGreaterThan(550);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await Promise.all(fates)).filter(({ refusal }) => refusal === null).length).toBeGreaterThanOrEqual(28);
  });
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

describe('a call that others join', () => {
  /** A claim that others can join by hand. */
  function joinable(claim: PayingClaim) {
    const listeners = new Set<(joined: PayingClaim) => void>();
    const onJoin: PayingClaim['onJoin'] = (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    return { claim: { ...claim, onJoin }, listeners, join: (joined: PayingClaim) => listeners.forEach((listener) => listener(joined)) };
  }

  test('from the background goes out as urgently as the caller who joined it', async () => {
    const governor = new Governor();
    const gates = governor.gates(['host a'], ONE_AT_A_TIME);
    const first = await governor.acquire(gates, soon());
    const order: string[] = [];
    const queue = queueUp(governor, gates, order);
    const background = joinable(claimOf('', 'BACKGROUND'));
    queue(background.claim, 'background');
    for (let count = 0; count < 20; count += 1) queue(claimOf('someone', 'SCAN'));
    await vi.advanceTimersByTimeAsync(1);
    background.join(claimOf('person'));
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order.indexOf('background')).toBeLessThanOrEqual(1);
    expect(order).toHaveLength(21);
    expect(background.listeners.size).toBe(0);
  });

  test('goes out in the turn of whoever joined it, and is paid by whoever began it', async () => {
    const governor = new Governor({ callerShare: 0.2 });
    const gates = governor.gates(['host a'], { rateLimits: [], concurrencyMax: 1 });
    await reportDay(governor, gates, 100, 100);
    const first = await governor.acquire(gates, soon(), undefined, claimOf('greedy'));
    const order: string[] = [];
    const queue = queueUp(governor, gates, order);
    for (let count = 0; count < 20; count += 1) queue(claimOf('greedy'));
    const shared = joinable(claimOf('greedy'));
    queue(shared.claim, 'shared');
    await vi.advanceTimersByTimeAsync(1);
    shared.join(claimOf('modest'));
    first.release();
    await vi.advanceTimersByTimeAsync(100);
    expect(order.indexOf('shared')).toBe(0);
    expect(order).toHaveLength(21);
    // Greedy has paid for all 22 of what it began: of 78 that are left it gets 58, and modest still half of the 20 that are kept.
    expect(await takeAll(governor, gates, claimOf('greedy'))).toBe(58);
    expect(await takeAll(governor, gates, claimOf('modest'))).toBe(10);
  });
});

test('whoever comes when, and however urgent: each call gets an answer in time, and no window ever holds too many', async () => {
  const calls = fc.record({
    caller: fc.constantFrom('', 'a', 'b', 'c'),
    priority: fc.constantFrom<CallPriority>('SMALL', 'SCAN', 'BACKGROUND'),
    pauseMs: fc.constantFrom(0, 0, 0, 5, 50, 400),
    timeMs: fc.integer({ min: 1, max: 4_000 }),
    answerMs: fc.constantFrom(1, 60, 700),
    lane: fc.integer({ min: 0, max: 2 }),
    end: fc.constantFrom<'release' | 'cancel' | 'pause' | 'quota'>('release', 'release', 'release', 'release', 'cancel', 'pause', 'quota'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { maxLength: 150 }), fc.constantFrom(0, 0.2, 0.5), async (sent, callerShare) => {
      const governor = new Governor({ callerShare });
      const lanes = [
        ['credential a', 'host x'],
        ['credential b', 'host x'],
        ['credential b', 'host y'],
      ].map((keys) => governor.gates(keys, KOMMO));
      const arrivals = new Map<CallGate, number[]>();
      let late = 0;
      let settled = 0;
      const finish = (permit: Permit, gates: readonly CallGate[], end: string): void => {
        if (end === 'cancel') {
          permit.cancel();
          return;
        }
        for (const gate of gates) arrivals.set(gate, [...(arrivals.get(gate) ?? []), performance.now()]);
        permit.noteArrival();
        if (end === 'pause') gates[0]?.pause(performance.now(), 300, 'RATE_LIMITED');
        if (end === 'quota') permit.noteQuotas(gates[0]!, [{ window: 'MINUTE', limit: 60, remaining: 20, resetsInMs: 3_000 }]);
        permit.release();
      };
      for (const { caller, priority, pauseMs, timeMs, answerMs, lane, end } of sent) {
        await vi.advanceTimersByTimeAsync(pauseMs);
        const gates = lanes[lane]!;
        const deadline = performance.now() + timeMs;
        void governor
          .acquire(gates, deadline, undefined, claimOf(caller, priority))
          .then(
            (permit) => void setTimeout(() => finish(permit, gates, end), answerMs),
            () => undefined,
          )
          .finally(() => {
            settled += 1;
            if (performance.now() > deadline + 1) late += 1;
          });
      }
      await vi.advanceTimersByTimeAsync(10_000);
      expect({ settled, late }).toEqual({ settled: sent.length, late: 0 });
      for (const at of arrivals.values()) {
        for (const start of at) expect(at.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(7);
      }
      expect(lanes.flat().every((gate) => gate.waiting === 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
