/** Counts the calls of one request, and refuses those over its budget. */
export interface CallMeter {
  /** Counts one call about to be sent. @throws SourceError COST_EXCEEDED when none is left. */
  count(source: string): void;
  /**
   * Counts what a call brought, before it is read: reading is what costs time here. Left out, nothing is bounded.
   *
   * @param length Characters of the reply.
   * @throws SourceError COST_EXCEEDED when those before it were enough.
   */
  countReply?(source: string, length: number): void;
  /** Notes that a reply was beyond the byte cap, and is to be read again in parts: these may go over the limit as one reply may. */
  noteTooLarge?(): void;
}

/**
 * How urgent a call is, the most urgent first.
 *
 * - `SMALL`: part of a read that is soon done, such as a single contact or a page.
 * - `SCAN`: part of a read that goes on and on.
 * - `BACKGROUND`: no caller waits for it; it goes out only when no other call waits.
 */
export type CallPriority = 'SMALL' | 'SCAN' | 'BACKGROUND';

/** The gateway itself, as a caller: no caller's name is empty. */
export const GATEWAY_CALLER = '';

/** Whose turn a call takes where calls have to wait, and whose part of the CRM's quotas it uses. */
export interface CallTurn {
  /** The caller's name. */
  readonly caller: string;
  /** Counts one more call to a source, and says how urgent it is. */
  take(source: string): CallPriority;
  /**
   * Reports the turns of those who wait for the same call: those who do already, at once, and each that joins later. The call may go out in
   * any of these turns, and whoever began it pays. Left out: nobody can join.
   *
   * @returns Ends the reports.
   */
  onJoin?(listener: (joined: CallTurn) => void): () => void;
}

/** Learns what an answer is made from, so that the whole answer can be kept as long as each of its reads may be. */
export interface ReadTrace {
  /** Notes one read. @param freshUntil When it is out of date, Unix milliseconds. */
  noteRead(freshUntil: number): void;
  /** Notes that a read failed, or that a part of the answer is missing. @param code A SourceErrorCode. */
  noteFailure(code: string): void;
}

/** What every read carries. */
export interface Call {
  /** Aborts at the deadline and when the client hangs up. */
  readonly signal: AbortSignal;
  /** Milliseconds on `performance.now()`'s scale. */
  readonly deadline: number;
  /** Only answers read after this moment (Unix milliseconds) may come from the cache. */
  readonly freshAfter?: number;
  /** Whether `freshAfter` holds to the letter: not even an answer of the last few seconds will do. For reads that decide about a write. */
  readonly isFreshnessStrict?: boolean;
  readonly meter: CallMeter;
  /** Left out: a small read of the gateway itself. */
  readonly turn?: CallTurn;
  /** Notes each read; left out where nobody keeps answers. */
  readonly trace?: ReadTrace;
}

/** What every write carries. It has no signal: a write that was sent is never aborted. */
export interface WriteCall {
  /** A write that is not yet sent at this moment (`performance.now()`'s scale) is never sent. */
  readonly deadline: number;
  readonly meter: CallMeter;
  /** Left out: a write of the gateway itself. */
  readonly turn?: CallTurn;
}
