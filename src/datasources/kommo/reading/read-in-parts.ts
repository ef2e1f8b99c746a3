import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { isTooLarge } from '../../http/call-failure.ts';
import { RowFaults } from '../../wire/row-faults.ts';

/** A page of the list of contacts. */
export interface ContactPage {
  /** In Kommo's order; null is a hole. */
  readonly rows: readonly (ContactRecord | null)[];
  readonly isLast: boolean;
  readonly droppedRows: number;
}

/** Reads a page. @param isProbe Whether it is read to find a row at which Kommo fails: that says nothing of Kommo, and is not repeated. */
type ReadPage = (page: number, limit: number, isProbe: boolean) => Promise<ContactPage>;

/** Statuses with which Kommo fails for what is on the page: a row that it cannot write, or too many of them. */
const PAGE_FAULTS: ReadonlySet<number | undefined> = new Set([500, 504]);

/**
 * Reads a page; one that fails for a few of its rows, or for its size, is read in ever smaller parts, until only those rows are missing.
 *
 * Kommo has pages and no offsets, so a page is parted where its parts are pages too: 100 into 2 × 50, 2 × 25, 5 × 5, 5 × 1.
 *
 * Cost: 1 call; 6 more for a Kommo that fails at every page; about 14 more to find one row among 100, and for each of up to 3 further ones.
 */
export async function readInParts(page: number, limit: number, read: ReadPage): Promise<ContactPage> {
  try {
    return await read(page, limit, false);
  } catch (error) {
    if (!isPageFault(error)) throw error;
    const faults = new RowFaults(error);
    const parts = await readParts({ page, limit, read, faults });
    faults.conclude();
    return parts;
  }
}

/** A page that failed, of which it is to be found out why. */
interface FailedPage {
  readonly page: number;
  readonly limit: number;
  readonly read: ReadPage;
  readonly faults: RowFaults;
}

async function readParts({ page, limit, read, faults }: FailedPage): Promise<ContactPage> {
  if (limit === 1) {
    faults.noteBadRow();
    return { rows: [null], isLast: false, droppedRows: 1 };
  }
  const count = limit % 2 === 0 ? 2 : limit % 5 === 0 ? 5 : limit;
  const size = limit / count;
  const parts: (ContactPage | null)[] = [];
  const placeOf = (index: number) => (page - 1) * count + index + 1;
  for (let index = 0; index < count && parts.at(-1)?.isLast !== true; index += 1) {
    parts.push(await readPart(placeOf(index), size, read, faults));
  }
  const whole: ContactPage[] = [];
  // One after the other: each bad row that is found leaves less to be tried.
  for (const [index, part] of parts.entries()) whole.push(part ?? (await readParts({ page: placeOf(index), limit: size, read, faults })));
  return joined(whole, size);
}

/** @returns null where Kommo fails. */
async function readPart(page: number, limit: number, read: ReadPage, faults: RowFaults): Promise<ContactPage | null> {
  try {
    const part = await read(page, limit, true);
    faults.noteRead();
    return part;
  } catch (error) {
    // Whatever else keeps the parts from being read says less than what became of the page.
    if (!isPageFault(error)) throw error instanceof SourceError ? faults.failure : error;
    // A part that is too large takes long.
    faults.noteFailedPart(isTooLarge(error) ? 2 : 1);
    return null;
  }
}

/** Each part but the last is filled up with holes to its size, so that every row keeps its place on the page. */
function joined(parts: readonly ContactPage[], size: number): ContactPage {
  const last = parts.at(-1);
  const rows = parts.flatMap((part) =>
    part === last ? part.rows : [...part.rows, ...Array.from<null>({ length: size - part.rows.length }).fill(null)],
  );
  return { rows, isLast: last?.isLast ?? true, droppedRows: parts.reduce((sum, part) => sum + part.droppedRows, 0) };
}

/** Whether Kommo fails for what is on a page. */
export function isPageFault(error: unknown): error is SourceError {
  return error instanceof SourceError && (PAGE_FAULTS.has(error.httpStatus) || isTooLarge(error));
}
