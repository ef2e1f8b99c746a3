import type { AddressRecord } from '../../port/records/contact-info.ts';
import type { WireValue } from '../../wire/wire-value.ts';
import { enumCode, enumId, fieldItems, innerTexts, itemTexts, scalarText, type KommoField } from './field.ts';

/** Parts of a smart_address by enum id, for bodies without enum codes. */
const PART_BY_ENUM_ID: Readonly<Record<string, string>> = {
  '1': 'address_line_1',
  '2': 'address_line_2',
  '3': 'city',
  '4': 'state',
  '5': 'zip',
  '6': 'country',
};
const PARTS: readonly string[] = Object.values(PART_BY_ENUM_ID);

/** Addresses of a contact: its custom fields of the types smart_address and streetaddress, one address each. */
export function toAddresses(fields: readonly KommoField[]): AddressRecord[] {
  return fields.flatMap((field) => {
    if (field.type === 'smart_address') return toSmartAddress(field) ?? [];
    if (field.type === 'streetaddress') return itemTexts(fieldItems(field)).map(toStreetAddress);
    return [];
  });
}

/**
 * A smart_address: a list of up to six values, each one part of it; or one object whose members are the parts. Null when all parts are empty.
 * What is no part that we know is kept in `text`.
 */
export function toSmartAddress(field: KommoField): AddressRecord | null {
  const parts = partsOf(field);
  const part = (name: string): string | null => parts.find(([known]) => known === name)?.[1] ?? null;
  const street = joined([part('address_line_1'), part('address_line_2')]);
  const [city, state, zip, country] = [part('city'), part('state'), part('zip'), part('country')];
  const named = PARTS.map(part);
  const others = parts.map(([, text]) => text).filter((text) => !named.includes(text));
  const text = joined([street, city, state, zip, country, ...others]);
  return text === null ? null : { street, city, state, zip, country, category: null, categoryName: null, isPrimary: null, text };
}

function partsOf(field: KommoField): readonly (readonly [name: string, text: string])[] {
  const values = field.wire.at('values');
  if (isParts(values)) return membersOf(values);
  return fieldItems(field).flatMap((item) => {
    const holder = [item.wire, item.value].find(isParts);
    if (holder !== undefined) return membersOf(holder);
    if (typeof item.value.raw === 'object' && item.value.raw !== null) return innerTexts(item.value).map((text) => ['', text] as const);
    const name = enumCode(item)?.toLowerCase() ?? PART_BY_ENUM_ID[enumId(item) ?? ''] ?? '';
    return itemTexts([item]).map((text) => [name, text] as const);
  });
}

function isParts({ raw }: WireValue): boolean {
  return typeof raw === 'object' && raw !== null && PARTS.some((name) => Object.hasOwn(raw, name));
}

function membersOf(holder: WireValue): readonly (readonly [name: string, text: string])[] {
  const parts = PARTS.flatMap((name) => {
    const text = scalarText(holder.at(name));
    return text === null ? [] : [[name, text] as const];
  });
  const others = Object.keys(Object(holder.raw)).filter((key) => !PARTS.includes(key) && !/^(?:enum|field)_|^enum$|_id$|^id$/.test(key));
  return [...parts, ...others.flatMap((key) => innerTexts(holder.at(key)).map((text) => ['', text] as const))];
}

function toStreetAddress(text: string): AddressRecord {
  return { street: text, city: null, state: null, zip: null, country: null, category: null, categoryName: null, isPrimary: null, text };
}

function joined(parts: readonly (string | null)[]): string | null {
  const text = parts.filter((part) => part !== null).join(', ');
  return text === '' ? null : text;
}
