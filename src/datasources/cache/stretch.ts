import type { SourceQuota } from '../port/source-health.ts';

/** TTLs stretch to at most this many times their length when a day quota runs ahead of its pace. */
const STRETCH_MAX = 20;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Returns by how much answers of a source may be older than usual: above 1 when more of the day's quota is used up than of the day.
 *
 * @param now Unix milliseconds.
 */
export function stretchOf(quotas: readonly SourceQuota[], now: number): number {
  const day = quotas.find((quota) => quota.window === 'DAY');
  if (!day?.limit || day.remaining === null || day.resetsAt === null) return 1;
  const timeLeft = Math.min(1, Math.max(0, (day.resetsAt.getTime() - now) / DAY_MS));
  const quotaLeft = Math.max(day.remaining / day.limit, timeLeft / STRETCH_MAX);
  return quotaLeft > 0 ? Math.min(STRETCH_MAX, Math.max(1, timeLeft / quotaLeft)) : 1;
}
