import type { Call } from '../../port/call.ts';
import type { ContactDirectory, WalkPage } from '../../port/identity/contact-directory.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { TransportError } from '../../http/http-transport.ts';
import { GET_CONTACT_KEYS } from '../methods.ts';
import type { CallgearRow, CallgearRowReader } from './row-reader.ts';

/** The largest page of CallGear. @see https://callgear.github.io/data_api/ (paging) */
const WALK_PAGE = 10_000;
const SMALLER_PAGE = 2_000;
const WALK_PACE_MS = 1_000;

/** Ids above `after`, up to and with `upTo`; null: without that end. */
interface IdRange {
  readonly after: string | null;
  readonly upTo: string | null;
}

/** Reads all contacts of an account: CallGear cannot sort by id, so that what does not fit on one page is read in ranges of ids. */
export class CallgearDirectory implements ContactDirectory {
  readonly walkPaceMs = WALK_PACE_MS;
  readonly #source: string;
  readonly #rows: CallgearRowReader;
  readonly #toContact: (row: CallgearRow) => ContactRecord;

  constructor(source: string, rows: CallgearRowReader, toContact: (row: CallgearRow) => ContactRecord) {
    this.#source = source;
    this.#rows = rows;
    this.#toContact = toContact;
  }

  /**
   * Reads one range of ids; one that holds more than a page is parted at the middle of the ids that came, and gives no rows. Cost: 1 call; 1 more
   * where CallGear does not say the total or overstates it.
   *
   * @param position The ranges that are left, as JSON.
   */
  async walk(position: string | null, call: Call): Promise<WalkPage> {
    const [range = { after: null, upTo: null }, ...left] = toRanges(position);
    const condition = { kind: 'numberRange', field: 'id', ...range } as const;
    const isAll = range.after === null && range.upTo === null;
    const { rows, isEnd } = await this.#readRange(isAll ? undefined : condition, call);
    const known = rows.filter((row) => row !== null);
    if (!isEnd) {
      const middle = middleOf(known.map(({ id }) => id));
      if (middle === null || middle === range.upTo) {
        throw new SourceError(this.#source, 'BAD_RESPONSE', `${this.#source} does not part its contacts by id.`);
      }
      const parts: IdRange[] = [
        { ...range, upTo: middle },
        { ...range, after: middle },
      ];
      return { rows: [], droppedRows: 0, total: null, next: JSON.stringify([...parts, ...left]) };
    }
    const inRange = isAll ? known : known.filter(({ id }) => isIn(id, range));
    return {
      // 10,000 contacts at once would hold up everything else.
      rows: inRange.values().map(this.#toContact),
      droppedRows: rows.length - known.length,
      // `total_items` is known to overstate, and here counts one range only.
      total: isAll ? known.length : null,
      next: left.length === 0 ? null : JSON.stringify(left),
    };
  }

  async #readRange(condition: Parameters<CallgearRowReader['readRange']>[1], call: Call) {
    const read = (pageSizeMax: number) =>
      this.#rows.readRange(GET_CONTACT_KEYS, condition, { from: 0, count: WALK_PAGE, pageSizeMax }, call);
    try {
      return await read(WALK_PAGE);
    } catch (error) {
      if (!(error instanceof SourceError && error.cause instanceof TransportError && error.cause.failure === 'too-large')) throw error;
      return read(SMALLER_PAGE);
    }
  }
}

/** Only this class writes them, and only a walk under way reads them again. */
function toRanges(position: string | null): readonly IdRange[] {
  return position === null ? [] : (JSON.parse(position) as IdRange[]);
}

/** Ids in digits, of which some are beyond what a number holds exactly. */
function isIn(id: string, { after, upTo }: IdRange): boolean {
  return (after === null || BigInt(id) > BigInt(after)) && (upTo === null || BigInt(id) <= BigInt(upTo));
}

function middleOf(ids: readonly string[]): string | null {
  const sorted = ids.map(BigInt).sort((one, other) => (one < other ? -1 : 1));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined || middle === sorted.at(-1) ? null : String(middle);
}
