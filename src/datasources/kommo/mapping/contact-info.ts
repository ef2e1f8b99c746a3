import { isDamaged } from '../../port/member.ts';
import type { ContactInfoCategory, ContactInfoRecord, ContactInfoType } from '../../port/records/contact-info.ts';
import { ReadContactInfo, type ContactInfoParts } from '../../wire/read-contact-info.ts';
import { readText } from '../wire-text.ts';
import { enumCode, fieldItems, type FieldItem, type KommoField } from './field.ts';

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
export function isCustomFieldCode(code: string | null): boolean {
  return code === null || (!CONTACT_INFO_CODES.has(code) && code !== JOB_TITLE_CODE);
}

/** Phones, e-mails and messengers of one contact, in Kommo's order. Kommo marks none as primary. */
export function toContactInfos(fields: readonly KommoField[], defaultCountry: string | undefined): ContactInfoRecord[] {
  return fields.flatMap((field) => {
    const { code, wire } = field;
    if (code === null || !CONTACT_INFO_CODES.has(code)) return [];
    // One that cannot be read is reported, and takes none of the others with it.
    const infos = wire.member(() => fieldItems(field));
    if (isDamaged(infos)) return [];
    return infos.flatMap((item) => {
      const info = item.value.member(() => toContactInfo(code, item, defaultCountry));
      return info === null || isDamaged(info) ? [] : [info];
    });
  });
}

function toContactInfo(fieldCode: string, item: FieldItem, defaultCountry: string | undefined): ContactInfoRecord | null {
  const value = readText(item.value);
  if (value === null) return null;
  const categoryName = item.wire.member(() => enumCode(item));
  const known = isDamaged(categoryName) ? null : categoryName;
  const type = fieldCode === 'PHONE' || fieldCode === 'EMAIL' ? fieldCode : (MESSENGER_BY_ENUM_CODE[known?.toUpperCase() ?? ''] ?? 'OTHER');
  const parts: ContactInfoParts = {
    idInSource: null,
    type,
    category: !KOMMO_CATEGORISED_TYPES.has(type) ? null : isDamaged(categoryName) ? categoryName : toCategory(known),
    categoryName,
    value,
    isPrimary: null,
  };
  return new ReadContactInfo(parts, defaultCountry);
}

function toCategory(code: string | null): ContactInfoCategory | null {
  return code === null ? null : (CATEGORY_BY_ENUM_CODE[code.toUpperCase()] ?? 'OTHER');
}

/** The job title, or all of them: Kommo keeps it in the predefined field with code POSITION. */
export function toJobTitle(fields: readonly KommoField[]): string | null {
  const items = fields.filter((field) => field.code === JOB_TITLE_CODE).flatMap((field) => fieldItems(field));
  const titles = items.flatMap(({ value }) => readText(value) ?? []);
  return titles.length === 0 ? null : titles.join(', ');
}
