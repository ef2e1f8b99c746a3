import { z } from 'zod';
import type { Log } from '../log.ts';
import { parseRow } from '../wire-reply.ts';
import { KOMMO_ID } from './wire-types.ts';

export interface ReadRows<Row> {
  /** One for each row on the wire; null is an odd one. */
  readonly rows: readonly (Row | null)[];
  /** Ids of odd rows, where these can be read. */
  readonly oddIds: readonly string[];
  readonly droppedRows: number;
}

const rowWithId = z.object({ id: z.union([z.int(), z.string()]).transform(String) });

/** Checks the rows of a page against their wire type. Odd ones are left out, counted, and logged by their JSON path alone. */
export function readRows<Row>(
  rows: readonly unknown[],
  schema: z.ZodType<Row>,
  place: { readonly source: string; readonly key: string; readonly log: Log },
): ReadRows<Row> {
  const oddIds: string[] = [];
  let droppedRows = 0;
  const read = rows.map((value, index) => {
    const parsed = parseRow(schema, value);
    if ('row' in parsed) return parsed.row;
    droppedRows += 1;
    const id = rowWithId.safeParse(value).data?.id;
    if (id !== undefined && KOMMO_ID.test(id)) oddIds.push(id);
    const path = `$._embedded.${place.key}[${index}]${parsed.path.replace(/^\$/, '')}`;
    place.log.warn({ source: place.source, path }, 'a row does not fit the contract of the CRM and is left out');
    return null;
  });
  return { rows: read, oddIds, droppedRows };
}
