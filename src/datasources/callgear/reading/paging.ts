import { SourceError } from '../../port/source-error.ts';
import { isPageFault } from '../rpc-error.ts';
import { PageSize } from '../../wire/page-size.ts';
import { isTooLarge } from '../../http/call-failure.ts';
import { readAroundRows, type Stretch } from '../../wire/row-faults.ts';

/** CallGear takes no larger offset. @see https://callgear.github.io/data_api/ (paging) */
export const OFFSET_MAX = 100_000;

/** By so many rows, or so much of all, a total may be too high. */
const OVERSTATED_MAX = 2;
const OVERSTATED_SHARE_MAX = 0.01;

/** One page of a list; null in the place of a row without a usable id. */
export interface RowPage<Row> {
  readonly rows: readonly (Row | null)[];
  /** A hint: it is known to overstate. null when CallGear does not say. */
  readonly totalItems: number | null;
  /** False for null, `{}` and the like in the place of a list; true when left out. */
  readonly isList?: boolean;
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
  readonly readPage: ReadPage<Row>;
}

/** Reads one page. @param isProbe Whether it is read to find a row at which CallGear fails: that says nothing of CallGear, and is not repeated. */
type ReadPage<Row> = (offset: number, limit: number, isProbe: boolean) => Promise<RowPage<Row>>;

/**
 * Reads a stretch of a list. A page shorter than asked is not the end: reading goes on after the rows received, until the stretch is
 * full, a page is empty, or the reported total is reached. A page that is too large is read again in smaller ones, and one at which CallGear fails is
 * read around the few rows that it fails at.
 *
 * @throws SourceError BAD_RESPONSE when a page begins the stretch anew: such a list would be read for ever; and when no row comes of a list
 *   that has some, as CallGear counts.
 * Cost: 1 call for each page; 1 more at the end when CallGear does not say the total or overstates it; see readAroundRows for a page that fails.
 */
export async function readRowRange<Row extends { readonly id: string }>({
  source,
  from,
  count,
  pageSizeMax,
  readPage,
}: RowRangeQuery<Row>): Promise<RowRange<Row>> {
  const rows: (Row | null)[] = [];
  const size = new PageSize(pageSizeMax);
  while (rows.length < count) {
    const offset = from + rows.length;
    if (offset > OFFSET_MAX) return { rows, isEnd: false, isCut: true };
    const limit = Math.min(size.current, count - rows.length);
    const page = await readAround(offset, limit, readPage);
    if (page instanceof SourceError) {
      if (size.shrink(limit, page) === 'row') rows.push(null);
      continue;
    }
    size.noteRead();
    if (page.rows.length === 0) {
      if (isContradicted(page, offset, rows.length === 0))
        throw new SourceError(source, 'BAD_RESPONSE', `${source} counts rows in a list and sends none.`);
      return { rows, isEnd: true, isCut: false };
    }
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

/** Whether a page without rows cannot be the end of its list, as CallGear counts it: totals are known to overstate, by a row or two. */
function isContradicted({ totalItems, isList }: RowPage<unknown>, offset: number, isFirst: boolean): boolean {
  const missing = (totalItems ?? 0) - offset;
  const isMuch = missing > Math.max(OVERSTATED_MAX, (totalItems ?? 0) * OVERSTATED_SHARE_MAX);
  return isList === false ? isMuch || (offset === 0 && missing > 0) : isMuch && isFirst;
}

/** @returns The failure of a page that is too large. */
async function readAround<Row>(offset: number, limit: number, readPage: ReadPage<Row>): Promise<RowPage<Row> | SourceError> {
  try {
    return await readPage(offset, limit, false);
  } catch (error) {
    if (isTooLarge(error)) return error;
    if (!isPageFault(error) || limit === 1) throw error;
    const parts = await readAroundRows({ from: offset, to: offset + limit }, (part) => readPart(part, readPage), error);
    return {
      rows: parts.flatMap((part) => part?.rows ?? [null]),
      totalItems: parts.findLast((part) => part !== null && part.totalItems !== null)?.totalItems ?? null,
    };
  }
}

/** @returns null where CallGear fails. */
async function readPart<Row>({ from, to }: Stretch, readPage: ReadPage<Row>): Promise<RowPage<Row> | null> {
  try {
    return await readPage(from, to - from, true);
  } catch (error) {
    if (isPageFault(error)) return null;
    throw error;
  }
}
