import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallGate } from '../../../../src/datasources/governor/call-gate.ts';
import { Governor, type Permit } from '../../../../src/datasources/governor/governor.ts';
import type { CallPriority } from '../../../../src/datasources/port/call.ts';
import { claimOf, KOMMO } from './callers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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
