import type { Log } from '../port/log.ts';
import { Unreadable, WireRow, type RowPlace } from './wire-value.ts';

/** JSON paths in one line of the log: a CRM that has changed a type would fill the log with thousands that say the same. */
const PATHS_TOLD_MAX = 5;

/** Where rows stand, for the log. */
export interface RowsPlace {
  /** The source's configured name. */
  readonly source: string;
  /** The JSON path of the list in the answer. */
  readonly path: string;
  /** The place of the first of the rows in that list; 0 when left out. */
  readonly from?: number;
  readonly log: Log;
}

/** Rows of a list as they were read. */
export interface RowsRead<Row> {
  /** One for each row; null in the place of one that was left out, or that is not to be shown. */
  readonly rows: readonly (Row | null)[];
  /** How many could not be read at all. */
  readonly droppedRows: number;
}

/**
 * Reads the rows of a list.
 *
 * @param read Reads what every row has to have, its id above all; throws Unreadable where that is not there, and returns null for a row that is
 *   not to be shown. What else it takes from the row it had better leave to a lazy record.
 * @returns The log gets, in one line, how many were left out and the JSON paths of the first, and never a value; and one line for the damage that
 *   is found in the same tick when members of the others are read.
 */
export function readRows<Row>(
  rows: readonly unknown[],
  { source, path, from = 0, log }: RowsPlace,
  read: (wire: WireRow) => Row | null,
): RowsRead<Row> {
  const damage = new DamageLog(source, log);
  const paths: string[] = [];
  let droppedRows = 0;
  const noteDropped = (dropped: string): void => {
    droppedRows += 1;
    if (paths.length < PATHS_TOLD_MAX) paths.push(dropped);
  };
  const found = rows.map((value, index) => readRow(value, new PlaceInList(damage, path, from + index), read, noteDropped));
  if (droppedRows > 0) log.warn({ source, droppedRows, paths }, 'left out what does not fit the contract of the CRM');
  return { rows: found, droppedRows };
}

/** Reads a row that is an answer of its own; null, and a line in the log, where it cannot be read. */
export function readLoneRow<Row>(
  value: unknown,
  place: Pick<RowsPlace, 'source' | 'log'>,
  read: (wire: WireRow) => Row | null,
): Row | null {
  const { source, log } = place;
  const damage = new DamageLog(source, log);
  return readRow(value, new PlaceInList(damage, '$', null), read, (path) =>
    log.warn({ source, droppedRows: 1, paths: [path] }, 'left out what does not fit the contract of the CRM'),
  );
}

function readRow<Row>(
  value: unknown,
  place: RowPlace,
  read: (wire: WireRow) => Row | null,
  noteDropped: (path: string) => void,
): Row | null {
  try {
    return read(new WireRow(value, place));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    noteDropped(error.value.path);
    return null;
  }
}

/** Where a row stands, whose path is written only where something is reported. */
class PlaceInList implements RowPlace {
  readonly #damage: DamageLog;
  readonly #list: string;
  readonly #index: number | null;

  /** @param index null: the row is the whole answer. */
  constructor(damage: DamageLog, list: string, index: number | null) {
    this.#damage = damage;
    this.#list = list;
    this.#index = index;
  }

  get source(): string {
    return this.#damage.source;
  }

  get path(): string {
    return this.#index === null ? this.#list : `${this.#list}[${this.#index}]`;
  }

  noteDamage(path: string): void {
    this.#damage.note(path);
  }
}

/** Gathers what could not be read in the rows of one answer, and logs it in one line for each tick in which members are read. */
class DamageLog {
  readonly source: string;
  readonly #log: Log;
  #paths: string[] = [];
  #count = 0;

  constructor(source: string, log: Log) {
    this.source = source;
    this.#log = log;
  }

  note(path: string): void {
    if (this.#count === 0) queueMicrotask(() => this.#flush());
    this.#count += 1;
    if (this.#paths.length < PATHS_TOLD_MAX) this.#paths.push(path);
  }

  #flush(): void {
    const members = { source: this.source, damagedValues: this.#count, paths: this.#paths };
    this.#count = 0;
    this.#paths = [];
    this.#log.warn(members, 'left out parts of rows that do not fit the contract of the CRM');
  }
}
