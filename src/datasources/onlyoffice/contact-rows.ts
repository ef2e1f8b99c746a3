import type { Log } from '../log.ts';
import type { ContactRecord } from '../records.ts';
import { parseRow } from '../wire-reply.ts';
import { toContact, type MappingContext, type RowForm } from './mapping.ts';
import { contactSchema } from './wire-types.ts';

export interface ContactRows {
  /** null in place of each odd row. */
  readonly records: readonly (ContactRecord | null)[];
  readonly droppedRows: number;
}

/** Checks and maps rows of contacts. Odd ones are left out, counted, and logged by the JSON path of their first fault. */
export function toContactRows(rows: readonly unknown[], form: RowForm, context: MappingContext, log: Log): ContactRows {
  const records = rows.map((row): ContactRecord | null => {
    const parsed = parseRow(contactSchema, row);
    if ('row' in parsed) return toContact(parsed.row, form, context);
    log.warn({ source: context.source, path: parsed.path }, 'left out a contact that does not fit the contract');
    return null;
  });
  return { records, droppedRows: records.filter((record) => record === null).length };
}
