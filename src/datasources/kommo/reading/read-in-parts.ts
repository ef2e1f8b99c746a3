import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';

/** A page of the list of contacts. */
export interface ContactPage {
  /** In Kommo's order; null is a hole. */
  readonly rows: readonly (ContactRecord | null)[];
  readonly isLast: boolean;
  readonly droppedRows: number;
}

/** Reads a page. @param isRepeated Whether it is tried again when it fails. */
type ReadPage = (page: number, limit: number, isRepeated: boolean) => Promise<ContactPage>;

/** Statuses with which Kommo fails for what is on the page: a row that it cannot write, or too many of them. */
const PAGE_FAULTS: ReadonlySet<number | undefined> = new Set([500, 504]);

/**
 * Reads a page; one that fails for one of its rows is read in ever smaller parts, until only that row is missing.
 *
 * Kommo has pages and no offsets, so a page is parted where its parts are pages too: 100 into 2 × 50, 2 × 25, 5 × 5, 5 × 1. Where two parts fail,
 * it is not for one row, and the page has failed.
 *
 * Cost: 1 call; 2 more for a page that fails as a whole; about 14 more to find one row among 100.
 */
export async function readInParts(page: number, limit: number, read: ReadPage): Promise<ContactPage> {
  try {
    return await read(page, limit, true);
  } catch (error) {
    if (!isPageFault(error)) throw error;
    return readParts(page, limit, read, error);
  }
}

/** @param failure Of the whole page. */
async function readParts(page: number, limit: number, read: ReadPage, failure: SourceError): Promise<ContactPage> {
  if (limit === 1) return { rows: [null], isLast: false, droppedRows: 1 };
  const count = limit % 2 === 0 ? 2 : limit % 5 === 0 ? 5 : limit;
  const size = limit / count;
  const parts: (ContactPage | null)[] = [];
  for (let index = 0; index < count && parts.at(-1)?.isLast !== true; index += 1) {
    try {
      parts.push(await read((page - 1) * count + index + 1, size, false));
    } catch (error) {
      // Whatever keeps the parts from being read says less than what became of the page.
      if (!isPageFault(error) || parts.includes(null)) throw error instanceof SourceError ? failure : error;
      parts.push(null);
    }
  }
  const failed = parts.indexOf(null);
  if (failed !== -1) parts[failed] = await readParts((page - 1) * count + failed + 1, size, read, failure);
  return joined(
    parts.filter((part) => part !== null),
    size,
  );
}

/** Each part but the last is filled up with holes to its size, so that every row keeps its place on the page. */
function joined(parts: readonly ContactPage[], size: number): ContactPage {
  const last = parts.at(-1);
  const rows = parts.flatMap((part) =>
    part === last ? part.rows : [...part.rows, ...Array.from<null>({ length: size - part.rows.length }).fill(null)],
  );
  return { rows, isLast: last?.isLast ?? true, droppedRows: parts.reduce((sum, part) => sum + part.droppedRows, 0) };
}

function isPageFault(error: unknown): error is SourceError {
  return error instanceof SourceError && PAGE_FAULTS.has(error.httpStatus);
}
