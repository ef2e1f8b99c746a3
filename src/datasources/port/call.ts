/** Counts the calls of one request, and refuses those over its budget. */
export interface CallMeter {
  /** Counts one call about to be sent. @throws SourceError COST_EXCEEDED when none is left. */
  count(source: string): void;
}

/** What every read carries. */
export interface Call {
  /** Aborts at the deadline and when the client hangs up. */
  readonly signal: AbortSignal;
  /** Milliseconds on `performance.now()`'s scale. */
  readonly deadline: number;
  /** Only answers read after this moment (Unix milliseconds) may come from memory. */
  readonly freshAfter?: number;
  /** Whether `freshAfter` holds to the letter: not even an answer of the last few seconds will do. For reads that decide about a write. */
  readonly isFreshnessStrict?: boolean;
  readonly meter: CallMeter;
}

/** What every write carries. It has no signal: a write that was sent is never aborted. */
export interface WriteCall {
  /** A write that is not yet sent at this moment (`performance.now()`'s scale) is never sent. */
  readonly deadline: number;
  readonly meter: CallMeter;
}
