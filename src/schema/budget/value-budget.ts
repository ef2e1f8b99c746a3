import { GraphQLError, type ASTNode, type GraphQLResolveInfo } from 'graphql';
import type { SelectionWeight, WeightMemo } from './selection-weight.ts';
import { writtenBytes } from './written-bytes.ts';

/** The largest answer in bytes, as counted while it is resolved: names and punctuation, and the texts as JSON writes them. */
export const ANSWER_BYTES_MAX = 10_000_000;

/** Quotes and comma of an item of a list. */
const ITEM_BYTES = 3;

/** The clock is read each time that so many values have come together: small answers are never cut, large ones stop soon. */
const VALUES_BETWEEN_CLOCK_READS = 1_000;
/** Texts of fields up to this length are counted with the weight of their object, which has room for them even where JSON escapes each character. */
export const SHORT_TEXT_LENGTH = 4;

type Path = readonly (string | number)[];

/** A field of the answer. */
export interface Place {
  readonly path: Path;
  readonly nodes: readonly ASTNode[];
}

/** What one request may resolve. */
export interface ValueBudgetOptions {
  /** Values of the answer: each field of each object, and each item of lists of plain values. */
  readonly limit: number;
  readonly bytesMax?: number;
  /** Milliseconds on `now`'s scale after which nothing more is resolved. */
  readonly deadline: number;
  readonly now?: () => number;
  /** Called once when nothing more of the answer is needed: what is still read for it is in vain. */
  readonly onEnd?: () => void;
}

/**
 * Counts the values that one request resolves, and says when they are too many, too long, or too late.
 *
 * Counting costs no call and nearly no time: once for each object or list, by the weight of what is selected below it.
 */
export class ValueBudget {
  readonly limit: number;
  /** Weights that depend on the request's variables. */
  readonly weights: WeightMemo = new WeakMap();
  readonly #bytesMax: number;
  readonly #deadline: number;
  readonly #now: () => number;
  readonly #onEnd: (() => void) | undefined;
  /** Whether a field has failed with `excess`. */
  isReported = false;
  #values = 0;
  #bytes = 0;
  #clockReadAt = VALUES_BETWEEN_CLOCK_READS;
  #excess: GraphQLError | null = null;
  #excessPlace: Place | null = null;
  readonly #cuttable = new Map<string, Place>();
  readonly #cuts = new Set<Place>();

  constructor({ limit, bytesMax = ANSWER_BYTES_MAX, deadline, now = () => performance.now(), onEnd }: ValueBudgetOptions) {
    this.limit = limit;
    this.#bytesMax = bytesMax;
    this.#deadline = deadline;
    this.#now = now;
    this.#onEnd = onEnd;
  }

  /** How many values have been counted. */
  get values(): number {
    return this.#values;
  }

  /** How many bytes they have together: about what is written, and not less. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why the request may not resolve more: COST_EXCEEDED or TIMEOUT; null as long as it may. */
  get excess(): GraphQLError | null {
    return this.#excess;
  }

  /** The field that went over the budget; null when nothing was resolved yet. */
  get excessPlace(): Place | null {
    return this.#excessPlace;
  }

  /** The fields marked by `markCuttable` of which something is missing. */
  get cuts(): ReadonlySet<Place> {
    return this.#cuts;
  }

  /** Notes the field that went over the budget; the first one counts. @param isEnd Whether the whole answer is refused with it. */
  noteExcess({ path, fieldNodes }: GraphQLResolveInfo, isEnd: boolean): void {
    if (this.#excessPlace !== null) return;
    this.#excessPlace = { path: toKeys(path), nodes: fieldNodes };
    if (isEnd) this.#onEnd?.();
  }

  /** Marks a field that is left out as a whole where something below it is beyond the budget. */
  markCuttable({ path, fieldNodes }: GraphQLResolveInfo): void {
    const keys = toKeys(path);
    this.#cuttable.set(JSON.stringify(keys), { path: keys, nodes: fieldNodes });
  }

  /** Leaves out the marked field that a field is, or is below. @returns False when there is none. */
  cut({ path }: GraphQLResolveInfo): boolean {
    if (this.#cuttable.size === 0) return false;
    for (let keys = toKeys(path); keys.length > 0; keys = keys.slice(0, -1)) {
      const place = this.#cuttable.get(JSON.stringify(keys));
      if (place === undefined) continue;
      this.#cuts.add(place);
      return true;
    }
    return false;
  }

  /** Counts objects of one weight. @returns False when the budget is used up. */
  takeObjects(count: number, { values, bytes }: SelectionWeight): boolean {
    if (this.#excess !== null) return false;
    this.#values += count * values;
    this.#bytes += count * bytes;
    return this.#isWithin();
  }

  /** Counts items of a list of plain values. @returns False when the budget is used up. */
  takeItems(items: readonly unknown[]): boolean {
    if (this.#excess !== null) return false;
    this.#values += items.length;
    for (const item of items) if (typeof item === 'string') this.#bytes += writtenBytes(item) + ITEM_BYTES;
    return this.#isWithin();
  }

  /** Adds the bytes of a text, which is itself already counted as a field. @returns False when the budget is used up. */
  takeText(text: string): boolean {
    if (this.#excess !== null) return false;
    this.#bytes += writtenBytes(text);
    return this.#isWithin();
  }

  /** Uses the budget up at once, for what is known to go beyond it before anything is resolved. */
  refuse(values: number, error = tooManyValues(this.limit)): GraphQLError {
    this.#values = values;
    return (this.#excess ??= error);
  }

  /** Looks at the time, whatever was counted. Small answers are let through. */
  isLate(): boolean {
    return this.#values >= VALUES_BETWEEN_CLOCK_READS && this.#now() > this.#deadline;
  }

  #isWithin(): boolean {
    if (this.#values > this.limit) this.#excess = tooManyValues(this.limit);
    else if (this.#bytes > this.#bytesMax) this.#excess = tooManyBytes(this.#bytesMax);
    else if (this.#values >= this.#clockReadAt) {
      this.#clockReadAt = this.#values + VALUES_BETWEEN_CLOCK_READS;
      if (this.isLate()) this.#excess = tooLate();
    }
    return this.#excess === null;
  }
}

function toKeys(path: GraphQLResolveInfo['path']): Path {
  const keys: (string | number)[] = [];
  for (let place: GraphQLResolveInfo['path'] | undefined = path; place; place = place.prev) keys.push(place.key);
  return keys.reverse();
}

function tooManyValues(limit: number): GraphQLError {
  return costExceeded(`This operation resolves more than ${limit} values; ask for fewer rows, fields or lists at once.`);
}

/** Makes the error of an operation with too many lists of contacts. */
export function tooManyLists(listsMax: number): GraphQLError {
  return costExceeded(`An operation may ask for at most ${listsMax} lists of contacts.`);
}

function tooManyBytes(bytesMax: number): GraphQLError {
  return costExceeded(`The answer to this operation is longer than ${bytesMax} bytes; ask for fewer rows or fields at once.`);
}

function costExceeded(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'COST_EXCEEDED' } });
}

/** Makes the error of an answer that could not be made in the time of its request. */
export function tooLate(): GraphQLError {
  return new GraphQLError('The answer could not be made in the time allowed; ask for less at once.', { extensions: { code: 'TIMEOUT' } });
}
