import type { Log } from '../../port/log.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { readRows, type RowsRead } from '../../wire/wire-rows.ts';
import { toContact, type MappingContext, type RowForm } from '../mapping/contact.ts';

/** Rows of contacts, unread. */
export interface UnreadRows {
  readonly rows: readonly unknown[];
  readonly form: RowForm;
  /** Roughly what each takes in memory, in bytes. */
  readonly rowBytes: number;
  /** The place of the first of them in the answer; 0 when left out. */
  readonly from?: number;
}

/** Reads rows of contacts; null in place of each that has no usable id. */
export function readContactRows(
  { rows, form, rowBytes: bytes, from = 0 }: UnreadRows,
  { context, log }: { readonly context: MappingContext; readonly log: Log },
): RowsRead<ContactRecord> {
  const place = { source: context.source, path: '$.response', from, log };
  return readRows(rows, place, (wire) => toContact({ wire, bytes, form, context }));
}
