import { z } from 'zod';
import type {
  ContactCustomFieldRecord,
  CustomFieldOptionRecord,
  CustomFieldRecord,
  CustomFieldType,
  CustomFieldValueRecord,
} from '../../port/records.ts';
import { toSmartAddress } from './address.ts';
import { isCustomFieldCode } from './contact-info.ts';
import { scalarText, toFieldItems, type FieldItem } from './field-item.ts';
import { toMoment, toText } from '../wire-text.ts';
import type { KommoFieldDefinition, KommoFieldValues } from '../wire-types.ts';

/** A date is the account's local midnight, so in UTC it may be the day before: twelve hours later it is the right day everywhere. */
const HALF_DAY_SECONDS = 12 * 60 * 60;

interface Reading {
  readonly text: string | null;
  readonly value: CustomFieldValueRecord | null;
}
type ReadValue = (items: readonly FieldItem[], fieldId: string) => Reading | null;

const READING_BY_TYPE: Readonly<Record<string, { readonly type: CustomFieldType; readonly read: ReadValue }>> = {
  text: { type: 'TEXT', read: readText },
  org_legal_name: { type: 'TEXT', read: readText },
  textarea: { type: 'TEXT_AREA', read: readText },
  url: { type: 'URL', read: readText },
  streetaddress: { type: 'ADDRESS', read: readText },
  smart_address: { type: 'ADDRESS', read: readAddress },
  numeric: { type: 'NUMBER', read: readNumber },
  monetary: { type: 'MONEY', read: readNumber },
  price: { type: 'MONEY', read: readNumber },
  checkbox: { type: 'CHECKBOX', read: readCheckbox },
  date: { type: 'DATE', read: readDay },
  birthday: { type: 'DATE', read: readDay },
  date_time: { type: 'DATE_TIME', read: readMoment },
  select: { type: 'SELECT', read: readOptions },
  radiobutton: { type: 'SELECT', read: readOptions },
  category: { type: 'SELECT', read: readOptions },
  multiselect: { type: 'MULTISELECT', read: readOptions },
  legal_entity: { type: 'LEGAL_ENTITY', read: readLegalEntity },
  file: { type: 'FILE', read: readFile },
};

const TYPES_WITH_OPTIONS: ReadonlySet<CustomFieldType> = new Set(['SELECT', 'MULTISELECT']);

/** Custom fields of a contact, in Kommo's order: all that is filled but phones, e-mails, messengers and the job title. */
export function toCustomFields(fields: readonly KommoFieldValues[]): ContactCustomFieldRecord[] {
  return fields.flatMap((field) => (isCustomFieldCode(field.field_code) ? (toCustomField(field) ?? []) : []));
}

function toCustomField(field: KommoFieldValues): ContactCustomFieldRecord | null {
  const code = toText(field.field_code);
  const idInSource = field.field_id ?? code;
  const items = toFieldItems(field.values);
  if (idInSource === null || items.length === 0) return null;
  const sourceType = toText(field.field_type) ?? '';
  const known = READING_BY_TYPE[sourceType];
  const type = known?.type ?? 'OTHER';
  const reading = known?.read(items, idInSource) ?? readOther(items);
  return {
    field: {
      idInSource,
      code,
      label: toText(field.field_name) ?? code ?? idInSource,
      type,
      sourceType,
      position: undefined,
      mask: null,
      options: TYPES_WITH_OPTIONS.has(type) ? undefined : null,
    },
    ...reading,
  };
}

/** A definition, with what a contact's row does not tell: position and options. Null for the predefined fields that are no custom fields to us. */
export function toCustomFieldDefinition(definition: KommoFieldDefinition): CustomFieldRecord | null {
  if (!isCustomFieldCode(definition.code)) return null;
  const code = toText(definition.code);
  const sourceType = toText(definition.type) ?? '';
  const type = READING_BY_TYPE[sourceType]?.type ?? 'OTHER';
  const options = (definition.enums ?? []).map((option) => toOption(option.id, option.code, toText(option.value) ?? option.id));
  return {
    idInSource: definition.id,
    code,
    label: toText(definition.name) ?? code ?? definition.id,
    type,
    sourceType,
    position: definition.sort ?? null,
    mask: null,
    options: TYPES_WITH_OPTIONS.has(type) ? options : null,
  };
}

function toOption(idInSource: string, code: string | null | undefined, label: string): CustomFieldOptionRecord {
  return { idInSource, code: toText(code), label };
}

function readText(items: readonly FieldItem[]): Reading | null {
  return textReading(items.map((item) => scalarText(item.value)));
}

function textReading(texts: readonly (string | null)[]): Reading | null {
  const text = texts.filter((part) => part !== null).join(', ');
  return text === '' ? null : { text, value: { kind: 'TEXT', text } };
}

/** What cannot be read as its type is shown as the text that it is; objects by their name; a chained_list, which has no value, without text. */
function readOther(items: readonly FieldItem[]): Reading {
  const texts = items.map(({ value }) => {
    if (typeof value === 'boolean') return String(value);
    if (typeof value !== 'object' || value === null) return scalarText(value);
    return 'name' in value ? scalarText(value.name) : 'description' in value ? scalarText(value.description) : null;
  });
  return textReading(texts) ?? { text: null, value: null };
}

function readNumber(items: readonly FieldItem[]): Reading | null {
  const text = scalarText(items[0]?.value);
  if (text === null || !/^[+-]?\d+(\.\d+)?$/.test(text)) return null;
  return { text, value: { kind: 'NUMBER', number: Number(text), text } };
}

function readCheckbox(items: readonly FieldItem[]): Reading | null {
  const value = items[0]?.value;
  if (value === true || value === 1 || value === '1' || value === 'true') return { text: 'Yes', value: { kind: 'BOOLEAN', boolean: true } };
  if (value === false || value === 0 || value === '0' || value === 'false')
    return { text: 'No', value: { kind: 'BOOLEAN', boolean: false } };
  return null;
}

function readSeconds(items: readonly FieldItem[]): number | null {
  const text = scalarText(items[0]?.value);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}

function readDay(items: readonly FieldItem[]): Reading | null {
  const seconds = readSeconds(items);
  const date = seconds === null ? leadingDay(items) : isoTextOf(seconds + HALF_DAY_SECONDS)?.slice(0, 10);
  return date === undefined ? null : { text: date, value: { kind: 'DATE', date } };
}

/** RFC 3339, which Kommo accepts when written: the day as it stands there. */
function leadingDay(items: readonly FieldItem[]): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(scalarText(items[0]?.value) ?? '')?.[0];
  return day !== undefined && isoTextOf(Date.parse(day) / 1000)?.startsWith(day) ? day : undefined;
}

function readMoment(items: readonly FieldItem[]): Reading | null {
  const seconds = readSeconds(items);
  const text = scalarText(items[0]?.value) ?? '';
  const parsed = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) / 1000 : Number.NaN;
  const iso = isoTextOf(seconds ?? parsed);
  return iso === undefined ? null : { text: iso, value: { kind: 'DATE_TIME', dateTime: new Date(iso) } };
}

function isoTextOf(seconds: number): string | undefined {
  return toMoment(seconds)?.toISOString();
}

function readOptions(items: readonly FieldItem[], fieldId: string): Reading | null {
  const options = items.flatMap((item) => {
    const label = scalarText(item.value);
    return label === null ? [] : toOption(item.enumId ?? `${fieldId}/${label}`, item.enumCode, label);
  });
  return options.length === 0 ? null : { text: options.map(({ label }) => label).join(', '), value: { kind: 'SELECT', options } };
}

function readAddress(items: readonly FieldItem[]): Reading | null {
  const address = toSmartAddress(items);
  return address === null ? null : { text: address.text, value: { kind: 'ADDRESS', address } };
}

const text = z.union([z.string(), z.number()]).transform(String).nullish();
const legalEntity = z.object({ name: text, vat_id: text, address: text, real_address: text });

function readLegalEntity(items: readonly FieldItem[]): Reading | null {
  const parsed = legalEntity.safeParse(items[0]?.value);
  if (!parsed.success) return null;
  const name = toText(parsed.data.name);
  const vatId = toText(parsed.data.vat_id);
  const postalAddress = toText(parsed.data.address) ?? toText(parsed.data.real_address);
  const line = [name, vatId, postalAddress].filter((part) => part !== null).join(', ');
  return line === '' ? null : { text: line, value: { kind: 'LEGAL_ENTITY', name, vatId, postalAddress, text: line } };
}

const file = z.object({ file_uuid: z.string(), file_name: z.string(), file_size: z.union([z.number(), z.string()]).nullish() });

function readFile(items: readonly FieldItem[]): Reading | null {
  const parsed = file.safeParse(items[0]?.value);
  const name = parsed.success ? toText(parsed.data.file_name) : null;
  const idInSource = parsed.success ? toText(parsed.data.file_uuid) : null;
  if (!parsed.success || name === null || idInSource === null) return null;
  const size = Number(parsed.data.file_size ?? Number.NaN);
  return { text: name, value: { kind: 'FILE', name, sizeBytes: Number.isSafeInteger(size) && size >= 0 ? size : null, idInSource } };
}
