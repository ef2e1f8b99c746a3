import { normalizeContactInfo } from '../../port/contact-info-value.ts';
import type { ContactInfoCategory, ContactInfoRecord, ContactInfoType } from '../../port/records.ts';
import { toText } from '../wire-text.ts';
import { kommoMultitextItem, type KommoFieldValues } from '../wire-types.ts';

/** Kommo's predefined fields that are members of a contact of their own, not custom fields. Field ids differ between accounts, codes do not. */
const CONTACT_INFO_CODES: ReadonlySet<string> = new Set(['PHONE', 'EMAIL', 'IM']);
const JOB_TITLE_CODE = 'POSITION';

const CATEGORY_BY_ENUM_CODE: Readonly<Record<string, ContactInfoCategory>> = {
  WORK: 'WORK',
  WORKDD: 'DIRECT',
  MOB: 'MOBILE',
  FAX: 'FAX',
  HOME: 'HOME',
  PRIV: 'HOME',
  OTHER: 'OTHER',
};

const MESSENGER_BY_ENUM_CODE: Readonly<Record<string, ContactInfoType>> = {
  SKYPE: 'SKYPE',
  ICQ: 'ICQ',
  JABBER: 'JABBER',
  GTALK: 'GTALK',
  MSN: 'MSN',
};

/** Contact info types that a Kommo contact can have. */
export const KOMMO_CONTACT_INFO_TYPES: ReadonlySet<ContactInfoType> = new Set([
  'PHONE',
  'EMAIL',
  'SKYPE',
  'ICQ',
  'JABBER',
  'GTALK',
  'MSN',
  'OTHER',
  'ADDRESS',
]);

/** Contact info types whose entries Kommo puts into categories. */
export const KOMMO_CATEGORISED_TYPES: ReadonlySet<ContactInfoType> = new Set(['PHONE', 'EMAIL']);

/** Whether a field is a custom field to us: all but phones, e-mails, messengers and the job title. */
export function isCustomFieldCode(code: string | null | undefined): boolean {
  const known = code?.toUpperCase() ?? '';
  return !CONTACT_INFO_CODES.has(known) && known !== JOB_TITLE_CODE;
}

/** Phones, e-mails and messengers of one contact, in Kommo's order. Kommo marks none as primary. */
export function toContactInfos(fields: readonly KommoFieldValues[], defaultCountry: string | undefined): ContactInfoRecord[] {
  return fields.flatMap((field) => {
    const code = field.field_code?.toUpperCase() ?? '';
    if (!CONTACT_INFO_CODES.has(code)) return [];
    return (field.values ?? []).flatMap((item) => toContactInfo(code, item, defaultCountry) ?? []);
  });
}

function toContactInfo(fieldCode: string, item: unknown, defaultCountry: string | undefined): ContactInfoRecord | null {
  const parsed = kommoMultitextItem.safeParse(item);
  const value = parsed.success ? toText(parsed.data.value) : null;
  if (!parsed.success || value === null) return null;
  const enumCode = toText(parsed.data.enum_code ?? parsed.data.enum);
  const type =
    fieldCode === 'PHONE' || fieldCode === 'EMAIL' ? fieldCode : (MESSENGER_BY_ENUM_CODE[enumCode?.toUpperCase() ?? ''] ?? 'OTHER');
  return {
    idInSource: null,
    type,
    category: KOMMO_CATEGORISED_TYPES.has(type) ? toCategory(enumCode) : null,
    categoryName: enumCode,
    value,
    normalizedValue: normalizeContactInfo(type, value, defaultCountry),
    isPrimary: null,
  };
}

function toCategory(enumCode: string | null): ContactInfoCategory | null {
  if (enumCode === null) return null;
  return CATEGORY_BY_ENUM_CODE[enumCode.toUpperCase()] ?? 'OTHER';
}

/** The job title: Kommo keeps it in the predefined field with code POSITION. */
export function toJobTitle(fields: readonly KommoFieldValues[]): string | null {
  for (const field of fields) {
    if (field.field_code?.toUpperCase() !== JOB_TITLE_CODE) continue;
    for (const item of field.values ?? []) {
      const parsed = kommoMultitextItem.safeParse(item);
      const title = parsed.success ? toText(parsed.data.value) : null;
      if (title !== null) return title;
    }
  }
  return null;
}
