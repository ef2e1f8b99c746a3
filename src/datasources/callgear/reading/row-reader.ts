import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import type { RecordRow } from '../../wire/lazy-record.ts';
import { readRows } from '../../wire/wire-rows.ts';
import type { CallgearClient, CallgearPage } from '../client.ts';
import type { Condition, WireFilter } from '../planning/filter.ts';
import { isFilterRefusal, type FilterForms } from '../planning/filter-forms.ts';
import type { RefusalMemory } from '../../cache/refusal-memory.ts';
import type { SortForms } from '../planning/sort-forms.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import { readRowRange, type RowPage, type RowRange } from './paging.ts';
import type { SortItem } from '../planning/plan.ts';
import { isCallgearId } from '../wire-id.ts';

/** Ids in one filter: as many as a block has rows, so that a page of nested reads is one call. */
const IDS_PER_CALL = 250;
/** CallGear's own default; up to 10,000 are allowed. */
const PAGE_SIZE = 1000;
/** Calls for single ids under way at once. */
const CALLS_AT_ONCE = 8;

/** A `get.*` method, and what is asked of it: always its `fields` by name, and in an order, so that pages fit together. */
export interface CallgearMethod {
  readonly name: string;
  readonly fields: readonly string[];
  readonly sort: readonly SortItem[];
}

/** A row whose id can be read; nothing else of it is read yet. */
export interface CallgearRow extends RecordRow {
  readonly id: string;
}

/** With what rows are read, and where odd ones are reported. */
export interface RowReaderOptions {
  readonly source: string;
  readonly client: CallgearClient;
  readonly forms: FilterForms;
  readonly sorts: SortForms;
  /** Methods whose `id` is not taken as any of several. */
  readonly refused: RefusalMemory;
  readonly log: Log;
}

/** Reads rows of the `get.*` methods: stretches of lists, rows by id, whole lists. */
export class CallgearRowReader {
  readonly #options: RowReaderOptions;

  constructor(options: RowReaderOptions) {
    this.#options = options;
  }

  /** Reads a stretch of a list. Rows without a usable id are null, and logged. See `readRowRange` for the cost. */
  async readRange(
    method: CallgearMethod,
    condition: Condition | undefined,
    range: { readonly from: number; readonly count: number; readonly sort?: readonly SortItem[]; readonly pageSizeMax?: number },
    call: Call,
  ): Promise<RowRange<CallgearRow>> {
    const { source, client, forms, sorts } = this.#options;
    const query = { method: method.name, sort: range.sort ?? method.sort, isAskedFor: range.sort !== undefined };
    return readRowRange({
      source,
      from: range.from,
      count: range.count,
      pageSizeMax: range.pageSizeMax ?? PAGE_SIZE,
      readPage: (offset, limit, isProbe) =>
        sorts.run(query, call, async (sort) => {
          const params = { fields: method.fields, ...(sort.length > 0 && { sort }), limit, offset };
          const read = (filter?: WireFilter) => client.list(method.name, { ...params, ...(filter && { filter }) }, call, isProbe);
          return this.#toRows(await (condition === undefined ? read() : forms.run({ method: method.name, condition, call }, read)));
        }),
    });
  }

  /**
   * Finds rows by id. Ids that are no ids of CallGear's are unknown, without a call.
   * Cost: 1 call for up to 250 ids; 1 more when some are unknown and CallGear does not say the total; 1 for each id where CallGear does not
   * take several.
   *
   * @returns What `read` makes of the rows, by id; a SourceError for one that may be there but was not found, or whose batch failed while
   *   another did not.
   * @throws SourceError when the whole read failed.
   */
  async findByIds<Found>(
    method: CallgearMethod,
    ids: readonly string[],
    read: (row: CallgearRow) => Found,
    call: Call,
  ): Promise<Map<string, Found | SourceError>> {
    const known = [...new Set(ids.filter(isCallgearId))];
    const batches = Array.from({ length: Math.ceil(known.length / IDS_PER_CALL) }, (_, index) =>
      known.slice(index * IDS_PER_CALL, (index + 1) * IDS_PER_CALL),
    );
    const settled = await Promise.allSettled(batches.map((batch) => this.#findBatch(method, batch, call)));
    const found = new Map<string, Found | SourceError>();
    for (const [index, result] of settled.entries()) {
      if (result.status === 'fulfilled') for (const [id, row] of result.value) found.set(id, this.#foundRow(row, read));
      else if (batches.length === 1 || !(result.reason instanceof SourceError)) throw result.reason;
      else for (const id of batches[index] ?? []) found.set(id, result.reason);
    }
    const [failed] = settled.filter((result) => result.status === 'rejected');
    if (failed !== undefined && settled.every((result) => result.status === 'rejected')) throw failed.reason;
    return found;
  }

  /** Whether 250 ids of a kind of row are one call, as far as is known. Makes no call. */
  takesMany(method: CallgearMethod): boolean {
    return !this.#options.refused.has(severalIds(method), {});
  }

  async #findBatch(method: CallgearMethod, ids: readonly string[], call: Call): Promise<Map<string, CallgearRow | SourceError | null>> {
    const { refused } = this.#options;
    const key = severalIds(method);
    if (ids.length > 1 && refused.has(key, call)) return this.#findSingly(method, ids, call);
    try {
      return await this.#findTogether(method, ids, call);
    } catch (error) {
      if (ids.length === 1 || !isFilterRefusal(error)) throw error;
      refused.note(key);
      return this.#findSingly(method, ids, call);
    }
  }

  async #findSingly(method: CallgearMethod, ids: readonly string[], call: Call): Promise<Map<string, CallgearRow | SourceError | null>> {
    const found = new Map<string, CallgearRow | SourceError | null>();
    const errors: SourceError[] = [];
    await inParallel(ids, CALLS_AT_ONCE, async (id) => {
      try {
        for (const [one, row] of await this.#findTogether(method, [id], call)) found.set(one, row);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        errors.push(error);
        found.set(id, error);
      }
    });
    const [firstError] = errors;
    if (firstError !== undefined && errors.length === ids.length) throw firstError;
    return found;
  }

  /** @returns Rows by id; null in the place of one of which it is not proven that CallGear does not have it. */
  async #findTogether(method: CallgearMethod, ids: readonly string[], call: Call): Promise<Map<string, CallgearRow | null>> {
    const { rows } = await this.readRange(method, { kind: 'numberIn', field: 'id', ids }, { from: 0, count: ids.length }, call);
    const wanted = new Set(ids);
    const found = new Map<string, CallgearRow | null>();
    let hasStrays = false;
    for (const row of rows) {
      if (row !== null && wanted.has(row.id)) found.set(row.id, row);
      else hasStrays = true;
    }
    // A row without an id may be any of them, and one that was not asked for shows that the filter was not heeded: nothing is proven absent.
    if (hasStrays) for (const id of ids) if (!found.has(id)) found.set(id, null);
    return found;
  }

  /** Reads a whole list. Rows that `read` finds unreadable are left out and logged; so are repeats, without a log. */
  async readAll<Record>(method: CallgearMethod, read: (row: CallgearRow) => Record, call: Call): Promise<readonly Record[]> {
    const { rows } = await this.readRange(method, undefined, { from: 0, count: Infinity }, call);
    const byId = new Map<string, Record>();
    for (const row of rows) {
      if (row === null || byId.has(row.id)) continue;
      const record = row.wire.attempt(read, row);
      if (!(record instanceof SourceError)) byId.set(row.id, record);
    }
    return [...byId.values()];
  }

  #toRows({ rows, totalItems, isList, rowBytes: bytes }: CallgearPage): RowPage<CallgearRow> {
    const { source, log } = this.#options;
    const read = readRows(rows, { source, path: '$.result.data', log }, (wire) => ({ wire, bytes, id: wire.at('id').requiredId() }));
    return { rows: read.rows, totalItems, isList };
  }

  #foundRow<Found>(row: CallgearRow | SourceError | null, read: (row: CallgearRow) => Found): Found | SourceError {
    if (row instanceof SourceError) return row;
    if (row !== null) return read(row);
    const { source } = this.#options;
    return new SourceError(source, 'BAD_RESPONSE', `${source} sent a record that does not fit its contract`);
  }
}

function severalIds({ name }: CallgearMethod): string {
  return `${name} several ids`;
}
