import type { SourceError } from './source-error.ts';

/**
 * How a source has been doing.
 *
 * - `OK`: it was called, and no trouble stands.
 * - `DEGRADED`: its last call failed in another way than those below, or a right is missing.
 * - `THROTTLED`: calls wait for a quota.
 * - `UNAUTHENTICATED`: it does not accept our credentials.
 * - `BLOCKED`: it refuses this address or account altogether.
 * - `DOWN`: its last call ended in `TIMEOUT` or `UNAVAILABLE`.
 * - `UNKNOWN`: nothing was asked yet.
 */
export const SOURCE_HEALTH_STATUSES = ['OK', 'DEGRADED', 'THROTTLED', 'UNAUTHENTICATED', 'BLOCKED', 'DOWN', 'UNKNOWN'] as const;
export type SourceHealthStatus = (typeof SOURCE_HEALTH_STATUSES)[number];

/** The stretches of time over which CRMs count calls, the shortest first. */
export const QUOTA_WINDOWS = ['SECOND', 'TEN_SECONDS', 'MINUTE', 'HOUR', 'DAY'] as const;
export type QuotaWindow = (typeof QUOTA_WINDOWS)[number];

/** How many calls are allowed, and left, in one stretch of time. null: not known. */
export interface SourceQuota {
  readonly window: QuotaWindow;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** When it begins anew; of a sliding one, when the oldest call leaves it. null: not known, or no call counts in it. */
  readonly resetsAt: Date | null;
}

/** How a source has been doing, as its traffic shows. */
export interface SourceHealth {
  readonly status: SourceHealthStatus;
  /** When the last call ended that showed something of the CRM; null before the first. */
  readonly checkedAt: Date | null;
  /** How long that call took. */
  readonly latencyMs: number | null;
  /** The shortest window first. */
  readonly quotas: readonly SourceQuota[];
  /** The last trouble that still stands, a permanent lack of rights included. */
  readonly error: SourceError | null;
  /** Whether it is left alone for a moment because it failed again and again. Left out below the HTTP that knows it. */
  readonly isCircuitOpen?: boolean;
  /** Calls that wait for their turn or for a quota. */
  readonly callsWaiting?: number;
  /** When its token expires; left out, or null, where that is not known. */
  readonly tokenExpiry?: TokenExpiry | null;
}

/** When a token expires, and whether the gateway gets the next one by itself. */
export interface TokenExpiry {
  readonly expiresAt: Date;
  readonly isRenewed: boolean;
}
