import type { SourceError } from '../port/source-error.ts';
import { RowFaults } from './row-faults.ts';

/** A page that is too large is read again in so many parts; behind a row that is too large by itself, pages grow again by as much. */
const STEP = 8;

/** Finds how many rows may be asked for at once where answers are beyond the byte cap: for all of them together, or for single ones. */
export class PageSize {
  readonly #max: number;
  #current: number;
  #isGrowing = false;
  #faults: RowFaults | null = null;
  #hasRead = false;

  constructor(max: number) {
    this.#max = max;
    this.#current = max;
  }

  /** Rows to ask for, at most. */
  get current(): number {
    return this.#current;
  }

  noteRead(): void {
    this.#hasRead = true;
    if (this.#isGrowing) this.#current = Math.min(this.#max, this.#current * STEP);
  }

  /**
   * Notes a page that was too large.
   *
   * @param count Rows that were asked for.
   * @returns `page`: it is to be asked for again, in the new size. `row`: it was one row, which is to be left out.
   * @throws `failure` when too many single rows are too large, or the first two.
   */
  shrink(count: number, failure: SourceError): 'page' | 'row' {
    if (count > 1) {
      this.#current = Math.ceil(count / STEP);
      this.#isGrowing = false;
      return 'page';
    }
    if (!this.#hasRead && this.#faults !== null) throw failure;
    this.#faults ??= new RowFaults(failure);
    this.#faults.noteBadRow();
    this.#current = 1;
    this.#isGrowing = true;
    return 'row';
  }
}
