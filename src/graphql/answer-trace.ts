import type { ReadTrace } from '../datasources/port/call.ts';

/** Learns while an operation runs how long its answer may be given again, and to whom it may be given at all. */
export class AnswerTrace implements ReadTrace {
  #freshUntil = Infinity;
  #reads = 0;
  #isKeepable = true;

  noteRead(freshUntil: number): void {
    this.#reads += 1;
    if (freshUntil < this.#freshUntil) this.#freshUntil = freshUntil;
  }

  noteFailure(): void {
    this.#isKeepable = false;
  }

  /** Notes that the answer shows the state of this very moment, such as the health of a source. */
  noteLive(): void {
    this.#isKeepable = false;
  }

  /**
   * When the first of the reads that the answer was made from is out of date, in Unix milliseconds. 0: the answer must not be given to a later
   * request, because something failed, shows this very moment, or was read from what nobody vouches for.
   */
  get freshUntil(): number {
    return this.#isKeepable && this.#reads > 0 ? this.#freshUntil : 0;
  }
}
