import { WAIT_MS_MAX } from '../port/source-error.ts';

/** A number of seconds, however many digits it has. */
const SECONDS = /^\d+(?:\.\d+)?$/;
/** Each of the three forms of a date begins with the day of the week. A bare number would be read as a month. */
const WEEKDAY = /^[a-z]{3,9},? /i;

/**
 * Reads the header Retry-After: seconds, or an HTTP date.
 *
 * @param now Unix milliseconds.
 * @returns Milliseconds to wait, a day at most, 0 for a date that has passed; undefined when the header is missing or unreadable.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = readWaitSeconds(text);
  if (waitMs !== undefined || !WEEKDAY.test(text)) return waitMs;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), WAIT_MS_MAX);
}

/**
 * Reads a number of seconds to wait, as a number or as text, out of what a CRM sent.
 *
 * @returns Milliseconds, a day at most; undefined when it is none, or below zero.
 */
export function readWaitSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && SECONDS.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !(seconds >= 0)) return undefined;
  return Math.min(Math.ceil(seconds * 1_000), WAIT_MS_MAX);
}
