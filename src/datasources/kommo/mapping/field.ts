import { Unreadable, type WireRow, type WireValue } from '../../wire/wire-value.ts';
import { readText } from '../wire-text.ts';

/** A custom field on a row of a contact or company; the predefined ones (phones, e-mails, messengers, job title) among them. */
export interface KommoField {
  readonly wire: WireValue;
  /** In capitals. */
  readonly code: string | null;
  readonly type: string | null;
}

/** One entry of a field's `values`, whose `value` has another shape for each field type. */
export interface FieldItem {
  readonly wire: WireValue;
  /** What is in it; of an entry that is no object, the entry itself. */
  readonly value: WireValue;
  /** Set where there is nothing in it but which option it is: `value` is then the option's code or id. */
  readonly isOptionOnly?: true;
}

/** The fields of a row, in Kommo's order. Read once, for all members that are made of them. */
export function fieldsOf(row: WireRow): readonly KommoField[] {
  return row.once('fields', () =>
    row.at('custom_fields_values').list((item) => {
      const wire = item.object();
      // Something else in the place of the list.
      const code = wire.at('field_code');
      if (code.isEmpty && wire.at('field_id').isEmpty && wire.at('values').isEmpty) throw new Unreadable(item);
      return { wire, code: code.text()?.toUpperCase() ?? null, type: wire.at('field_type').text() };
    }),
  );
}

/**
 * The entries of a field that have something in them.
 *
 * @param mayNameOption Whether an entry without a value may say by its option alone what it is; the option's code, else its id, is then its value.
 */
export function fieldItems({ wire: field }: KommoField, mayNameOption = false): readonly FieldItem[] {
  return field.at('values').list((wire) => {
    const value = typeof wire.raw === 'object' && !Array.isArray(wire.raw) ? wire.at('value') : wire;
    const isUnset = value.raw === undefined || value.raw === null || (typeof value.raw === 'string' && value.isEmpty);
    if (!isUnset) return { wire, value };
    if (typeof wire.raw !== 'object' || wire.raw === null) return null;
    const option = wire.atAny('enum_code', 'enum', 'enum_id');
    if (mayNameOption && !option.isEmpty) return { wire, value: option, isOptionOnly: true };
    // Entries of some types have no value at all, and other members in its place.
    return value.raw === undefined && option.isEmpty && !wire.isEmpty ? { wire, value: wire } : null;
  });
}

/** A text or a number as text; null for anything else. */
export function scalarText(value: WireValue): string | null {
  return typeof value.raw === 'string' || typeof value.raw === 'number' ? readText(value) : null;
}

/** The member of an entry that says which option it is: its code, or `enum`, as older bodies call it. */
export function enumCode({ wire }: FieldItem): string | null {
  if (typeof wire.raw !== 'object') return null;
  const code = wire.at('enum_code');
  if (!code.isEmpty) return typeof code.raw === 'number' ? null : readText(code);
  const older = wire.at('enum');
  return typeof older.raw === 'string' ? readText(older) : null;
}

/** The id of the option that an entry is; null where there is none, or none that can be read: the value is worth more. */
export function enumId({ wire }: FieldItem): string | null {
  const raw = typeof wire.raw === 'object' ? wire.at('enum_id').raw : null;
  return typeof raw === 'number' || (typeof raw === 'string' && raw.trim() !== '') ? String(raw).trim() : null;
}

/** All texts and numbers in a value, however deep, in the order of the CRM. */
export function innerTexts(value: WireValue): readonly string[] {
  const texts: string[] = [];
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { raw } = next;
    if (typeof raw === 'object' && raw !== null) {
      const parent = next;
      const inner = Array.isArray(raw) ? parent.items() : Object.keys(raw).map((key) => parent.at(key));
      for (const part of inner.toReversed()) pending.push(part);
    } else {
      const text = scalarText(next);
      if (text !== null) texts.push(text);
    }
  }
  return texts;
}

/** The texts of entries that can only be text, number or flag. One that is none is reported and left out. */
export function itemTexts(items: readonly FieldItem[]): readonly string[] {
  return items.flatMap(({ value }) => {
    const text = value.member(() => {
      if (typeof value.raw === 'boolean') return String(value.raw);
      const scalar = scalarText(value);
      if (scalar === null && value.raw !== undefined && !value.isEmpty) throw new Unreadable(value);
      return scalar;
    });
    return typeof text === 'string' ? [text] : [];
  });
}
