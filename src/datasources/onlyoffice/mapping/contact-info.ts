import type { AddressRecord, ContactInfoCategory, ContactInfoRecord, ContactInfoType } from '../../port/records/contact-info.ts';
import { ReadContactInfo, type ContactInfoParts } from '../../wire/read-contact-info.ts';
import type { WireRow } from '../../wire/wire-value.ts';
import { readInnerId, readRequiredNumber } from './wire-parts.ts';

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

/** Reads the infos of a contact, in the CRM's order, without addresses and empty values. */
export function readContactInfos(row: WireRow, defaultCountry: string | undefined): ContactInfoRecord[] {
  return row.at('commonData').list((info): ContactInfoRecord | null => {
    const type = TYPES[readRequiredNumber(info.object().at('infoType'))] ?? 'OTHER';
    if (type === 'ADDRESS') return null;
    const value = info.at('data').text();
    if (value === null) return null;
    const parts: ContactInfoParts = {
      idInSource: info.at('id').member(readInnerId),
      type,
      category: info.at('category').member((category) => categoriesOf(type)[category.number() ?? 0] ?? 'OTHER'),
      categoryName: info.at('categoryName').member((name) => name.text()),
      value,
      isPrimary: info.at('isPrimary').member((flag) => flag.flag() ?? false),
    };
    return new ReadContactInfo(parts, defaultCountry);
  });
}

/**
 * Reads the addresses of a contact. An address that was stored with parts missing arrives with only the parts before the first gap, or as
 * `{}`, and without its category: what is left of it is kept, and nothing if nothing is left.
 */
export function readAddresses(row: WireRow): AddressRecord[] {
  return row.at('addresses').list((address): AddressRecord | null => {
    const part = (key: string) => address.at(key).member((value) => value.text());
    // An item that is no object has no parts.
    address.object();
    const [street, city, state, zip, country] = [part('street'), part('city'), part('state'), part('zip'), part('country')] as const;
    const text = [street, city, state, zip, country].filter((one) => typeof one === 'string').join(', ');
    if (text === '') return null;
    return {
      street,
      city,
      state,
      zip,
      country,
      category: address.at('category').member((category) => ADDRESS_CATEGORIES[category.number() ?? 0] ?? 'OTHER'),
      categoryName: address.at('categoryName').member((name) => name.text()),
      isPrimary: address.at('isPrimary').member((flag) => flag.flag() ?? false),
      text,
    };
  });
}
