import { SourceError } from '../../port/source-error.ts';

/** CallGear takes no larger offset. @see https://callgear.github.io/data_api/ (paging) */
export const OFFSET_MAX = 100_000;

/** One page of a list; null in the place of a row without a usable id. */
export interface RowPage<Row> {
  readonly rows: readonly (Row | null)[];
  /** A hint: it is known to overstate. null when CallGear does not say. */
  readonly totalItems: number | null;
}

/** A stretch of a list as it came; null in the place of a row without a usable id. */
export interface RowRange<Row> {
  readonly rows: readonly (Row | null)[];
  /** Whether the list is proven to end with these rows. */
  readonly isEnd: boolean;
  /** Whether the list may go on where no offset reaches. */
  readonly isCut: boolean;
}

/** Which stretch of a list to read, and how. */
export interface RowRangeQuery<Row> {
  readonly source: string;
  /** The place of the first row, from 0. */
  readonly from: number;
  /** Rows wanted; fewer come only at the end of the list or of what can be reached. */
  readonly count: number;
  /** Rows asked for in one call, at most. */
  readonly pageSizeMax: number;
  readonly readPage: (offset: number, limit: number) => Promise<RowPage<Row>>;
}

/**
 * Reads a stretch of a list. A page shorter than asked is not the end: reading goes on after the rows received, until the stretch is
 * full, a page is empty, or the reported total is reached.
 *
 * @throws SourceError BAD_RESPONSE when a page begins the stretch anew: such a list would be read for ever.
 * Cost: 1 call for each page; 1 more at the end when CallGear does not say the total or overstates it.
 */
export async function readRowRange<Row extends { readonly id: string }>({
  source,
  from,
  count,
  pageSizeMax,
  readPage,
}: RowRangeQuery<Row>): Promise<RowRange<Row>> {
  const rows: (Row | null)[] = [];
  while (rows.length < count) {
    const offset = from + rows.length;
    if (offset > OFFSET_MAX) return { rows, isEnd: false, isCut: true };
    const limit = Math.min(pageSizeMax, count - rows.length);
    const page = await readPage(offset, limit);
    if (page.rows.length === 0) return { rows, isEnd: true, isCut: false };
    const fresh = page.rows.slice(0, limit);
    // A list that has moved repeats the rows before; one that heeds no offset begins anew.
    if (rows.length > 0 && fresh.every((row, index) => row !== null && row.id === rows[index]?.id)) {
      throw new SourceError(source, 'BAD_RESPONSE', `${source} sends the same rows for every page of a list`);
    }
    rows.push(...fresh);
    // A total that is less than what came already is no total.
    if (page.totalItems === from + rows.length) return { rows, isEnd: true, isCut: false };
  }
  return { rows, isEnd: false, isCut: false };
}
