import { z } from 'zod';
import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import { parseRows } from '../../wire/wire-rows.ts';
import { inChunks } from './chunks.ts';
import type { KommoClient } from '../client.ts';
import type { FilterTrust } from '../planning/filter-trust.ts';
import { PAGE_SIZE_MAX } from '../planning/plan.ts';
import { arrayParameters, type Parameter } from '../planning/query-string.ts';
import { KOMMO_ID, kommoPage, rowsPath } from '../wire-types.ts';

/** Ids in one call: 250 are allowed, but would make the URL very long. */
const IDS_PER_CALL = 100;
const CALLS_AT_ONCE = 8;
/** A page may be short and have a next one; more pages than this for one page of ids are no honest answer. */
const PAGES_MAX = 5;

/** A collection of Kommo whose rows can be read by id. */
export interface IdRoute<Row extends { readonly id: string }, Found> {
  /** Under the API's root. */
  readonly path: string;
  /** Of the rows in `_embedded`. */
  readonly key: string;
  readonly schema: z.ZodType<Row>;
  /** `with`. */
  readonly parameters: readonly Parameter[];
  /** Whether the collection can be ordered; a stable order then keeps pages from shifting. */
  readonly hasOrder: boolean;
  /** Whether a lone id is read at its own address, which needs no filter. */
  readonly prefersSingle: boolean;
  /** null: the row is not to be shown. */
  readonly toRecord: (row: Row) => Found | null;
}

/** With what rows are read by id. */
export interface IdReaderOptions {
  readonly source: string;
  readonly client: KommoClient;
  readonly trust: FilterTrust;
  readonly log: Log;
}

/** Reads by id, in batches where the account's filters work and one by one where they do not. */
export class IdReader {
  readonly #options: IdReaderOptions;

  constructor(options: IdReaderOptions) {
    this.#options = options;
  }

  /**
   * Finds rows by id. What is no id of Kommo's is unknown to it, and is not sent.
   *
   * @returns Records by id; absent where Kommo does not know the id; a SourceError where that one failed and others did not.
   * @throws SourceError when all failed.
   * Cost: 1 call for every 100 ids; 1 for each id where the account ignores `filter[id]`.
   */
  async findByIds<Row extends { readonly id: string }, Found>(
    route: IdRoute<Row, Found>,
    ids: readonly string[],
    call: Call,
  ): Promise<Map<string, Found | SourceError>> {
    const known = [...new Set(ids)].filter((id) => KOMMO_ID.test(id) && id !== '0');
    const isSingle = (route.prefersSingle && known.length === 1) || this.#options.trust.ignoresIds(route.path, call);
    const found = isSingle ? await this.#readSingles(route, known, call) : await this.#readChunks(route, known, call);
    const errors = [...found.values()].filter((value) => value instanceof SourceError);
    const [firstError] = errors;
    if (firstError !== undefined && errors.length === known.length) throw firstError;
    return found;
  }

  async #readChunks<Row extends { readonly id: string }, Found>(route: IdRoute<Row, Found>, ids: readonly string[], call: Call) {
    const parts = await inParallel(inChunks(ids, IDS_PER_CALL), CALLS_AT_ONCE, async (chunk) => {
      try {
        return await this.#readChunk(route, chunk, call);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        return new Map(chunk.map((id): [string, SourceError] => [id, error]));
      }
    });
    return new Map<string, Found | SourceError>(parts.flatMap((part) => [...part]));
  }

  /** One batch. Its rows come in the list's order, and strangers among them show that the filter was ignored. */
  async #readChunk<Row extends { readonly id: string }, Found>(route: IdRoute<Row, Found>, ids: readonly string[], call: Call) {
    const missing = new Set(ids);
    const found = new Map<string, Found | SourceError>();
    let hasStrangers = false;
    let hasNamelessRows = false;
    for (let page = 1; page <= PAGES_MAX && missing.size > 0 && !hasStrangers; page += 1) {
      const answer = await this.#options.client.get(
        { path: route.path, parameters: batchParameters(route, ids, page), schema: kommoPage(route.key) },
        call,
      );
      if (answer === null) break;
      const rows = parseRows(answer.rows, route.schema, { ...this.#options, path: rowsPath(route.key) });
      const oddIds = answer.rows.filter((_row, index) => rows[index] === null).map(idOf);
      hasNamelessRows ||= oddIds.includes(null);
      for (const row of rows) {
        if (row === null) continue;
        if (!ids.includes(row.id)) hasStrangers = true;
        else if (missing.delete(row.id)) this.#take(found, route, row);
      }
      for (const id of oddIds) if (id !== null && missing.delete(id)) found.set(id, this.#oddRow());
      if (!answer.hasNext) break;
    }
    if (hasStrangers) {
      this.#options.trust.noteIgnoredIds(route.path);
      for (const [id, record] of await this.#readSingles(route, [...missing], call)) found.set(id, record);
    } else if (hasNamelessRows) {
      for (const id of missing) found.set(id, this.#oddRow());
    }
    return found;
  }

  async #readSingles<Row extends { readonly id: string }, Found>(route: IdRoute<Row, Found>, ids: readonly string[], call: Call) {
    const found = new Map<string, Found | SourceError>();
    await inParallel(ids, CALLS_AT_ONCE, async (id) => {
      try {
        const row = await this.#options.client.get(
          { path: `${route.path}/${id}`, parameters: route.parameters, schema: route.schema },
          call,
        );
        if (row?.id === id) this.#take(found, route, row);
        else if (row !== null) found.set(id, this.#oddRow());
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        found.set(id, error);
      }
    });
    return found;
  }

  #take<Row extends { readonly id: string }, Found>(found: Map<string, Found | SourceError>, route: IdRoute<Row, Found>, row: Row): void {
    const record = route.toRecord(row);
    if (record !== null) found.set(row.id, record);
  }

  #oddRow(): SourceError {
    return new SourceError(this.#options.source, 'BAD_RESPONSE', `${this.#options.source} sent a row that does not fit its contract.`);
  }
}

function batchParameters(route: Pick<IdRoute<never, never>, 'parameters' | 'hasOrder'>, ids: readonly string[], page: number): Parameter[] {
  const order: Parameter[] = route.hasOrder ? [['order[id]', 'asc']] : [];
  return [...arrayParameters('filter[id]', ids), ...route.parameters, ...order, ['page', String(page)], ['limit', String(PAGE_SIZE_MAX)]];
}

const rowWithId = z.object({ id: z.union([z.int(), z.string()]).transform(String) });

/** The id of a row that is odd otherwise; null where that cannot be read either. */
function idOf(row: unknown): string | null {
  const id = rowWithId.safeParse(row).data?.id;
  return id !== undefined && KOMMO_ID.test(id) ? id : null;
}
