import { isDamaged, MEMBER_NAMES } from '../../port/member.ts';
import type {
  ContactCustomFieldRecord,
  CustomFieldOptionRecord,
  CustomFieldRecord,
  CustomFieldType,
  CustomFieldValueRecord,
} from '../../port/records/custom-field.ts';
import { textOrNull } from '../../wire/wire-reply.ts';
import { Unreadable, type WireRow, type WireValue } from '../../wire/wire-value.ts';
import { readCalendarDate } from './portal-date.ts';
import { readInteger, readRequiredNumber, readTyped } from './wire-parts.ts';

/** CustomFieldType by its number on the wire, with the vendor's own name. */
const TYPES: readonly { readonly type: CustomFieldType; readonly sourceType: string }[] = [
  { type: 'TEXT', sourceType: 'TextField' },
  { type: 'TEXT_AREA', sourceType: 'TextArea' },
  { type: 'SELECT', sourceType: 'SelectBox' },
  { type: 'CHECKBOX', sourceType: 'CheckBox' },
  { type: 'HEADING', sourceType: 'Heading' },
  { type: 'DATE', sourceType: 'Date' },
];

/** Reads a definition; a contact's own field carries the whole definition too. @throws Unreadable for one without an id or a type. */
export function readCustomField(field: WireValue): CustomFieldRecord {
  const number = readRequiredNumber(field.object().at('fieldType'));
  const { type, sourceType } = TYPES[number] ?? { type: 'OTHER', sourceType: String(number) };
  const idInSource = field.at('id').id();
  if (idInSource === null) throw new Unreadable(field.at('id'));
  const mask = field.at('mask').member((text) => text.text());
  const label = field.at('label').text() ?? idInSource;
  const position = field.at('position').member((place) => readInteger(place) ?? 0);
  return new PortalField({ idInSource, label, type, sourceType, position, mask });
}

/** Members that are made when they are read. */
const LAZY_MEMBERS = ['options'];

/** A definition whose options are read when somebody wants them: the mask repeats all choices on every row. A class for the reason of `ReadContactInfo`. */
class PortalField implements CustomFieldRecord {
  readonly idInSource: string;
  readonly code = null;
  readonly label: string;
  readonly type: CustomFieldType;
  readonly sourceType: string;
  readonly position: CustomFieldRecord['position'];
  readonly mask: CustomFieldRecord['mask'];

  constructor({ idInSource, label, type, sourceType, position, mask }: Omit<CustomFieldRecord, 'code' | 'options'>) {
    this.idInSource = idInSource;
    this.label = label;
    this.type = type;
    this.sourceType = sourceType;
    this.position = position;
    this.mask = mask;
  }

  get options(): CustomFieldRecord['options'] {
    if (this.type !== 'SELECT') return null;
    return isDamaged(this.mask) ? this.mask : toOptions(this.idInSource, this.mask ?? '');
  }

  get [MEMBER_NAMES](): readonly string[] {
    return LAZY_MEMBERS;
  }
}

/** The choices of a SelectBox are a JSON array of texts inside the mask; null when they cannot be read. */
function toOptions(fieldId: string, mask: string): CustomFieldOptionRecord[] | null {
  let labels: unknown;
  try {
    labels = JSON.parse(mask);
  } catch {
    return null;
  }
  if (!Array.isArray(labels)) return null;
  const texts = labels.flatMap((label: unknown) => (typeof label === 'string' ? (textOrNull(label) ?? []) : []));
  return [...new Set(texts)].map((label) => toOption(fieldId, label));
}

function toOption(fieldId: string, label: string): CustomFieldOptionRecord {
  return { idInSource: `${fieldId}/${label}`, code: null, label };
}

/** Reads what a contact has in its custom fields. Headings, which only single reads give, have neither text nor value; empty fields are left out. */
export function readContactCustomFields(row: WireRow): ContactCustomFieldRecord[] {
  return row.at('customFields').list((wireField): ContactCustomFieldRecord | null => {
    const field = readCustomField(wireField);
    if (field.type === 'HEADING') return { field, text: null, value: null };
    const text = readTyped(wireField.at('fieldValue'));
    return text === null ? null : { field, text, value: toValue(field, text) };
  });
}

function toValue({ idInSource, type }: CustomFieldRecord, text: string): CustomFieldValueRecord {
  switch (type) {
    case 'CHECKBOX':
      // Anything but "true" is shown as unchecked.
      return { kind: 'BOOLEAN', boolean: text.toLowerCase() === 'true' };
    case 'SELECT':
      return { kind: 'SELECT', options: [toOption(idInSource, text)] };
    case 'DATE': {
      const date = readCalendarDate(text);
      return date === null ? { kind: 'TEXT', text } : { kind: 'DATE', date };
    }
    default:
      return { kind: 'TEXT', text };
  }
}
