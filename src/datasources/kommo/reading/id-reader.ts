import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import { readAroundRows, type Stretch } from '../../wire/row-faults.ts';
import { isPageFault } from './read-in-parts.ts';
import { readLoneRow, readRows } from '../../wire/wire-rows.ts';
import type { WireRow } from '../../wire/wire-value.ts';
import { inChunks } from './chunks.ts';
import { KommoRefusal } from '../api-error.ts';
import type { KommoClient } from '../client.ts';
import type { FilterTrust } from '../planning/filter-trust.ts';
import { PAGE_SIZE_MAX } from '../planning/plan.ts';
import { arrayParameters, type Parameter } from '../planning/query-string.ts';
import { answerBytes } from '../../wire/row-size.ts';
import { isEmptyEnvelope, KOMMO_ID, pageReader, rowsPath, type ReadBody } from '../wire-types.ts';

/** Ids in one call: 250 are allowed, but would make the URL very long. */
const IDS_PER_CALL = 100;
const CALLS_AT_ONCE = 8;
/** A page may be short and have a next one; more pages than this for one page of ids are no honest answer. */
const PAGES_MAX = 5;

/** A collection of Kommo whose rows can be read by id. */
export interface IdRoute<Found> {
  /** Under the API's root. */
  readonly path: string;
  /** Of the rows in `_embedded`. */
  readonly key: string;
  /** `with`. */
  readonly parameters: readonly Parameter[];
  /** Whether the collection can be ordered; a stable order then keeps pages from shifting. */
  readonly hasOrder: boolean;
  /** Whether a lone id is read at its own address, which needs no filter. */
  readonly prefersSingle: boolean;
  /** Statuses with which Kommo says, in a problem of its own, that the whole collection is gone: none of the ids exists then. */
  readonly absentStatuses: readonly number[];
  /** Gets what reading the rows of one answer takes, and returns how one of them is read; null: it is not to be shown. */
  readonly readerOf: (rows: readonly unknown[], call: Call) => Promise<(row: WireRow, bytes: number) => Found | null>;
}

/** A row whose id can be read. */
interface KnownRow {
  readonly id: string;
  readonly wire: WireRow;
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
   * Cost: 1 call for every 100 ids; 1 for each id where the account ignores or refuses `filter[id]`. See readAroundRows for a batch that fails.
   */
  async findByIds<Found>(route: IdRoute<Found>, ids: readonly string[], call: Call): Promise<Map<string, Found | SourceError>> {
    const known = [...new Set(ids)].filter((id) => KOMMO_ID.test(id) && id !== '0');
    const isSingle = (route.prefersSingle && known.length === 1) || this.#options.trust.ignoresIds(route.path, call);
    const found = isSingle ? await this.#readSingles(route, known, call) : await this.#readChunks(route, known, call);
    const errors = [...found.values()].filter((value) => value instanceof SourceError);
    const [firstError] = errors;
    if (firstError !== undefined && errors.length === known.length) throw firstError;
    return found;
  }

  /** Whether 100 ids of a collection are one call, as far as is known. Makes no call. */
  takesMany(path: string): boolean {
    return !this.#options.trust.ignoresIds(path, {});
  }

  async #readChunks<Found>(route: IdRoute<Found>, ids: readonly string[], call: Call) {
    const parts = await inParallel(inChunks(ids, IDS_PER_CALL), CALLS_AT_ONCE, async (chunk) => {
      try {
        return await this.#readChunk(route, chunk, call);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (!isPageFault(error) || chunk.length === 1) return failed(chunk, error);
        return this.#readAround(route, chunk, error, call);
      }
    });
    return new Map<string, Found | SourceError>(parts.flatMap((part) => [...part]));
  }

  /** A batch at which Kommo fails: it may do so for a few of the ids. See readAroundRows for the cost. */
  async #readAround<Found>(route: IdRoute<Found>, ids: readonly string[], failure: SourceError, call: Call) {
    const readPart = async ({ from, to }: Stretch) => {
      const rows = ids.slice(from, to);
      try {
        return { rows, found: await this.#readChunk(route, rows, call, true) };
      } catch (error) {
        if (isPageFault(error)) return null;
        throw error;
      }
    };
    const found = new Map<string, Found | SourceError>();
    try {
      let place = 0;
      for (const part of await readAroundRows({ from: 0, to: ids.length }, readPart, failure)) {
        if (part === null) found.set(ids[place] ?? '', failure);
        else for (const [id, row] of part.found) found.set(id, row);
        place += part?.rows.length ?? 1;
      }
      return found;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return failed(ids, failure);
    }
  }

  /** One batch. Its rows come in the list's order; strangers among them show that the filter was ignored, and it may be refused in words. */
  async #readChunk<Found>(route: IdRoute<Found>, ids: readonly string[], call: Call, isProbe = false) {
    const { client, source, log, trust } = this.#options;
    const read = pageReader(route.key);
    const missing = new Set(ids);
    const found = new Map<string, Found | SourceError>();
    let hasStrangers = false;
    let isRefused = false;
    let hasNamelessRows = false;
    let isOrdered = route.hasOrder && !trust.refusesOrderById(call);
    for (let page = 1; page <= PAGES_MAX && missing.size > 0 && !hasStrangers; page += 1) {
      const answer = await client.getOrRefusal(
        {
          path: route.path,
          parameters: batchParameters(route, ids, page, isOrdered),
          read,
          expectedStatuses: route.absentStatuses,
          isProbe,
        },
        call,
      );
      if (answer instanceof KommoRefusal && answer.part === 'order') {
        if (answer.isWorded) trust.noteRefusedOrderById();
        isOrdered = false;
        page -= 1;
        continue;
      }
      if (answer instanceof KommoRefusal) {
        isRefused = true;
        if (answer.isWorded) trust.noteIgnoredIds(route.path);
        break;
      }
      if (answer instanceof SourceError && !isAbsent(answer, route)) throw answer;
      if (answer === null || answer instanceof SourceError) break;
      const { rows, droppedRows } = readRows(answer.rows, { source, log, path: rowsPath(route.key) }, toKnownRow);
      hasNamelessRows ||= droppedRows > 0;
      const readRow = await route.readerOf(answer.rows, call);
      for (const row of rows) {
        if (row === null) continue;
        if (!ids.includes(row.id)) hasStrangers = true;
        else if (missing.delete(row.id)) this.#take(found, row, readRow, answer.rowBytes);
      }
      if (!answer.hasNext) break;
    }
    if (hasStrangers) trust.noteIgnoredIds(route.path);
    if (hasStrangers || isRefused) {
      for (const [id, record] of await this.#readSingles(route, [...missing], call)) found.set(id, record);
    } else if (hasNamelessRows) {
      for (const id of missing) found.set(id, this.#oddRow());
    }
    return found;
  }

  async #readSingles<Found>(route: IdRoute<Found>, ids: readonly string[], call: Call) {
    const { client, source, log } = this.#options;
    const read: ReadBody<{ readonly body: unknown; readonly bytes: number }> = (body, _source, length) => ({
      body,
      bytes: answerBytes(length),
    });
    const found = new Map<string, Found | SourceError>();
    await inParallel(ids, CALLS_AT_ONCE, async (id) => {
      try {
        const { path, parameters, absentStatuses: expectedStatuses } = route;
        const answer = await client.getOrRefusal({ path: `${path}/${id}`, parameters, read, expectedStatuses }, call);
        if (answer instanceof SourceError && !isAbsent(answer, route)) throw answer;
        if (answer === null || answer instanceof SourceError || isEmptyEnvelope(answer.body)) return;
        const readRow = await route.readerOf([answer.body], call);
        const row = readLoneRow(answer.body, { source, log }, toKnownRow);
        if (row?.id === id) this.#take(found, row, readRow, answer.bytes);
        else found.set(id, this.#oddRow());
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        found.set(id, error);
      }
    });
    return found;
  }

  #take<Found>(
    found: Map<string, Found | SourceError>,
    { id, wire }: KnownRow,
    readRow: (row: WireRow, bytes: number) => Found | null,
    bytes: number,
  ): void {
    const record = wire.attempt((row) => readRow(row, bytes), wire);
    if (record !== null) found.set(id, record);
  }

  #oddRow(): SourceError {
    return new SourceError(this.#options.source, 'BAD_RESPONSE', `${this.#options.source} sent a row that does not fit its contract.`);
  }
}

function failed(ids: readonly string[], error: SourceError): Map<string, SourceError> {
  return new Map(ids.map((id) => [id, error]));
}

/** A page of HTML is no word of Kommo's. */
function isAbsent({ httpStatus, code }: SourceError, { absentStatuses }: Pick<IdRoute<unknown>, 'absentStatuses'>): boolean {
  return httpStatus !== undefined && absentStatuses.includes(httpStatus) && code === 'BAD_RESPONSE';
}

function toKnownRow(wire: WireRow): KnownRow {
  return { id: wire.at('id').requiredId(), wire };
}

function batchParameters(route: Pick<IdRoute<never>, 'parameters'>, ids: readonly string[], page: number, isOrdered: boolean): Parameter[] {
  const order: Parameter[] = isOrdered ? [['order[id]', 'asc']] : [];
  return [...arrayParameters('filter[id]', ids), ...route.parameters, ...order, ['page', String(page)], ['limit', String(PAGE_SIZE_MAX)]];
}
