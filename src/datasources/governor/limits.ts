import type { QuotaWindow } from '../port/source-health.ts';

/** A limit on how often one credential may call: at most `limit` calls arrive in any sliding `windowMs`. */
export interface RateLimit {
  readonly window: QuotaWindow;
  readonly windowMs: number;
  readonly limit: number;
}

/** What holds at a gate. */
export interface GateLimits {
  readonly rateLimits: readonly RateLimit[];
  /** Calls under way at once. */
  readonly concurrencyMax: number;
}

/** What a CRM said of its own quotas in an answer. */
export interface ReportedQuota {
  readonly window: QuotaWindow;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsInMs: number | null;
}

/**
 * What keeps a call back. `QUOTA_KEPT`: what is left of a long quota is kept for small reads, or for callers who have used less of it. `TIMEOUT`:
 * the calls under way leave no room.
 */
export type GateRefusal = 'RATE_LIMITED' | 'QUOTA_EXHAUSTED' | 'QUOTA_KEPT' | 'BLOCKED' | 'TIMEOUT';

export const LONG_WINDOWS: ReadonlySet<QuotaWindow> = new Set(['HOUR', 'DAY']);
/** A window is over when it is over, whatever the CRM says of it. */
export const WINDOW_MS: Readonly<Record<QuotaWindow, number>> = {
  SECOND: 1_000,
  TEN_SECONDS: 10_000,
  MINUTE: 60_000,
  HOUR: 60 * 60_000,
  DAY: 24 * 60 * 60_000,
};
