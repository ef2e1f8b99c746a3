/**
 * Reads the header Retry-After: seconds, or an HTTP date.
 *
 * @param now Unix milliseconds.
 * @returns Milliseconds to wait, 0 for a date that has passed; undefined when the header is missing or unreadable.
 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
