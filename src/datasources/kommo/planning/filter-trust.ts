import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import { isDamaged, type Member } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records.ts';
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

/**
 * Knows which filters the account ignores.
 *
 * Kommo answers a filter that it does not know, or that the account has not paid for, with the unfiltered list and no word about it.
 */
export class FilterTrust {
  readonly #options: FilterTrustOptions;
  /** When each was seen to be ignored, Unix milliseconds. Keys are filter members, and paths whose `filter[id]` is ignored. */
  readonly #ignoredAt = new Map<string, number>();

  constructor(options: FilterTrustOptions) {
    this.#options = options;
  }

  /** @throws SourceError FILTER_UNSUPPORTED when a filter that a plan sends is known to be ignored. Makes no call. */
  refuseIgnored(sent: SentFilters, call: Call): void {
    const ignored = fieldsOf(sent).filter((field) => this.#isKnownIgnored(field, call));
    if (ignored.length > 0) throw this.#unsupported(ignored);
  }

  /**
   * Verifies rows against the filters that were sent; rows that do not satisfy them become holes.
   *
   * A stray row is put down to Kommo's search lagging behind only where the account says that filters are on, the filter is one that Kommo
   * documents, and other rows satisfy it.
   *
   * @throws SourceError FILTER_UNSUPPORTED when a filter was ignored.
   * Cost: 1 call when a row is in doubt, once in a while.
   */
  async verified(rows: readonly (ContactRecord | null)[], sent: SentFilters, call: Call): Promise<readonly (ContactRecord | null)[]> {
    const violated = new Set(rows.flatMap((row) => (row === null ? [] : violations(row, sent))));
    if (violated.size === 0) return rows;
    const kept = rows.map((row) => (row === null || violations(row, sent).length > 0 ? null : row));
    const hasFeature = await this.#readFeature(call);
    const isLag = hasFeature === true && !violated.has('CREATED_AT') && kept.some((row) => row !== null);
    if (isLag) return kept;
    const ignored = hasFeature === false ? fieldsOf(sent) : [...violated];
    for (const field of ignored) this.#ignoredAt.set(field, this.#options.now());
    throw this.#unsupported(ignored);
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

  #unsupported(fields: readonly ContactFilterField[]): SourceError {
    const { source } = this.#options;
    return new SourceError(source, 'FILTER_UNSUPPORTED', `${source} ignores this filter: the account may lack Kommo's filter feature.`, {
      unsupportedFilters: fields,
    });
  }
}

function fieldsOf(sent: SentFilters): ContactFilterField[] {
  const fields: ContactFilterField[] = [];
  if (sent.responsibleIds !== undefined) fields.push('RESPONSIBLE');
  if (sent.createdAt !== undefined) fields.push('CREATED_AT');
  if (sent.updatedAt !== undefined) fields.push('UPDATED_AT');
  return fields;
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
