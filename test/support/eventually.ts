import { vi } from 'vitest';

/** Only ends what never comes: nothing waits for it. */
const NEVER_MS = 60_000;

/** Waits until an assertion holds, however busy the machine is. @returns what it returns then. */
export function eventually<Result>(assertion: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(assertion, { timeout: NEVER_MS, interval: 10 });
}
