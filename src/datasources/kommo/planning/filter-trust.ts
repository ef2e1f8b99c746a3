import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import { isDamaged, type Member } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import type { SecondsRange, SentFilters } from './plan.ts';
import type { Account } from '../reading/account.ts';

/** Whom to ask about the account, and how long the answer holds. */
export interface FilterTrustOptions {
  readonly source: string;
  readonly account: Account;
  /** How long what was found out is held for true, in milliseconds. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** Rows as far as they were verified. */
export interface Verified {
  readonly rows: readonly (ContactRecord | null)[];
  /** Filters that were seen to be ignored: the rows are those of the list without them. */
  readonly ignored: readonly ContactFilterField[];
}

/** So many rows that do not satisfy a filter, of those that came, are put down to Kommo's search lagging behind. */
const STRAYS_PER_ROW_MAX = 0.1;

/**
 * Knows which filters do not work on the account.
 *
 * Kommo answers a filter that it does not know, or that the account has not paid for, with the unfiltered list and no word about it; on some
 * accounts it refuses such filters in words.
 */
export class FilterTrust {
  readonly #options: FilterTrustOptions;
  /** When each was seen not to work, Unix milliseconds. Keys are filter members, and paths whose `filter[id]` does not work. */
  readonly #ignoredAt = new Map<string, number>();

  constructor(options: FilterTrustOptions) {
    this.#options = options;
  }

  /** Those of the filters sent that are known not to work. Makes no call. */
  knownIgnored(sent: SentFilters, call: Call): ContactFilterField[] {
    return fieldsOf(sent).filter((field) => this.#isKnownIgnored(field, call));
  }

  /** Remembers that filters do not work. */
  noteIgnored(fields: readonly ContactFilterField[]): void {
    for (const field of fields) this.#ignoredAt.set(field, this.#options.now());
  }

  /**
   * Verifies rows against the filters that were sent; rows that do not satisfy them become holes, unless that shows that a filter was ignored.
   *
   * Stray rows are put down to Kommo's search lagging behind where they are few among right ones; where there are more, only if the account says
   * that filters are on, and the filter is one that Kommo documents.
   *
   * Cost: 1 call when a row is in doubt, once in a while.
   */
  async verified(rows: readonly (ContactRecord | null)[], sent: SentFilters, call: Call): Promise<Verified> {
    const violated = new Set(rows.flatMap((row) => (row === null ? [] : violations(row, sent))));
    if (violated.size === 0) return { rows, ignored: [] };
    const kept = rows.map((row) => (row === null || violations(row, sent).length > 0 ? null : row));
    const right = countRows(kept);
    const strays = countRows(rows) - right;
    const hasFeature = await this.#readFeature(call);
    const areFew = hasFeature !== false && strays <= Math.max(1, right * STRAYS_PER_ROW_MAX);
    const isLag = areFew || (hasFeature === true && !violated.has('CREATED_AT'));
    if (right > 0 && isLag) return { rows: kept, ignored: [] };
    const ignored = hasFeature === false ? fieldsOf(sent) : [...violated];
    this.noteIgnored(ignored);
    return { rows, ignored };
  }

  /** Whether `filter[id]` of a collection is known to be ignored. */
  ignoresIds(path: string, call: Call): boolean {
    return this.#isKnownIgnored(path, call);
  }

  noteIgnoredIds(path: string): void {
    this.#ignoredAt.set(path, this.#options.now());
  }

  #isKnownIgnored(key: string, call: Call): boolean {
    const at = this.#ignoredAt.get(key);
    return at !== undefined && this.#options.now() - at < this.#options.ttlMs && !(call.freshAfter !== undefined && at < call.freshAfter);
  }

  async #readFeature(call: Call): Promise<boolean | null> {
    try {
      return await this.#options.account.hasFilterFeature(call);
    } catch (error) {
      // The rows are proof enough; this would only have told the reason.
      if (error instanceof SourceError && !call.signal.aborted) return null;
      throw error;
    }
  }

  /** The failure of a list that only these filters could have given. */
  unsupported(fields: readonly ContactFilterField[]): SourceError {
    const { source } = this.#options;
    return new SourceError(
      source,
      'FILTER_UNSUPPORTED',
      `${source} ignores or refuses this filter: the account may lack Kommo's filter feature.`,
      {
        unsupportedFilters: fields,
      },
    );
  }
}

/** The members of a filter that were sent. */
export function fieldsOf(sent: SentFilters): ContactFilterField[] {
  const fields: ContactFilterField[] = [];
  if (sent.responsibleIds !== undefined) fields.push('RESPONSIBLE');
  if (sent.createdAt !== undefined) fields.push('CREATED_AT');
  if (sent.updatedAt !== undefined) fields.push('UPDATED_AT');
  return fields;
}

function countRows(rows: readonly (ContactRecord | null)[]): number {
  return rows.filter((row) => row !== null).length;
}

/** Reads of a row only what was filtered by. */
function violations(row: ContactRecord, sent: SentFilters): ContactFilterField[] {
  const fields: ContactFilterField[] = [];
  if (sent.responsibleIds !== undefined && isStranger(row, sent.responsibleIds)) fields.push('RESPONSIBLE');
  if (sent.createdAt !== undefined && isOutside(row.createdAt, sent.createdAt)) fields.push('CREATED_AT');
  if (sent.updatedAt !== undefined && isOutside(row.updatedAt, sent.updatedAt)) fields.push('UPDATED_AT');
  return fields;
}

/** A row whose responsible user cannot be read proves nothing. */
function isStranger({ responsible }: ContactRecord, ids: ReadonlySet<string>): boolean {
  return !isDamaged(responsible) && !ids.has(responsible?.idInSource ?? '0');
}

function isOutside(date: Member<Date | null>, range: SecondsRange): boolean {
  if (date === null || isDamaged(date)) return false;
  const seconds = date.getTime() / 1000;
  return (range.from !== undefined && seconds < range.from) || (range.to !== undefined && seconds > range.to);
}
