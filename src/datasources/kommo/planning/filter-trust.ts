import type { Call } from '../../port/call.ts';
import type { ContactFilterField } from '../../port/list-query.ts';
import { isDamaged, type Member } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { RefusalMemory } from '../../cache/refusal-memory.ts';
import type { KommoRefusal } from '../api-error.ts';
import { searchedMembers, type KommoPlan, type SecondsRange, type SentFilters } from './plan.ts';
import { orderedBy, withoutFilters, withoutOrder, withoutQuery } from './reduced-plan.ts';
import type { Account } from '../reading/account.ts';

/** Whom to ask about the account, and how long the answer holds. */
export interface FilterTrustOptions {
  readonly source: string;
  readonly account: Account;
  /** How long what was found out is held for true, in milliseconds. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Whether plans that may have to read the whole list are allowed. */
  readonly hasScans: boolean;
}

/** So many rows that do not satisfy a filter, of those that came, are put down to Kommo's search lagging behind. */
const STRAYS_PER_ROW_MAX = 0.1;

/**
 * Knows which filters, orders and searches do not work on the account.
 *
 * Kommo answers a filter that it does not know, or that the account has not paid for, with the unfiltered list and no word about it; on some
 * accounts it refuses such filters in words.
 */
export class FilterTrust {
  readonly #options: FilterTrustOptions;
  /** Filter members, orders, `query`, and paths whose `filter[id]` does not work. */
  readonly #parts: RefusalMemory;
  /** The same, each with the one plan that it was refused for. */
  readonly #questions: RefusalMemory;

  constructor(options: FilterTrustOptions) {
    this.#options = options;
    this.#parts = new RefusalMemory(options.ttlMs, options.now);
    this.#questions = new RefusalMemory(options.ttlMs, options.now);
  }

  /**
   * The plan without what is known not to work. Makes no call.
   *
   * @throws SourceError FILTER_UNSUPPORTED, with the members, where rows do not show what is missing, or may not be scanned for it.
   */
  usable(plan: KommoPlan, call: Pick<Call, 'freshAfter'>): KommoPlan {
    const isRefused = (part: string) => this.#parts.has(part, call) || this.#questions.has(`${part} ${plan.key}`, call);
    let usable = this.#withoutFilters(plan, fieldsOf(plan.sent).filter(isRefused));
    if (usable.queries.length > 0 && isRefused('query')) usable = this.#withoutQuery(usable);
    for (let order = orderedBy(usable); order !== undefined && isRefused(orderKey(order)); order = orderedBy(usable)) {
      usable = withoutOrder(usable);
    }
    return usable;
  }

  /**
   * The plan without what Kommo has refused of it. Remembers it: for all plans where Kommo says in words which part it is, otherwise for this one.
   *
   * @throws SourceError FILTER_UNSUPPORTED as `usable`.
   */
  without(plan: KommoPlan, refusal: KommoRefusal): KommoPlan {
    const order = orderedBy(plan);
    const fields = fieldsOf(plan.sent);
    // Which of several filters it is that Kommo refuses, it does not say.
    const isSure = refusal.isWorded && (refusal.part !== 'filter' || fields.length === 1);
    const note = (part: string) => (isSure ? this.#parts.note(part) : this.#questions.note(`${part} ${plan.key}`));
    if (refusal.part === 'order' && order !== undefined) {
      note(orderKey(order));
      return withoutOrder(plan);
    }
    if (refusal.part === 'query' && plan.queries.length > 0) {
      note('query');
      return this.#withoutQuery(plan);
    }
    if (fields.length === 0) throw this.#unsupported(searchedMembers(plan));
    for (const field of fields) note(field);
    return this.#withoutFilters(plan, fields);
  }

  /**
   * Verifies rows against the filters that were sent; rows that do not satisfy them become holes, unless that shows that a filter was ignored.
   *
   * Stray rows are put down to Kommo's search lagging behind where they are few among right ones; where there are more, only if the account says
   * that filters are on, and the filter is one that Kommo documents.
   *
   * Cost: 1 call when a row is in doubt, once in a while.
   *
   * @throws SourceError FILTER_UNSUPPORTED for an ignored filter where scans are not allowed.
   */
  async verified(rows: readonly (ContactRecord | null)[], sent: SentFilters, call: Call): Promise<readonly (ContactRecord | null)[]> {
    const violated = new Set(rows.flatMap((row) => (row === null ? [] : violations(row, sent))));
    if (violated.size === 0) return rows;
    const kept = rows.map((row) => (row === null || violations(row, sent).length > 0 ? null : row));
    const right = countRows(kept);
    const strays = countRows(rows) - right;
    const hasFeature = await this.#readFeature(call);
    const areFew = hasFeature !== false && strays <= Math.max(1, right * STRAYS_PER_ROW_MAX);
    const isLag = areFew || (hasFeature === true && !violated.has('CREATED_AT'));
    if (right > 0 && isLag) return kept;
    const ignored = hasFeature === false ? fieldsOf(sent) : [...violated];
    for (const field of ignored) this.#parts.note(field);
    if (!this.#options.hasScans) throw this.#unsupported(ignored);
    return rows;
  }

  /** Whether `filter[id]` of a collection is known not to work. */
  ignoresIds(path: string, call: Pick<Call, 'freshAfter'>): boolean {
    return this.#parts.has(path, call);
  }

  noteIgnoredIds(path: string): void {
    this.#parts.note(path);
  }

  /** Whether lists are known not to be ordered by id. */
  refusesOrderById(call: Call): boolean {
    return this.#parts.has(orderKey('id'), call);
  }

  noteRefusedOrderById(): void {
    this.#parts.note(orderKey('id'));
  }

  #withoutFilters(plan: KommoPlan, fields: readonly ContactFilterField[]): KommoPlan {
    if (fields.length > 0 && !this.#options.hasScans) throw this.#unsupported(fields);
    return withoutFilters(plan, fields);
  }

  /** Rows show all that is searched for but a search itself. */
  #withoutQuery(plan: KommoPlan): KommoPlan {
    if (!this.#options.hasScans || plan.members.has('SEARCH')) throw this.#unsupported(searchedMembers(plan));
    return withoutQuery(plan);
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
  #unsupported(fields: readonly ContactFilterField[]): SourceError {
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

function orderKey(field: string): string {
  return `order ${field}`;
}

/** The members of a filter that were sent. */
function fieldsOf(sent: SentFilters): ContactFilterField[] {
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
