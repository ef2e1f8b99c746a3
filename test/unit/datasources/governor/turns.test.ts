import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Governor, type PayingClaim } from '../../../../src/datasources/governor/governor.ts';
import { claimOf, KOMMO, ONE_AT_A_TIME, queueUp, reportDay, send, soon, takeAll } from './callers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

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
