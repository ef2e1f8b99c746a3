import { normalizeContactInfo } from '../../port/contact-info-value.ts';
import type { AddressRecord, ContactInfoCategory, ContactInfoRecord, ContactInfoType } from '../../port/records.ts';
import { textOrNull } from '../../wire/wire-reply.ts';
import type { OnlyofficeAddress, OnlyofficeContactInfo } from '../wire-types.ts';

/** ContactInfoType by its number on the wire. */
const TYPES = [
  'PHONE',
  'EMAIL',
  'WEBSITE',
  'SKYPE',
  'TWITTER',
  'LINKEDIN',
  'FACEBOOK',
  'ADDRESS',
  'LIVEJOURNAL',
  'MYSPACE',
  'GMAIL',
  'BLOGGER',
  'YAHOO',
  'MSN',
  'ICQ',
  'JABBER',
  'AIM',
  'VK',
] as const satisfies readonly ContactInfoType[];

// What a category's number means depends on the type of the info: Work is 1 on an e-mail and 5 on an address.
const PHONE_CATEGORIES: readonly ContactInfoCategory[] = ['HOME', 'WORK', 'MOBILE', 'FAX', 'DIRECT', 'OTHER'];
const ADDRESS_CATEGORIES: readonly ContactInfoCategory[] = ['HOME', 'POSTAL', 'OFFICE', 'BILLING', 'OTHER', 'WORK'];
const BASE_CATEGORIES: readonly ContactInfoCategory[] = ['HOME', 'WORK', 'OTHER'];

function categoriesOf(type: ContactInfoType): readonly ContactInfoCategory[] {
  if (type === 'PHONE') return PHONE_CATEGORIES;
  return type === 'ADDRESS' ? ADDRESS_CATEGORIES : BASE_CATEGORIES;
}

/** The number that stands for a type in queries; null for types that ONLYOFFICE does not have. */
export function toInfoTypeNumber(type: ContactInfoType): number | null {
  const number = TYPES.findIndex((known) => known === type);
  return number === -1 ? null : number;
}

/** The number that stands for a category of one type; null where that type has no such category. */
export function toCategoryNumber(type: ContactInfoType, category: ContactInfoCategory): number | null {
  const number = categoriesOf(type).indexOf(category);
  return number === -1 ? null : number;
}

/** Maps the infos of a contact, in the CRM's order, without addresses and empty values. */
export function toContactInfos(infos: readonly OnlyofficeContactInfo[], defaultCountry: string | undefined): ContactInfoRecord[] {
  return infos.flatMap((info): ContactInfoRecord[] => {
    const type = TYPES[info.infoType] ?? 'OTHER';
    const value = textOrNull(info.data);
    if (value === null || type === 'ADDRESS') return [];
    return [
      {
        idInSource: info.id ?? null,
        type,
        category: categoriesOf(type)[info.category ?? 0] ?? 'OTHER',
        categoryName: textOrNull(info.categoryName),
        value,
        normalizedValue: normalizeContactInfo(type, value, defaultCountry),
        isPrimary: info.isPrimary ?? false,
      },
    ];
  });
}

/**
 * Maps the addresses of a contact. An address that was stored with parts missing arrives with only the parts before the first gap, or as
 * `{}`, and without its category: what is left of it is kept, and nothing if nothing is left.
 */
export function toAddresses(addresses: readonly OnlyofficeAddress[]): AddressRecord[] {
  return addresses.flatMap((address): AddressRecord[] => {
    const street = textOrNull(address.street);
    const city = textOrNull(address.city);
    const state = textOrNull(address.state);
    const zip = textOrNull(address.zip);
    const country = textOrNull(address.country);
    const text = [street, city, state, zip, country].filter((part) => part !== null).join(', ');
    if (text === '') return [];
    return [
      {
        street,
        city,
        state,
        zip,
        country,
        category: ADDRESS_CATEGORIES[address.category ?? 0] ?? 'OTHER',
        categoryName: textOrNull(address.categoryName),
        isPrimary: address.isPrimary ?? false,
        text,
      },
    ];
  });
}
