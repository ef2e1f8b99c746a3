import { z } from 'zod';
import { toText } from '../wire-text.ts';

// An odd option is no reason to lose the value.
const id = z.union([z.number(), z.string()]).transform(String).nullish().catch(null);
const code = z.string().nullish().catch(null);
const fieldItem = z.object({ value: z.unknown().optional(), enum_id: id, enum_code: code, enum: code });

/** One entry of a custom field's `values`, whose `value` has another shape for each field type. */
export interface FieldItem {
  /** undefined: the entry has no `value` at all, as in a chained_list. */
  readonly value: unknown;
  readonly enumId: string | null;
  readonly enumCode: string | null;
}

/** Reads the entries of `values`; what is no entry is left out, and so are empty ones. */
export function toFieldItems(values: readonly unknown[] | null | undefined): FieldItem[] {
  return (values ?? []).flatMap((item) => {
    const parsed = fieldItem.safeParse(item);
    if (!parsed.success) return scalarText(item) === null ? [] : { value: item, enumId: null, enumCode: null };
    const { value, enum_id, enum_code } = parsed.data;
    if (value === null || (typeof value === 'string' && toText(value) === null)) return [];
    return { value, enumId: toText(enum_id), enumCode: toText(enum_code ?? parsed.data.enum) };
  });
}

/** A text or a number as text; null for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return toText(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}
