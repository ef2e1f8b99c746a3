import { expect, test } from 'vitest';
import { CallHistory, HISTORY_MINUTES } from '../../../src/telemetry/call-history.ts';

const MINUTE_MS = 60_000;

test('calls of the last hour are told by minute, and older ones are forgotten', () => {
  let now = 1_000 * MINUTE_MS;
  const history = new CallHistory(() => now);
  history.add({ source: 'kommo', outcome: 'OK', durationMs: 10, waitedMs: 0 });
  history.add({ source: 'kommo', outcome: 'OK', durationMs: 31, waitedMs: 0 });
  history.add({ source: 'kommo', outcome: 'TIMEOUT', durationMs: 5_000, waitedMs: 0 });
  now += 2 * MINUTE_MS;
  history.add({ source: 'kommo', outcome: 'UNAVAILABLE', durationMs: 1, waitedMs: 0 });

  const none = { calls: 0, failed: 0, meanMs: null };
  expect(history.read('kommo').minutes.slice(-4)).toEqual([
    none,
    { calls: 3, failed: 1, meanMs: 21 },
    none,
    { calls: 1, failed: 1, meanMs: null },
  ]);
  now += (HISTORY_MINUTES - 2) * MINUTE_MS;
  expect(history.read('kommo').minutes.filter(({ calls }) => calls > 0)).toHaveLength(1);
  now += 10 * HISTORY_MINUTES * MINUTE_MS;
  expect(history.read('kommo').minutes).toEqual(Array.from({ length: HISTORY_MINUTES }, () => none));
  expect(history.read('never called').minutes).toHaveLength(HISTORY_MINUTES);
});

test('the last five kinds of errors are kept, the latest first, each with its number', () => {
  let now = 0;
  const history = new CallHistory(() => now);
  for (const outcome of ['TIMEOUT', 'FORBIDDEN', 'BLOCKED', 'UNAVAILABLE', 'RATE_LIMITED', 'FORBIDDEN', 'BAD_RESPONSE'] as const) {
    now += 1_000;
    history.add({ source: 'kommo', outcome, durationMs: 1, waitedMs: 0 });
  }

  const { errors } = history.read('kommo');
  expect(errors.map(({ code }) => code)).toEqual(['BAD_RESPONSE', 'FORBIDDEN', 'RATE_LIMITED', 'UNAVAILABLE', 'BLOCKED']);
  expect(errors[1]).toEqual({ code: 'FORBIDDEN', count: 2, lastAt: new Date(6_000) });
});
