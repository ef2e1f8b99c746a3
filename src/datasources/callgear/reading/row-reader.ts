import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import { parseRow } from '../../wire/wire-reply.ts';
import { parseRows } from '../../wire/wire-rows.ts';
import type { CallgearClient } from '../client.ts';
import type { Condition, WireFilter } from '../planning/filter.ts';
import type { FilterForms } from '../planning/filter-forms.ts';
import { readRowRange, type RowRange } from './paging.ts';
import { isCallgearId, type SortItem } from '../planning/plan.ts';
import { callgearRowId } from '../wire-types.ts';
import type { z } from 'zod';

/** Ids in one filter: as many as a block has rows, so that a page of nested reads is one call. */
const IDS_PER_CALL = 250;
/** CallGear's own default; up to 10,000 are allowed. */
const PAGE_SIZE = 1000;

/** A `get.*` method, and what is asked of it: always its `fields` by name, and in an order, so that pages fit together. */
export interface CallgearMethod<Row> {
  readonly name: string;
  readonly fields: readonly string[];
  readonly sort: readonly SortItem[];
  readonly row: z.ZodType<Row>;
}

/** With what rows are read, and where odd ones are told of. */
export interface RowReaderOptions {
  readonly source: string;
  readonly client: CallgearClient;
  readonly forms: FilterForms;
  readonly log: Log;
}

/** Reads rows of the `get.*` methods: stretches of lists, rows by id, whole lists. */
export class CallgearRowReader {
  readonly #options: RowReaderOptions;

  constructor(options: RowReaderOptions) {
    this.#options = options;
  }

  /** Reads a stretch of a list, rows unread. See `readRowRange` for the cost. */
  async readRange(
    method: CallgearMethod<unknown>,
    condition: Condition | undefined,
    range: { readonly from: number; readonly count: number; readonly sort?: readonly SortItem[] },
    call: Call,
  ): Promise<RowRange> {
    const { source, client, forms } = this.#options;
    const params = { fields: method.fields, sort: range.sort ?? method.sort };
    return readRowRange({
      source,
      from: range.from,
      count: range.count,
      pageSizeMax: PAGE_SIZE,
      idOf,
      readPage: (offset, limit) => {
        const read = (filter: WireFilter | undefined) =>
          client.list(method.name, { ...params, limit, offset, ...(filter !== undefined && { filter }) }, call);
        return condition === undefined ? read(undefined) : forms.run(method.name, condition, read);
      },
    });
  }

  /**
   * Finds rows by id. Ids that are no ids of CallGear's are unknown, without a call.
   * Cost: 1 call for up to 250 ids; 1 more when some are unknown and CallGear does not tell the total.
   *
   * @returns Rows by id; a SourceError for a row that does not fit the contract, or whose batch failed while another did not.
   * @throws SourceError when the whole read failed.
   */
  async findByIds<Row>(method: CallgearMethod<Row>, ids: readonly string[], call: Call): Promise<Map<string, Row | SourceError>> {
    const known = [...new Set(ids.filter(isCallgearId))];
    const batches = Array.from({ length: Math.ceil(known.length / IDS_PER_CALL) }, (_, index) =>
      known.slice(index * IDS_PER_CALL, (index + 1) * IDS_PER_CALL),
    );
    const settled = await Promise.allSettled(batches.map((batch) => this.#findBatch(method, batch, call)));
    const found = new Map<string, Row | SourceError>();
    for (const [index, result] of settled.entries()) {
      if (result.status === 'fulfilled') for (const [id, row] of result.value) found.set(id, row);
      else if (batches.length === 1 || !(result.reason instanceof SourceError)) throw result.reason;
      else for (const id of batches[index] ?? []) found.set(id, result.reason);
    }
    const [failed] = settled.filter((result) => result.status === 'rejected');
    if (failed !== undefined && settled.every((result) => result.status === 'rejected')) throw failed.reason;
    return found;
  }

  async #findBatch<Row>(method: CallgearMethod<Row>, ids: readonly string[], call: Call): Promise<Map<string, Row | SourceError>> {
    const condition: Condition = { kind: 'numberIn', field: 'id', numbers: ids.map(Number) };
    const { rows } = await this.readRange(method, condition, { from: 0, count: ids.length }, call);
    const wanted = new Set(ids);
    const found = new Map<string, Row | SourceError>();
    let hasStrays = false;
    const read = this.parseRows(method, rows);
    for (const [index, id] of rows.map(idOf).entries()) {
      if (id !== null && wanted.has(id)) found.set(id, read[index] ?? this.#oddRow());
      else hasStrays = true;
    }
    // A row without an id may be any of them, and one that was not asked for shows that the filter was not heeded: nothing is proven absent.
    if (hasStrays) for (const id of ids) if (!found.has(id)) found.set(id, this.#oddRow());
    return found;
  }

  /** Reads a whole list. Odd rows are left out and logged; so are repeats, without a log. */
  async readAll<Row extends { readonly id: string }>(method: CallgearMethod<Row>, call: Call): Promise<readonly Row[]> {
    const { rows } = await this.readRange(method, undefined, { from: 0, count: Infinity }, call);
    const byId = new Map<string, Row>();
    for (const row of this.parseRows(method, rows)) if (row !== null && !byId.has(row.id)) byId.set(row.id, row);
    return [...byId.values()];
  }

  /** Checks rows; null in the place of each odd one, of which the log tells. */
  parseRows<Row>({ row }: CallgearMethod<Row>, rows: readonly unknown[]): (Row | null)[] {
    const { source, log } = this.#options;
    return parseRows(rows, row, { source, path: '$.result.data', log });
  }

  #oddRow(): SourceError {
    const { source } = this.#options;
    return new SourceError(source, 'BAD_RESPONSE', `${source} sent a record that does not fit its contract`);
  }
}

/** The id of a row, of which the rest may be odd; null where it has none. */
function idOf(row: unknown): string | null {
  const named = parseRow(callgearRowId, row);
  return 'row' in named ? named.row.id : null;
}
