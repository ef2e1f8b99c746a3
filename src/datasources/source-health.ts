import type { SourceHealth, SourceHealthStatus, SourceQuota } from './contact-source.ts';
import type { SourceError, SourceErrorCode } from './source-error.ts';

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
    return {
      status: this.#status(gates),
      checkedAt: this.#checkedAt,
      latencyMs: this.#latencyMs,
      quotas: gates.quotas,
      error: this.#failure ?? this.#limitation,
    };
  }

  #status(gates: GateState): SourceHealthStatus {
    if (gates.isBlocked) return 'BLOCKED';
    if (gates.isThrottled) return 'THROTTLED';
    if (this.#checkedAt === null) return 'UNKNOWN';
    if (this.#failure !== null) return STATUS_BY_CODE[this.#failure.code] ?? 'DEGRADED';
    return this.#limitation === null ? 'OK' : 'DEGRADED';
  }
}
