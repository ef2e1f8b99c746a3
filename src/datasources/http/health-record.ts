import type { SourceHealth, SourceHealthStatus, SourceQuota } from '../port/source-health.ts';
import type { SourceError, SourceErrorCode } from '../port/source-error.ts';

interface GateState {
  readonly quotas: readonly SourceQuota[];
  readonly isThrottled: boolean;
  readonly isBlocked: boolean;
}

const STATUS_BY_CODE: Readonly<Partial<Record<SourceErrorCode, SourceHealthStatus>>> = {
  TIMEOUT: 'DOWN',
  UNAVAILABLE: 'DOWN',
  RATE_LIMITED: 'THROTTLED',
  QUOTA_EXHAUSTED: 'THROTTLED',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  BLOCKED: 'BLOCKED',
};

/** What traffic has shown of one source. */
export class SourceHealthRecord {
  #checkedAt: Date | null = null;
  #latencyMs: number | null = null;
  #failure: SourceError | null = null;
  #limitation: SourceError | null = null;

  noteSuccess(latencyMs: number): void {
    this.#checkedAt = new Date();
    this.#latencyMs = Math.round(latencyMs);
    this.#failure = null;
  }

  noteFailure(error: SourceError, latencyMs: number): void {
    this.#checkedAt = new Date();
    this.#latencyMs = Math.round(latencyMs);
    this.#failure = error;
  }

  noteLimitation(error: SourceError | null): void {
    this.#limitation = error;
  }

  read(gates: GateState): SourceHealth {
    const failure = this.#standing(gates);
    return {
      status: this.#status(gates, failure),
      checkedAt: this.#checkedAt,
      latencyMs: this.#latencyMs,
      quotas: gates.quotas,
      error: failure ?? this.#limitation,
    };
  }

  /** A quota that has opened again is no trouble any more, even if nothing was asked since. */
  #standing({ isThrottled }: GateState): SourceError | null {
    const failure = this.#failure;
    return failure !== null && STATUS_BY_CODE[failure.code] === 'THROTTLED' && !isThrottled ? null : failure;
  }

  #status(gates: GateState, failure: SourceError | null): SourceHealthStatus {
    if (gates.isBlocked) return 'BLOCKED';
    if (gates.isThrottled) return 'THROTTLED';
    if (failure !== null) return STATUS_BY_CODE[failure.code] ?? 'DEGRADED';
    if (this.#limitation !== null) return this.#limitation.code === 'UNAUTHENTICATED' ? 'UNAUTHENTICATED' : 'DEGRADED';
    return this.#checkedAt === null ? 'UNKNOWN' : 'OK';
  }
}
