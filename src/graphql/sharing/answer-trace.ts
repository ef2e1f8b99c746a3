import type { ReadTrace } from '../../datasources/port/call.ts';
import type { SourceErrorCode } from '../../datasources/port/source-error.ts';

/** Failures by the limits of the request that they befell. */
const OWN_FAILURES: ReadonlySet<string> = new Set<SourceErrorCode>(['TIMEOUT', 'COST_EXCEEDED', 'RATE_LIMITED', 'QUOTA_EXHAUSTED']);
/** Failures that say something lasting of what was read, so that the answer would be the same again. */
const LASTING: ReadonlySet<string> = new Set<string>([
  'BAD_RESPONSE',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'INVALID_CURSOR',
  'PAGE_LIMIT_EXCEEDED',
  'FILTER_UNSUPPORTED',
  'ORDER_UNSUPPORTED',
]);

/** Learns while an operation runs to which other requests its answer may be given, and for how long. */
export class AnswerTrace implements ReadTrace {
  #freshUntil = Infinity;
  #reads = 0;
  #isKeepable = true;
  #isBoundToRequest = false;
  #isBoundToText = false;

  noteRead(freshUntil: number): void {
    this.#reads += 1;
    if (freshUntil < this.#freshUntil) this.#freshUntil = freshUntil;
  }

  noteFailure(code: string): void {
    this.#isKeepable = false;
    if (OWN_FAILURES.has(code)) this.#isBoundToRequest = true;
  }

  /** Notes a code that the answer shows, of which it is not known whether a read failed with it. */
  noteCode(code: string): void {
    if (!LASTING.has(code)) this.noteFailure(code);
  }

  /** Notes that the answer shows the state of this very moment, such as the health of a source. */
  noteLive(): void {
    this.#isKeepable = false;
  }

  /** Notes that the answer points into the text of the document. */
  noteLocations(): void {
    this.#isBoundToText = true;
  }

  /**
   * When the first of the reads that the answer was made from is out of date, in Unix milliseconds. 0: the answer must not be given to a later
   * request, because something failed, shows this very moment, or was read from what nobody vouches for.
   */
  get freshUntil(): number {
    return this.#isKeepable && this.#reads > 0 ? this.#freshUntil : 0;
  }

  /** Whether something failed by the limits of this very request: its time, its calls. */
  get isBoundToRequest(): boolean {
    return this.#isBoundToRequest;
  }

  /** Whether the answer is only right for this very text of the document, and not for one that means the same. */
  get isBoundToText(): boolean {
    return this.#isBoundToText;
  }
}
