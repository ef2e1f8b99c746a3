import { QUOTA_WINDOWS, type SourceQuota } from '../port/source-health.ts';
import type { LiveQuota } from './live-quota.ts';
import type { SlidingWindow } from './sliding-window.ts';

/**
 * Returns what is left of each limit of a gate, as `source.health.quotas` shows it.
 *
 * @param arriving Calls that the CRM may still have to count.
 * @param now On `performance.now()`'s scale, like the limits' own times.
 * @param wallNow The same moment in milliseconds since 1970.
 */
export function reportQuotas(
  windows: readonly SlidingWindow[],
  quotas: readonly LiveQuota[],
  arriving: number,
  now: number,
  wallNow: number,
): SourceQuota[] {
  const toDate = (at: number) => new Date(wallNow + (at - now));
  const sliding = windows.map((window): SourceQuota => {
    const { window: name, windowMs, limit } = window.limit;
    const leavesAt = window.firstLeavesAt(now) ?? (arriving > 0 ? now + windowMs : null);
    const remaining = Math.max(0, limit - window.count(now) - arriving);
    return { window: name, limit, remaining, resetsAt: leavesAt === null ? null : toDate(leavesAt) };
  });
  const live = quotas.map(({ window, limit, remaining, resetsAt }): SourceQuota => {
    if (resetsAt === null) return { window, limit, remaining, resetsAt: null };
    const isOver = now >= resetsAt;
    return { window, limit, remaining: isOver ? limit : remaining, resetsAt: isOver ? null : toDate(resetsAt) };
  });
  return [...sliding, ...live];
}

/** Of the gates that a call has to pass, the one that leaves the least counts; the shortest window first. */
export function leastByWindow(quotas: readonly SourceQuota[]): SourceQuota[] {
  return QUOTA_WINDOWS.flatMap((window) => {
    const ofWindow = quotas.filter((quota) => quota.window === window);
    const [first] = ofWindow.toSorted((one, other) => (one.remaining ?? Infinity) - (other.remaining ?? Infinity));
    return first === undefined ? [] : [first];
  });
}
