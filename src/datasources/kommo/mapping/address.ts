import type { AddressRecord } from '../../port/records.ts';
import { scalarText, toFieldItems, type FieldItem } from './field-item.ts';
import type { KommoFieldValues } from '../wire-types.ts';

/** Parts of a smart_address by enum id, for bodies without enum codes. */
const PART_BY_ENUM_ID: Readonly<Record<string, string>> = {
  '1': 'address_line_1',
  '2': 'address_line_2',
  '3': 'city',
  '4': 'state',
  '5': 'zip',
  '6': 'country',
};

/** Addresses of a contact: its custom fields of the types smart_address and streetaddress, one address each. */
export function toAddresses(fields: readonly KommoFieldValues[]): AddressRecord[] {
  return fields.flatMap((field) => {
    const items = toFieldItems(field.values);
    if (field.field_type === 'smart_address') return toSmartAddress(items) ?? [];
    if (field.field_type === 'streetaddress') return items.flatMap((item) => toStreetAddress(item) ?? []);
    return [];
  });
}

/** A smart_address, which comes as up to six values, each one part of it; null when all parts are empty. */
export function toSmartAddress(items: readonly FieldItem[]): AddressRecord | null {
  const parts = new Map<string, string>();
  for (const item of items) {
    const part = item.enumCode?.toLowerCase() ?? PART_BY_ENUM_ID[item.enumId ?? ''];
    const text = scalarText(item.value);
    if (part !== undefined && text !== null) parts.set(part, text);
  }
  const part = (name: string): string | null => parts.get(name) ?? null;
  const street = joined([part('address_line_1'), part('address_line_2')]);
  const [city, state, zip, country] = [part('city'), part('state'), part('zip'), part('country')];
  const text = joined([street, city, state, zip, country]);
  return text === null ? null : { street, city, state, zip, country, category: null, categoryName: null, isPrimary: null, text };
}

function toStreetAddress(item: FieldItem): AddressRecord | null {
  const text = scalarText(item.value);
  if (text === null) return null;
  return { street: text, city: null, state: null, zip: null, country: null, category: null, categoryName: null, isPrimary: null, text };
}

function joined(parts: readonly (string | null)[]): string | null {
  const text = parts.filter((part) => part !== null).join(', ');
  return text === '' ? null : text;
}
