import { isDeepStrictEqual } from 'node:util';
import { SourceError } from '../../port/source-error.ts';
import { PAGE_SIZE_MAX, type ListPage, type PageRange } from '../client.ts';
import { isFault } from '../reply.ts';
import { PageSize } from '../../wire/page-size.ts';
import { isTooLarge } from '../../http/call-failure.ts';
import { readAroundRows, type Stretch } from '../../wire/row-faults.ts';

/** Reads one page of a list. */
export type ReadPage = (range: PageRange) => Promise<ListPage>;

/** Rows of one page after the other, unread. null is a row at which the portal fails. */
export interface RowsOfPages extends Pick<ListPage, 'total' | 'rowBytes'> {
  readonly rows: unknown[];
  readonly isWhole: boolean;
}

/**
 * Reads page after page until the last, or until `rowsMax` rows have come. `total` is as the last page said. A page that is too large is read
 * again in smaller ones, and one at which the portal fails is read around the few rows that it fails at.
 *
 * @throws SourceError BAD_RESPONSE when a page begins the list anew: it would be read for ever.
 */
export async function readPages(source: string, rowsMax: number, readPage: ReadPage): Promise<RowsOfPages> {
  const rows: unknown[] = [];
  let total: number | null = null;
  let rowBytes = 0;
  const size = new PageSize(PAGE_SIZE_MAX);
  while (rows.length < rowsMax) {
    const range = { startIndex: rows.length, count: Math.min(size.current, rowsMax - rows.length) };
    const page = await readAround(range, readPage);
    if (page instanceof SourceError) {
      if (size.shrink(range.count, page) === 'row') rows.push(null);
      continue;
    }
    size.noteRead();
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

/** @returns The failure of a page that is too large. */
async function readAround(range: PageRange, readPage: ReadPage): Promise<ListPage | SourceError> {
  try {
    return await readPage(range);
  } catch (error) {
    if (isTooLarge(error)) return error;
    if (!(error instanceof SourceError) || !isFault(error) || range.count === 1) throw error;
    const stretch = { from: range.startIndex, to: range.startIndex + range.count };
    return joined(await readAroundRows(stretch, (part) => readPart(part, readPage), error));
  }
}

/** @returns null where the portal fails. */
async function readPart({ from, to }: Stretch, readPage: ReadPage): Promise<ListPage | null> {
  try {
    return await readPage({ startIndex: from, count: to - from, isProbe: true });
  } catch (error) {
    if (error instanceof SourceError && isFault(error)) return null;
    throw error;
  }
}

function joined(parts: readonly (ListPage | null)[]): ListPage {
  const read = parts.filter((part) => part !== null);
  return {
    rows: parts.flatMap((part) => part?.rows ?? [null]),
    isLast: parts.at(-1)?.isLast ?? false,
    total: read.findLast((part) => part.total !== null)?.total ?? null,
    rowBytes: Math.max(0, ...read.map((part) => part.rowBytes)),
  };
}
