import type { ContactCustomFieldRecord } from '../../port/records/custom-field.ts';
import type { WireValue } from '../../wire/wire-value.ts';
import { itemTexts, scalarText, type FieldItem } from './field.ts';

type Reading = Pick<ContactCustomFieldRecord, 'text' | 'value'>;

/** Keys of other countries than the account's come along empty: the one that is filled is the tax number. */
const TAX_ID_KEYS = ['vat_id', 'bin', 'unp', 'egrpou'] as const;
/** A number that stands for the kind of entity: nothing to be shown to people. */
const HIDDEN_KEYS: ReadonlySet<string> = new Set(['entity_type', 'external_uid', 'entity_id']);
const KEYS_SHOWN_FIRST = ['name', ...TAX_ID_KEYS, 'address', 'real_address'] as const;

/** A legal entity, or several: the members are those of the first, and `text` has all that is filled in in any of them. */
export function readLegalEntity(items: readonly FieldItem[]): Reading | null {
  const [first] = items;
  if (first === undefined || !items.every(({ value }) => isObject(value))) return null;
  const part = (...keys: readonly string[]) => keys.map((key) => scalarText(first.value.at(key))).find((text) => text !== null) ?? null;
  const text = [...new Set(items.map(({ value }) => lineOf(value)))].filter((line) => line !== '').join('; ');
  if (text === '') return null;
  const postalAddress = part('address', 'real_address');
  return { text, value: { kind: 'LEGAL_ENTITY', name: part('name'), vatId: part(...TAX_ID_KEYS), postalAddress, text } };
}

function lineOf(entity: WireValue): string {
  const others = Object.keys(Object(entity.raw)).filter((key) => !HIDDEN_KEYS.has(key));
  const texts = [...KEYS_SHOWN_FIRST, ...others].flatMap((key) => scalarText(entity.at(key)) ?? []);
  return [...new Set(texts)].join(', ');
}

/** A file, or several: the value is the first, and `text` names them all. Null for files without an id, which are shown by their names. */
export function readFile(items: readonly FieldItem[]): Reading | null {
  const files = items.filter(({ value }) => isObject(value));
  const [first] = files;
  const name = first && scalarText(first.value.at('file_name'));
  const idInSource = first && scalarText(first.value.at('file_uuid'));
  if (first === undefined || !name || !idInSource) return null;
  const text = items.flatMap(({ value }) =>
    isObject(value) ? (scalarText(value.at('file_name')) ?? []) : itemTexts([{ wire: value, value }]),
  );
  const size = Number(scalarText(first.value.at('file_size')) ?? Number.NaN);
  const sizeBytes = Number.isSafeInteger(size) && size >= 0 ? size : null;
  return { text: text.join(', '), value: { kind: 'FILE', name, sizeBytes, idInSource } };
}

function isObject({ raw }: WireValue): boolean {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
