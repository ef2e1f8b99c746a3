import type { SourceError } from '../port/source-error.ts';

/** More rows of one page at which a CRM fails are no bad rows, but a CRM that fails. */
const BAD_ROWS_MAX = 4;
/** Parts of a page that fail before any is read: then it is not for single rows that the page failed. */
const FAILED_PARTS_MAX = 6;

/** Keeps the reading of a page around single rows within bounds. */
export class RowFaults {
  /** Of the whole page, which is what is reported when it is not for single rows. */
  readonly failure: SourceError;
  #hasRead = false;
  #failedParts = 0;
  #badRows = 0;

  constructor(failure: SourceError) {
    this.failure = failure;
  }

  /** Whether any part of the page could be read. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  noteRead(): void {
    this.#hasRead = true;
  }

  /** @param weight How many such parts it counts for. @throws the page's failure when nothing of it could be read so far, and enough was tried. */
  noteFailedPart(weight = 1): void {
    this.#failedParts += weight;
    if (!this.#hasRead && this.#failedParts >= FAILED_PARTS_MAX) throw this.failure;
  }

  /** @throws the page's failure when there are too many such rows. */
  noteBadRow(): void {
    this.#badRows += 1;
    if (this.#badRows > BAD_ROWS_MAX) throw this.failure;
  }

  /** @throws the page's failure when nothing of it could be read. */
  conclude(): void {
    if (!this.#hasRead) throw this.failure;
  }
}

/** A stretch of rows by their places. */
export interface Stretch {
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
}

/** Reads a part of a page that failed as a whole. @returns null when the CRM fails at this part too. @throws for any other failure. */
type ReadPart<Part> = (stretch: Stretch) => Promise<Part | null>;

/**
 * Reads the parts of a page at which a CRM fails for some of its rows: finds each by halves, and reads the others.
 *
 * Cost: for one row at most 2 calls more than the binary logarithm of the rows; for each further one, of 4 at most, at most 3 more than that;
 * 6 where the CRM fails at everything.
 *
 * @returns The parts in order, null in the place of a row at which the CRM fails. They end early where a part is shorter than was asked for.
 * @throws `failure` when it is not for single rows that the page fails.
 */
export async function readAroundRows<Part extends { readonly rows: readonly unknown[] }>(
  { from: start, to: end }: Stretch,
  readPart: ReadPart<Part>,
  failure: SourceError,
): Promise<(Part | null)[]> {
  const faults = new RowFaults(failure);
  const parts: (Part | null)[] = [];
  const read = async (stretch: Stretch): Promise<Part | null> => {
    const part = await readPart(stretch);
    if (part === null) faults.noteFailedPart();
    else faults.noteRead();
    return part;
  };
  // What comes before `from` is in `parts`; what comes from `known.from` on has been read.
  let from = start;
  let known: { readonly from: number; readonly part: Part } | null = null;
  while (from < (known?.from ?? end)) {
    // The CRM fails somewhere between these two.
    let to: number = known?.from ?? end;
    let hasFailed = false;
    while (to - from > 1) {
      const middle: number = from + Math.ceil((to - from) / 2);
      const half = await read({ from, to: middle });
      if (half !== null) {
        parts.push(half);
        // What comes next is for the next page.
        if (half.rows.length < middle - from) return parts;
        from = middle;
        continue;
      }
      hasFailed = true;
      // Nothing but failures so far: the other half shows whether the CRM answers at all.
      const other: Part | null = faults.hasRead ? null : await read({ from: middle, to });
      if (other !== null && to === end) known = { from: middle, part: other };
      to = middle;
    }
    // Where nothing failed but the page itself, that may have been a passing fault.
    const row = hasFailed ? null : await read({ from, to });
    if (row === null) faults.noteBadRow();
    parts.push(row);
    from = to;
    const rest = known?.from ?? end;
    if (from >= rest) break;
    const others = await read({ from, to: rest });
    if (others === null) continue;
    parts.push(others);
    if (others.rows.length < rest - from) return parts;
    from = rest;
  }
  faults.conclude();
  return known === null ? parts : [...parts, known.part];
}
