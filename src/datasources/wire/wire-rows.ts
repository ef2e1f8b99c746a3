import type { z } from 'zod';
import type { Log } from '../port/log.ts';
import { parseRow } from './wire-reply.ts';

/** JSON paths in one line of the log: a CRM that has changed a type would fill the log with thousands that say the same. */
const PATHS_TOLD_MAX = 5;

/** Where rows stand, for the log. */
export interface RowsPlace {
  /** The source's configured name. */
  readonly source: string;
  /** The JSON path of the list in the answer. */
  readonly path: string;
  /** The place of the first of the rows in that list; 0 when left out. */
  readonly from?: number;
  readonly log: Log;
}

/**
 * Checks the rows of a list against their wire type.
 *
 * @returns One for each row; null in the place of an odd one. The log tells, in one line, how many were odd and the JSON paths of the first, and
 *   never a value.
 */
export function parseRows<Row>(
  rows: readonly unknown[],
  schema: z.ZodType<Row>,
  { source, path, from = 0, log }: RowsPlace,
): (Row | null)[] {
  const paths: string[] = [];
  let droppedRows = 0;
  const read = rows.map((value, index) => {
    const parsed = parseRow(schema, value);
    if ('row' in parsed) return parsed.row;
    droppedRows += 1;
    if (paths.length < PATHS_TOLD_MAX) paths.push(`${path}[${from + index}]${parsed.path.slice(1)}`);
    return null;
  });
  if (droppedRows > 0) log.warn({ source, droppedRows, paths }, 'left out what does not fit the contract of the CRM');
  return read;
}

/** How many rows were odd. */
export function countOdd(rows: readonly unknown[]): number {
  return rows.filter((row) => row === null).length;
}
