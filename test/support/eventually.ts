import { vi } from 'vitest';

/** Only ends what never comes: nothing waits for it. */
const NEVER_MS = 80_000;

/** Waits until an assertion holds, however busy the machine is. @param interval Between two looks, in milliseconds. @returns what it returns then. */
export function eventually<Result>(assertion: () => Result | Promise<Result>, interval = 10): Promise<Result> {
  return vi.waitFor(assertion, { timeout: NEVER_MS, interval });
}
