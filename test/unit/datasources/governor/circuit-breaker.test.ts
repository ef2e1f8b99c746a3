import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BreakerOpenError, CircuitBreaker } from '../../../../src/datasources/governor/circuit-breaker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createBreaker() {
  const events: string[] = [];
  const breaker = new CircuitBreaker({
    failuresMax: 3,
    openMs: 10_000,
    onOpen: () => events.push('open'),
    onClose: () => events.push('close'),
  });
  return { breaker, events };
}
const wait = (probe: Promise<void>) => probe;

function open(breaker: CircuitBreaker): void {
  for (let count = 0; count < 3; count += 1) breaker.noteFailure();
}

test('opens after failures in a row, and says for how long', async () => {
  const { breaker, events } = createBreaker();
  breaker.noteFailure();
  breaker.noteFailure();
  await expect(breaker.enter(wait)).resolves.toBeTypeOf('function');
  breaker.noteFailure();
  await expect(breaker.enter(wait)).rejects.toBeInstanceOf(BreakerOpenError);
  vi.advanceTimersByTime(4_000);
  await expect(breaker.enter(wait)).rejects.toMatchObject({ retryAfterMs: 6_000 });
  expect(events).toEqual(['open']);
});

test('is not kept open by calls from before that fail late', async () => {
  const { breaker } = createBreaker();
  open(breaker);
  for (let count = 0; count < 9; count += 1) {
    vi.advanceTimersByTime(1_000);
    breaker.noteFailure();
  }
  vi.advanceTimersByTime(1_000);
  await expect(breaker.enter(wait)).resolves.toBeTypeOf('function');
});

test('stays closed when an answer comes between the failures', async () => {
  const { breaker } = createBreaker();
  for (let count = 0; count < 5; count += 1) {
    breaker.noteFailure();
    breaker.noteFailure();
    breaker.noteAnswer();
  }
  await expect(breaker.enter(wait)).resolves.toBeTypeOf('function');
});

test('lets one probe through when its time is over; the others wait for it and go on when it is answered', async () => {
  const { breaker, events } = createBreaker();
  open(breaker);
  vi.advanceTimersByTime(10_000);
  const leave = await breaker.enter(wait);
  const letIn: number[] = [];
  const others = [1, 2].map(async (number) => {
    await breaker.enter(wait);
    letIn.push(number);
  });
  await vi.advanceTimersByTimeAsync(500);
  expect(letIn).toEqual([]);
  breaker.noteAnswer();
  leave();
  await Promise.all(others);
  expect(letIn).toEqual([1, 2]);
  expect(events).toEqual(['open', 'close']);
});

test('opens anew when the probe fails, and refuses those who waited for it', async () => {
  const { breaker } = createBreaker();
  open(breaker);
  vi.advanceTimersByTime(10_000);
  const leave = await breaker.enter(wait);
  const other = breaker.enter(wait).catch((error: unknown) => error);
  breaker.noteFailure();
  leave();
  expect(await other).toMatchObject({ retryAfterMs: 10_000 });
});

test('hands the probe over when it showed nothing', async () => {
  const { breaker } = createBreaker();
  open(breaker);
  vi.advanceTimersByTime(10_000);
  const leave = await breaker.enter(wait);
  let isSecondIn = false;
  const second = breaker.enter(wait).then(() => (isSecondIn = true));
  await vi.advanceTimersByTimeAsync(1);
  expect(isSecondIn).toBe(false);
  leave();
  await second;
  expect(isSecondIn).toBe(true);
});

test('is not closed by the late answer to a call from before', async () => {
  const { breaker } = createBreaker();
  open(breaker);
  breaker.noteAnswer();
  await expect(breaker.enter(wait)).rejects.toBeInstanceOf(BreakerOpenError);
});
