import type {
  ContactCustomFieldRecord,
  CustomFieldOptionRecord,
  CustomFieldRecord,
  CustomFieldType,
} from '../../port/records/custom-field.ts';
import { isDamaged } from '../../port/member.ts';
import { toSmartAddress } from './address.ts';
import { isCustomFieldCode } from './contact-info.ts';
import { readFile, readLegalEntity } from './compound-value.ts';
import { enumCode, enumId, fieldItems, innerTexts, itemTexts, scalarText, type FieldItem, type KommoField } from './field.ts';
import { readText as textOf, toMoment } from '../wire-text.ts';
import { Unreadable, type WireValue } from '../../wire/wire-value.ts';
import { dayOf, type AccountZone } from './account-zone.ts';

type Reading = Pick<ContactCustomFieldRecord, 'text' | 'value'>;
/** Null: the value cannot be read as its type, and is shown as the text that it is. */
type ReadValue = (items: readonly FieldItem[], field: FieldContext) => Reading | null;

interface FieldContext {
  readonly field: KommoField;
  readonly id: string;
  /** Of the account, for days; null where it is not known. */
  readonly zone: AccountZone | null;
}

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
export function toCustomFields(fields: readonly KommoField[], zone: AccountZone | null): ContactCustomFieldRecord[] {
  return fields.flatMap((field) => {
    if (!isCustomFieldCode(field.code)) return [];
    const custom = field.wire.member(() => toCustomField(field, zone));
    return custom === null || isDamaged(custom) ? [] : [custom];
  });
}

/** Types that are not read, and whose values have names. @see https://developers.kommo.com/reference/custom-fields */
const TYPES_OF_NAMED_OBJECTS: ReadonlySet<string> = new Set(['items', 'linked_entity', 'payer', 'supplier']);

function toCustomField(field: KommoField, zone: AccountZone | null): ContactCustomFieldRecord | null {
  const { wire } = field;
  const code = textOf(wire.at('field_code'));
  const isAddress = field.type === 'smart_address';
  const known = READING_BY_TYPE[field.type ?? ''];
  const mayNameOption = known === undefined || TYPES_WITH_OPTIONS.has(known.type);
  const items = isAddress && !Array.isArray(wire.at('values').raw) ? [] : fieldItems(field, mayNameOption);
  if (items.length === 0 && !(isAddress && !wire.at('values').isEmpty)) return null;
  const idInSource = wire.at('field_id').id() ?? code;
  // A value without a field that it belongs to.
  if (idInSource === null) throw new Unreadable(wire);
  const sourceType = field.type ?? '';
  const type = known?.type ?? 'OTHER';
  const reading =
    known?.read(items, { field, id: idInSource, zone }) ?? readOther(items, known !== undefined, TYPES_OF_NAMED_OBJECTS.has(sourceType));
  return {
    field: {
      idInSource,
      code,
      label: labelOf(wire.at('field_name')) ?? code ?? idInSource,
      type,
      sourceType,
      position: undefined,
      mask: null,
      options: TYPES_WITH_OPTIONS.has(type) ? undefined : null,
    },
    ...reading,
  };
}

function labelOf(name: WireValue): string | null {
  const label = name.member(textOf);
  return isDamaged(label) ? null : label;
}

/** A definition, with what a contact's row does not say: position and options. Null for the predefined fields that are no custom fields to us. */
export function readFieldDefinition(row: WireValue): CustomFieldRecord | null {
  const id = row.at('id').requiredId();
  const code = textOf(row.at('code'));
  if (!isCustomFieldCode(code?.toUpperCase() ?? null)) return null;
  const sourceType = row.at('type').text() ?? '';
  const type = READING_BY_TYPE[sourceType]?.type ?? 'OTHER';
  return {
    idInSource: id,
    code,
    label: labelOf(row.at('name')) ?? code ?? id,
    type,
    sourceType,
    position: row.at('sort').member((sort) => sort.number()),
    mask: null,
    options: TYPES_WITH_OPTIONS.has(type) ? row.at('enums').member(readOptionDefinitions) : null,
  };
}

function readOptionDefinitions(enums: WireValue): readonly CustomFieldOptionRecord[] {
  return enums.list((option) => {
    const idInSource = option.at('id').requiredId();
    return { idInSource, code: option.at('code').member(textOf), label: textOf(option.at('value')) ?? idInSource };
  });
}

function readText(items: readonly FieldItem[]): Reading | null {
  return textReading(itemTexts(items));
}

function textReading(texts: readonly string[]): Reading | null {
  const text = texts.join(', ');
  return text === '' ? null : { text, value: { kind: 'TEXT', text } };
}

/**
 * What cannot be read as its type is shown as the text that it is: objects by their name, and those of an unknown type by all that is in them; a
 * chained_list, which has no value, without text.
 *
 * @param isKnown Whether the field's type is one whose values we know: one that then shows nothing is damaged.
 * @param isNamed Whether its values are objects whose name says what they are, and whose other members are ids and the like.
 */
function readOther(items: readonly FieldItem[], isKnown: boolean, isNamed: boolean): Reading {
  const textsWith = (unnamed: (value: WireValue) => readonly string[]) =>
    items.flatMap(({ value }) => {
      const { raw } = value;
      if (typeof raw !== 'object' || raw === null) return itemTexts([{ wire: value, value }]);
      if (Array.isArray(raw)) return unnamed(value);
      return ['name', 'file_name', 'description'].map((key) => scalarText(value.at(key))).find((text) => text !== null) ?? unnamed(value);
    });
  if (isKnown) return textReading(textsWith((value) => itemTexts([{ wire: value, value }]))) ?? { text: null, value: null };
  const wholeTexts = items.flatMap(({ value }) => {
    const isObject = typeof value.raw === 'object' && value.raw !== null;
    return isObject ? innerTexts(value) : itemTexts([{ wire: value, value }]);
  });
  const all = isNamed ? textsWith(innerTexts) : wholeTexts;
  // Nothing but numbers in objects are ids of other rows.
  const shown = all.every((text) => /^\d+$/.test(text)) ? textsWith(() => []) : all;
  return textReading(shown) ?? { text: null, value: null };
}

/** The one value of a field whose type has room for one; undefined where there are several, which are shown as text. */
function onlyValue(items: readonly FieldItem[]): WireValue | undefined {
  return items.length === 1 ? items[0]?.value : undefined;
}

function readNumber(items: readonly FieldItem[]): Reading | null {
  const value = onlyValue(items);
  const text = value === undefined ? null : scalarText(value);
  if (text === null || !/^[+-]?\d{1,400}(\.\d{1,400})?$/.test(text) || !Number.isFinite(Number(text))) return null;
  return { text, value: { kind: 'NUMBER', number: Number(text), text } };
}

function readCheckbox(items: readonly FieldItem[]): Reading | null {
  const raw = onlyValue(items)?.raw;
  if (raw === true || raw === 1 || raw === '1' || raw === 'true') return { text: 'Yes', value: { kind: 'BOOLEAN', boolean: true } };
  if (raw === false || raw === 0 || raw === '0' || raw === 'false') return { text: 'No', value: { kind: 'BOOLEAN', boolean: false } };
  return null;
}

function readSeconds(value: WireValue): number | null {
  const text = scalarText(value);
  return text !== null && /^-?\d{1,20}$/.test(text) ? Number(text) : null;
}

function readDay(items: readonly FieldItem[], { zone }: FieldContext): Reading | null {
  const dayIn = (value: WireValue) => {
    const seconds = readSeconds(value);
    return seconds === null ? leadingDay(value) : dayOf(seconds, zone);
  };
  const value = onlyValue(items);
  if (value === undefined) return readSeveral(items, dayIn);
  const date = dayIn(value);
  return date === null ? null : { text: date, value: { kind: 'DATE', date } };
}

/** Several values where there is room for one: all as text, each as its type shows it where it can be read so. */
function readSeveral(items: readonly FieldItem[], show: (value: WireValue) => string | null | undefined): Reading | null {
  return textReading(items.flatMap((item) => show(item.value) ?? itemTexts([item])));
}

/** RFC 3339, which Kommo accepts when written: the day as it stands there. */
function leadingDay(value: WireValue): string | null {
  const day = /^\d{4}-\d{2}-\d{2}(?=$|T)/.exec(scalarText(value) ?? '')?.[0];
  return day !== undefined && isoTextOf(Date.parse(day) / 1000)?.startsWith(day) ? day : null;
}

function readMoment(items: readonly FieldItem[]): Reading | null {
  const value = onlyValue(items);
  if (value === undefined) return readSeveral(items, momentIn);
  const iso = momentIn(value);
  return iso === undefined ? null : { text: iso, value: { kind: 'DATE_TIME', dateTime: new Date(iso) } };
}

function momentIn(value: WireValue): string | undefined {
  const text = scalarText(value) ?? '';
  const parsed = /^\d{4}-\d{2}-\d{2}T.{1,30}$/.test(text) && /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) / 1000 : Number.NaN;
  return isoTextOf(readSeconds(value) ?? parsed);
}

function isoTextOf(seconds: number): string | undefined {
  return toMoment(seconds)?.toISOString();
}

function readOptions(items: readonly FieldItem[], { id }: FieldContext): Reading | null {
  const options = items.flatMap((item): CustomFieldOptionRecord[] =>
    itemTexts([item]).map((label) => ({
      idInSource: enumId(item) ?? `${id}/${label}`,
      code: item.wire.member(() => enumCode(item)),
      label,
      ...(item.isOptionOnly && { lacksName: true }),
    })),
  );
  return options.length === 0 ? null : { text: options.map(({ label }) => label).join(', '), value: { kind: 'SELECT', options } };
}

function readAddress(_items: readonly FieldItem[], { field }: FieldContext): Reading | null {
  const address = toSmartAddress(field);
  return address === null ? null : { text: address.text, value: { kind: 'ADDRESS', address } };
}
