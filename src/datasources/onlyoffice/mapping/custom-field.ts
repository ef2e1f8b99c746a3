import { valueOr } from '../../port/member.ts';
import type {
  ContactCustomFieldRecord,
  CustomFieldOptionRecord,
  CustomFieldRecord,
  CustomFieldType,
  CustomFieldValueRecord,
} from '../../port/records.ts';
import { textOrNull } from '../../wire/wire-reply.ts';
import { readCalendarDate } from './portal-date.ts';
import type { OnlyofficeCustomField } from '../wire-types.ts';

/** CustomFieldType by its number on the wire, with the vendor's own name. */
const TYPES: readonly { readonly type: CustomFieldType; readonly sourceType: string }[] = [
  { type: 'TEXT', sourceType: 'TextField' },
  { type: 'TEXT_AREA', sourceType: 'TextArea' },
  { type: 'SELECT', sourceType: 'SelectBox' },
  { type: 'CHECKBOX', sourceType: 'CheckBox' },
  { type: 'HEADING', sourceType: 'Heading' },
  { type: 'DATE', sourceType: 'Date' },
];

/** Maps a definition; a contact's own field carries the whole definition too. */
export function toCustomField(field: OnlyofficeCustomField): CustomFieldRecord {
  const { type, sourceType } = TYPES[field.fieldType] ?? { type: 'OTHER', sourceType: String(field.fieldType) };
  return {
    idInSource: field.id,
    code: null,
    label: textOrNull(field.label) ?? field.id,
    type,
    sourceType,
    position: field.position ?? 0,
    mask: textOrNull(field.mask),
    options: type === 'SELECT' ? toOptions(field) : null,
  };
}

/** The choices of a SelectBox are a JSON array of texts inside the mask; null when they cannot be read. */
function toOptions({ id, mask }: OnlyofficeCustomField): CustomFieldOptionRecord[] | null {
  let labels: unknown;
  try {
    labels = JSON.parse(mask ?? '');
  } catch {
    return null;
  }
  if (!Array.isArray(labels)) return null;
  const texts = labels.flatMap((label: unknown) => (typeof label === 'string' ? (textOrNull(label) ?? []) : []));
  return [...new Set(texts)].map((label) => toOption(id, label));
}

function toOption(fieldId: string, label: string): CustomFieldOptionRecord {
  return { idInSource: `${fieldId}/${label}`, code: null, label };
}

/** Maps what a contact has in its custom fields. Headings, which only single reads give, have neither text nor value; empty fields are left out. */
export function toContactCustomFields(fields: readonly OnlyofficeCustomField[]): ContactCustomFieldRecord[] {
  return fields.flatMap((wireField): ContactCustomFieldRecord[] => {
    const field = toCustomField(wireField);
    if (field.type === 'HEADING') return [{ field, text: null, value: null }];
    const text = textOrNull(wireField.fieldValue);
    return text === null ? [] : [{ field, text, value: toValue(field, text) }];
  });
}

function toValue(field: CustomFieldRecord, text: string): CustomFieldValueRecord {
  switch (field.type) {
    case 'CHECKBOX':
      // Anything but "true" is shown as unchecked.
      return { kind: 'BOOLEAN', boolean: text.toLowerCase() === 'true' };
    case 'SELECT': {
      const known = valueOr(field.options, null)?.find(({ label }) => label === text);
      return { kind: 'SELECT', options: [known ?? toOption(field.idInSource, text)] };
    }
    case 'DATE': {
      const date = readCalendarDate(text);
      return date === null ? { kind: 'TEXT', text } : { kind: 'DATE', date };
    }
    default:
      return { kind: 'TEXT', text };
  }
}
