import type { ObservedCall } from '../datasources/http/call-observer.ts';

/** How far back it goes. */
export const HISTORY_MINUTES = 60;
const MINUTE_MS = 60_000;
/** Kinds of errors that are kept of one source, the latest of each. */
const ERRORS_MAX = 5;

/** What happened to one source in one minute. */
export interface MinuteOfCalls {
  readonly calls: number;
  readonly failed: number;
  /** Of calls that were answered, in milliseconds; null when none was. */
  readonly meanMs: number | null;
}

/** The latest of one kind of error. */
export interface PastError {
  readonly code: string;
  /** How often it came since the start. */
  readonly count: number;
  readonly lastAt: Date;
}

/** What the last hour was like for one source. */
export interface SourceHistory {
  /** One for each of the last 60 minutes, the present one last. */
  readonly minutes: readonly MinuteOfCalls[];
  /** The latest first. */
  readonly errors: readonly PastError[];
}

interface Bucket {
  minute: number;
  calls: number;
  failed: number;
  okMs: number;
}

/** Remembers the calls of the last hour, by source and minute. Bounded: sources are those of the configuration, and codes are a closed set. */
export class CallHistory {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket[]>();
  readonly #errors = new Map<string, Map<string, PastError>>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Adds a call that has just ended. */
  add({ source, outcome, durationMs }: ObservedCall): void {
    const minute = this.#minute();
    const buckets = this.#buckets.get(source) ?? [];
    this.#buckets.set(source, buckets);
    const kept = buckets[minute % HISTORY_MINUTES];
    const bucket = kept?.minute === minute ? kept : { minute, calls: 0, failed: 0, okMs: 0 };
    buckets[minute % HISTORY_MINUTES] = bucket;
    bucket.calls += 1;
    if (outcome === 'OK') bucket.okMs += durationMs;
    else {
      bucket.failed += 1;
      this.#addError(source, outcome);
    }
  }

  /** Returns the last hour of a source; zeros for one that was never called. */
  read(source: string): SourceHistory {
    const present = this.#minute();
    const buckets = this.#buckets.get(source) ?? [];
    const minutes = Array.from({ length: HISTORY_MINUTES }, (_, index) => {
      const minute = present - HISTORY_MINUTES + 1 + index;
      const bucket = buckets[minute % HISTORY_MINUTES];
      return bucket?.minute === minute ? toMinute(bucket) : { calls: 0, failed: 0, meanMs: null };
    });
    return { minutes, errors: [...(this.#errors.get(source)?.values() ?? [])].toReversed() };
  }

  /** The latest is last in its map, and the oldest goes first. */
  #addError(source: string, code: string): void {
    const errors = this.#errors.get(source) ?? new Map<string, PastError>();
    this.#errors.set(source, errors);
    const count = (errors.get(code)?.count ?? 0) + 1;
    errors.delete(code);
    errors.set(code, { code, count, lastAt: new Date(this.#now()) });
    const [oldest] = errors.keys();
    if (errors.size > ERRORS_MAX && oldest !== undefined) errors.delete(oldest);
  }

  #minute(): number {
    return Math.floor(this.#now() / MINUTE_MS);
  }
}

function toMinute({ calls, failed, okMs }: Bucket): MinuteOfCalls {
  return { calls, failed, meanMs: calls === failed ? null : Math.round(okMs / (calls - failed)) };
}
