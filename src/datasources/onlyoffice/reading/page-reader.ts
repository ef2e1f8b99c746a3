import { isDeepStrictEqual } from 'node:util';
import { TransportError } from '../../http/http-transport.ts';
import { SourceError } from '../../port/source-error.ts';
import { PAGE_SIZE_MAX, type ListPage, type PageRange } from '../client.ts';
import { isFault } from '../reply.ts';

/** Reads one page of a list. */
export type ReadPage = (range: PageRange) => Promise<ListPage>;

/** Rows of one page after the other, unread. null is a row at which the portal fails. */
export interface RowsOfPages extends Pick<ListPage, 'total' | 'rowBytes'> {
  readonly rows: unknown[];
  readonly isWhole: boolean;
}

/**
 * Reads page after page until the last, or until `rowsMax` rows have come. `total` is as the last page said. A page that is too large is read
 * again in quarters, and one at which the portal fails is read around the row that it fails at.
 *
 * @throws SourceError BAD_RESPONSE when a page begins the list anew: it would be read for ever.
 */
export async function readPages(source: string, rowsMax: number, readPage: ReadPage): Promise<RowsOfPages> {
  const rows: unknown[] = [];
  let total: number | null = null;
  let rowBytes = 0;
  let pageSize = PAGE_SIZE_MAX;
  while (rows.length < rowsMax) {
    const range = { startIndex: rows.length, count: Math.min(pageSize, rowsMax - rows.length) };
    const page = await readAround(range, readPage);
    if (page === 'too large') {
      pageSize = Math.ceil(range.count / 4);
      continue;
    }
    if (page.rows.length > 0 && isDeepStrictEqual(page.rows, rows.slice(0, page.rows.length))) {
      throw new SourceError(source, 'BAD_RESPONSE', `${source} sends the same rows for every page of a list.`);
    }
    rows.push(...page.rows);
    total = page.total;
    rowBytes = Math.max(rowBytes, page.rowBytes);
    if (page.isLast) return { rows, isWhole: true, total, rowBytes };
  }
  return { rows, isWhole: false, total, rowBytes };
}

async function readAround(range: PageRange, readPage: ReadPage): Promise<ListPage | 'too large'> {
  try {
    return await readPage(range);
  } catch (error) {
    if (!(error instanceof SourceError) || range.count === 1) throw error;
    if (error.cause instanceof TransportError && error.cause.failure === 'too-large') return 'too large';
    if (!isFault(error)) throw error;
    return readAroundRow(range, readPage, error);
  }
}

/**
 * Finds the row at which the portal fails, by halves, and reads the others. Cost: for each such row at most 2 calls more than the binary logarithm
 * of the rows.
 *
 * @throws `fault` when both halves fail: it is not one row then.
 */
async function readAroundRow({ startIndex, count }: PageRange, readPage: ReadPage, fault: SourceError): Promise<ListPage> {
  const pieces: ListPage[] = [];
  const read = async (from: number, to: number): Promise<ListPage | null> => {
    try {
      return await readPage({ startIndex: from, count: to - from, isProbe: true });
    } catch (error) {
      if (error instanceof SourceError && isFault(error)) return null;
      throw error;
    }
  };
  // The row is between these two; what comes before them has been read.
  let [from, to] = [startIndex, startIndex + count];
  let behind: ListPage | null = null;
  let behindFrom = to;
  while (to - from > 1) {
    const middle = from + Math.ceil((to - from) / 2);
    const half = await read(from, middle);
    if (half !== null) {
      pieces.push(half);
      // Shorter than was asked for: what comes next is for the next page.
      if (half.rows.length < middle - from) return joined(pieces);
      from = middle;
      continue;
    }
    if (behind === null) {
      behind = await read(middle, to);
      if (behind === null) throw fault;
      behindFrom = middle;
    }
    to = middle;
  }
  // When nothing failed but the page itself, it may have been a passing fault.
  const last = behind === null ? await read(from, to) : null;
  pieces.push(last ?? { rows: [null], isLast: false, total: null, rowBytes: 0 });
  if (to < behindFrom) {
    const rest = { startIndex: to, count: behindFrom - to };
    pieces.push((await read(to, behindFrom)) ?? (await readAroundRow(rest, readPage, fault)));
  }
  return joined(behind === null ? pieces : [...pieces, behind]);
}

function joined(pieces: readonly ListPage[]): ListPage {
  return {
    rows: pieces.flatMap((piece) => piece.rows),
    isLast: pieces.at(-1)?.isLast ?? false,
    total: pieces.findLast((piece) => piece.total !== null)?.total ?? null,
    rowBytes: Math.max(...pieces.map((piece) => piece.rowBytes)),
  };
}
