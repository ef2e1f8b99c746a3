import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import type { ContactRecord } from '../../port/records.ts';
import { ReadCache } from '../../cache/read-cache.ts';
import { SourceError } from '../../port/source-error.ts';
import type { KommoClient } from '../client.ts';
import type { SecondsRange, SentFilters } from './plan.ts';
import { kommoAccount } from '../wire-types.ts';

/** Whom to ask about the account, and how long the answer holds. */
export interface FilterTrustOptions {
  readonly source: string;
  readonly client: KommoClient;
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
  /** Whether the account has the filter feature; null when it does not tell. */
  readonly #feature: ReadCache<boolean | null>;
  /** When each was seen to be ignored, Unix milliseconds. Keys are filter members, and paths whose `filter[id]` is ignored. */
  readonly #ignoredAt = new Map<string, number>();

  constructor(options: FilterTrustOptions) {
    this.#options = options;
    this.#feature = new ReadCache(options);
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

  /**
   * Whether the account has the filter feature; null when it does not tell.
   *
   * @see https://developers.kommo.com/reference/account-info GET /api/v4/account
   */
  hasFilterFeature(call: Call): Promise<boolean | null> {
    const { client } = this.#options;
    return this.#feature.get('is_api_filter_enabled', call, async (shared) => {
      const account = await client.get({ path: '/account', parameters: [['with', 'is_api_filter_enabled']], schema: kommoAccount }, shared);
      return account?.is_api_filter_enabled ?? null;
    });
  }

  async #readFeature(call: Call): Promise<boolean | null> {
    try {
      return await this.hasFilterFeature(call);
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

function violations(row: ContactRecord, sent: SentFilters): ContactFilterField[] {
  const fields: ContactFilterField[] = [];
  if (sent.responsibleIds?.has(row.responsible?.idInSource ?? '0') === false) fields.push('RESPONSIBLE');
  if (isOutside(row.createdAt, sent.createdAt)) fields.push('CREATED_AT');
  if (isOutside(row.updatedAt, sent.updatedAt)) fields.push('UPDATED_AT');
  return fields;
}

function isOutside(date: Date | null, range: SecondsRange | undefined): boolean {
  if (date === null || range === undefined) return false;
  const seconds = date.getTime() / 1000;
  return (range.from !== undefined && seconds < range.from) || (range.to !== undefined && seconds > range.to);
}
