import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import { readRows } from '../../wire/wire-rows.ts';
import type { WireRow } from '../../wire/wire-value.ts';
import type { KommoClient } from '../client.ts';
import { PAGE_SIZE_MAX } from '../planning/plan.ts';
import type { Parameter } from '../planning/query-string.ts';
import { pageReader, rowsPath } from '../wire-types.ts';

/** Reference data longer than this many pages of 250 is cut. */
const PAGES_MAX = 40;

/** A list of reference data, and how it is asked for. */
export interface CollectionRoute<Record> {
  /** Under the API's root. */
  readonly path: string;
  /** Of the rows in `_embedded`. */
  readonly key: string;
  /** Reads a row whose id is there. Null: it is not to be shown. @throws Unreadable */
  readonly readRow: (row: WireRow) => Record | null;
  readonly parameters: readonly Parameter[];
  /** HTTP statuses that are an answer here and no failure. */
  readonly expectedStatuses: readonly number[];
}

/**
 * Reads a whole list of reference data, page after page of 250, until there is no `next` or a 204 comes.
 *
 * @returns What its rows were read as, without repeated rows and those that cannot be read; or the error, for one of `expectedStatuses`.
 * Cost: 1 call for every 250 rows, and 1 more where the last page claims a next one.
 */
export async function readCollection<Record>(
  client: KommoClient,
  route: CollectionRoute<Record>,
  place: { readonly source: string; readonly log: Log },
  call: Call,
): Promise<readonly Record[] | SourceError> {
  const { path, key, expectedStatuses } = route;
  const read = pageReader(key);
  const found = new Map<string, Record | null>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const parameters: Parameter[] = [...route.parameters, ['page', String(page)], ['limit', String(PAGE_SIZE_MAX)]];
    const answer = await client.getOrRefusal({ path, parameters, read, expectedStatuses }, call);
    if (answer instanceof SourceError) return answer;
    const sizeBefore = found.size;
    const { rows } = readRows(answer?.rows ?? [], { ...place, path: rowsPath(key) }, (row) => ({
      id: row.at('id').requiredId(),
      record: route.readRow(row),
    }));
    for (const row of rows) if (row !== null) found.set(row.id, row.record);
    // A page without anything new: the CRM gives the same page for every number.
    if (!answer?.hasNext || found.size === sizeBefore) break;
  }
  return [...found.values()].filter((record) => record !== null);
}
