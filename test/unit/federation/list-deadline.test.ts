import { setImmediate } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startListCall } from '../../../src/federation/list-deadline.ts';
import { createCall } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => performance.now();

test.each([
  ['the source timeout', 10_000, 5_000, 5_000],
  ['60 % of what is left', 5_000, 5_000, 3_000],
])('ends a list at %s', (_what, leftMs, sourceTimeoutMs, allowedMs) => {
  const list = startListCall(createCall({ timeMs: leftMs }), sourceTimeoutMs, now);
  const { call } = list;
  expect(call.deadline - now()).toBeCloseTo(allowedMs);
  vi.advanceTimersByTime(allowedMs - 1);
  expect(call.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(call.signal.aborted).toBe(true);
  list.stop();
});

test('ends a list with its request, and at once when that is over already', () => {
  const client = new AbortController();
  const { call } = startListCall(createCall({ signal: client.signal }), 5_000, now);
  client.abort();
  expect(call.signal.aborted).toBe(true);
  expect(startListCall(createCall({ signal: client.signal }), 5_000, now).call.signal.aborted).toBe(true);
});

test('aborts what is still in flight once it is stopped, and waits for nothing', () => {
  const client = new AbortController();
  const list = startListCall(createCall({ signal: client.signal }), 5_000, now);
  list.stop();
  expect(list.call.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('leaves nothing behind of a list, as a signal made of signals would', async () => {
  vi.useRealTimers();
  // What was made in one turn of the event loop lives until its end.
  const countSignals = async () => {
    await setImmediate();
    return Number(queryObjects(AbortSignal, { format: 'count' }));
  };
  const before = await countSignals();
  for (let count = 0; count < 200; count += 1) {
    const client = new AbortController();
    const signal = AbortSignal.any([client.signal, AbortSignal.timeout(20)]);
    const list = startListCall(createCall({ signal }), 5_000, now);
    const listener = () => undefined;
    list.call.signal.addEventListener('abort', listener);
    list.call.signal.removeEventListener('abort', listener);
    list.stop();
    client.abort();
  }
  await eventually(async () => expect((await countSignals()) - before).toBeLessThan(100));
});
