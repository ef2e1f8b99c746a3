import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TIMER_MS_MAX, sleep } from '../../../src/platform/timers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether a promise has settled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => (isSettled = true));
  await vi.advanceTimersByTimeAsync(0);
  return isSettled;
}

test('sleep waits for its time, and no longer than a timer can', async () => {
  const short = sleep(1_000);
  const long = sleep(Infinity);
  await vi.advanceTimersByTimeAsync(999);
  expect(await isOver(short)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isOver(short)).toBe(true);
  expect(await isOver(long)).toBe(false);
  await vi.advanceTimersByTimeAsync(TIMER_MS_MAX);
  expect(await isOver(long)).toBe(true);
});

test('sleep ends without an error when the signal aborts, and leaves no timer', async () => {
  const controller = new AbortController();
  const asleep = sleep(1_000, controller.signal);
  controller.abort();
  await expect(asleep).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
