import type { z } from 'zod';
import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import { SourceError } from '../../port/source-error.ts';
import { parseRows } from '../../wire/wire-rows.ts';
import type { KommoClient } from '../client.ts';
import { PAGE_SIZE_MAX } from '../planning/plan.ts';
import type { Parameter } from '../planning/query-string.ts';
import { kommoPage, rowsPath } from '../wire-types.ts';

/** Look-up lists longer than this many pages of 250 are cut. */
const PAGES_MAX = 40;

/** A look-up list of Kommo, and how it is asked for. */
export interface CollectionRoute<Row extends { readonly id: string }> {
  /** Under the API's root. */
  readonly path: string;
  /** Of the rows in `_embedded`. */
  readonly key: string;
  readonly schema: z.ZodType<Row>;
  readonly parameters: readonly Parameter[];
  /** HTTP statuses that are an answer here and no failure. */
  readonly expectedStatuses: readonly number[];
}

/**
 * Reads a whole look-up list, page after page of 250, until there is no `next` or a 204 comes.
 *
 * @returns The rows without odd and repeated ones; or the error, for one of `expectedStatuses`.
 * Cost: 1 call for every 250 rows, and 1 more where the last page claims a next one.
 */
export async function readCollection<Row extends { readonly id: string }>(
  client: KommoClient,
  route: CollectionRoute<Row>,
  place: { readonly source: string; readonly log: Log },
  call: Call,
): Promise<readonly Row[] | SourceError> {
  const rowById = new Map<string, Row>();
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const parameters: Parameter[] = [...route.parameters, ['page', String(page)], ['limit', String(PAGE_SIZE_MAX)]];
    const { path, key, expectedStatuses } = route;
    const answer = await client.getOrRefusal({ path, parameters, schema: kommoPage(key), expectedStatuses }, call);
    if (answer instanceof SourceError) return answer;
    const sizeBefore = rowById.size;
    const rows = parseRows(answer?.rows ?? [], route.schema, { ...place, path: rowsPath(key) });
    for (const row of rows) if (row !== null) rowById.set(row.id, row);
    // A page without anything new: the CRM gives the same page for every number.
    if (!answer?.hasNext || rowById.size === sizeBefore) break;
  }
  return [...rowById.values()];
}
