import type { Log } from '../../port/log.ts';
import type { ContactRecord } from '../../port/records.ts';
import { parseRows } from '../../wire/wire-rows.ts';
import { toContact, type MappingContext, type RowForm } from '../mapping/contact.ts';
import { contactSchema } from '../wire-types.ts';

/** Checks and maps rows of contacts; null in place of each odd one. @param from The place of the first of them in the answer. */
export function toContactRows(
  rows: readonly unknown[],
  form: RowForm,
  { context, log }: { readonly context: MappingContext; readonly log: Log },
  from = 0,
): (ContactRecord | null)[] {
  const place = { source: context.source, path: '$.response', from, log };
  return parseRows(rows, contactSchema, place).map((row) => (row === null ? null : toContact(row, form, context)));
}
