import { orThrow } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import {
  CONTACT_INFO_CATEGORIES,
  CONTACT_INFO_TYPES,
  type AddressRecord,
  type ContactInfoCategory as Category,
  type ContactInfoRecord,
  type ContactInfoType as Type,
} from '../../datasources/port/records/contact-info.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactInfoType = builder.enumType('ContactInfoType', {
  description: 'The channel by which a contact is reached. New values may be added: treat an unknown one like OTHER.',
  values: describedValues<Type>(CONTACT_INFO_TYPES, {
    PHONE: 'A telephone or fax number.',
    EMAIL: 'An e-mail address.',
    WEBSITE: 'The address of a web page.',
    SKYPE: 'A Skype name.',
    TWITTER: 'An account on Twitter (X).',
    LINKEDIN: 'A LinkedIn profile.',
    FACEBOOK: 'A Facebook profile.',
    ADDRESS: 'A postal address in one line. Its parts are in `Contact.addresses`.',
    LIVEJOURNAL: 'A LiveJournal blog.',
    MYSPACE: 'A Myspace profile.',
    GMAIL: 'A Google account.',
    BLOGGER: 'A Blogger blog.',
    YAHOO: 'A Yahoo account.',
    MSN: 'An MSN account.',
    ICQ: 'An ICQ number.',
    JABBER: 'A Jabber (XMPP) address.',
    AIM: 'An AOL Instant Messenger name.',
    VK: 'A VK profile.',
    GTALK: 'A Google Talk name.',
    OTHER: 'Another messenger or service; `categoryName` may name it.',
  }),
});

export const ContactInfoCategory = builder.enumType('ContactInfoCategory', {
  description: 'What a contact info or an address is used for. New values may be added: treat an unknown one like OTHER.',
  values: describedValues<Category>(CONTACT_INFO_CATEGORIES, {
    HOME: 'Private use.',
    WORK: 'Business use.',
    MOBILE: 'A mobile phone number.',
    FAX: 'A fax number.',
    DIRECT: 'A direct phone line at work.',
    POSTAL: 'An address for letters.',
    OFFICE: 'The address of an office.',
    BILLING: 'An address for invoices.',
    OTHER: "Another category; `categoryName` holds the CRM's own name for it.",
  }),
});

export const ContactInfo = builder.objectRef<ContactInfoRecord>('ContactInfo').implement({
  description: 'A phone number, an e-mail address or another way to reach a contact.',
  fields: (t) => ({
    idInSource: t.exposeString('idInSource', { availability: 'contactInfo.idInSource', description: "The CRM's own ID of this entry." }),
    type: t.expose('type', { type: ContactInfoType, nullable: false, description: 'The channel: phone, e-mail and so on.' }),
    category: t.field({
      type: ContactInfoCategory,
      availability: 'contactInfo.category',
      description: 'What the entry is used for.',
      resolve: ({ category }) => orThrow(category),
    }),
    categoryName: t.exposeString('categoryName', {
      availability: 'contactInfo.categoryName',
      description: "The category as the CRM names it, in the account's language.",
    }),
    value: t.exposeString('value', {
      nullable: false,
      description: 'The text as stored in the CRM, without surrounding spaces. Never empty.',
    }),
    normalizedValue: t.exposeString('normalizedValue', {
      description:
        'The value in a form for comparisons: a phone number in E.164, an e-mail address in lower case. Null for other types, and when the value cannot be parsed.',
    }),
    isPrimary: t.exposeBoolean('isPrimary', {
      availability: 'contactInfo.isPrimary',
      description: 'Whether it is the main entry of its type.',
    }),
  }),
});

/** Returns the contact infos of one type, the primary one first and the others in the CRM's order. */
export function infosOfType(record: ContactRecord, type: Type): readonly ContactInfoRecord[] {
  const infos = record.contactInfos.filter((info) => info.type === type);
  // Nearly always they are: a list that is sorted is a list more.
  const isInOrder = infos.every(({ isPrimary }, place) => isPrimary !== true || place === 0 || infos[place - 1]?.isPrimary === true);
  return isInOrder ? infos : infos.toSorted((one, other) => Number(other.isPrimary === true) - Number(one.isPrimary === true));
}

/**
 * Returns the contact infos of the requested types; all but ADDRESS when none is named.
 * Addresses are records of their own and become contact infos only when their type is named.
 */
export function infosOfTypes(record: ContactRecord, types: readonly Type[] | null | undefined): readonly ContactInfoRecord[] {
  if (types === null || types === undefined || types.length === 0) return record.contactInfos;
  const infos = record.contactInfos.filter((info) => types.includes(info.type));
  return types.includes('ADDRESS') ? [...infos, ...record.addresses.map(toContactInfo)] : infos;
}

function toContactInfo(address: AddressRecord): ContactInfoRecord {
  const { category, categoryName, isPrimary, text } = address;
  return { idInSource: null, type: 'ADDRESS', category, categoryName, value: text, normalizedValue: null, isPrimary };
}
