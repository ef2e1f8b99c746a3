import {
  CONTACT_INFO_CATEGORIES,
  CONTACT_INFO_TYPES,
  type AddressRecord,
  type ContactInfoCategory as Category,
  type ContactInfoRecord,
  type ContactInfoType as Type,
  type ContactRecord,
} from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactInfoType = builder.enumType('ContactInfoType', {
  description: 'By which way a contact is reached. New values may be added: treat one you do not know like OTHER.',
  values: describedValues<Type>(CONTACT_INFO_TYPES, {
    PHONE: 'A telephone or fax number.',
    EMAIL: 'An e-mail address.',
    WEBSITE: 'A web site.',
    SKYPE: 'A Skype name.',
    TWITTER: 'An account on Twitter (X).',
    LINKEDIN: 'A LinkedIn profile.',
    FACEBOOK: 'A Facebook profile.',
    ADDRESS: 'A postal address in one line; in parts it is in `Contact.addresses`.',
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
  description: 'What a way to reach a contact is used for. New values may be added: treat one you do not know like OTHER.',
  values: describedValues<Category>(CONTACT_INFO_CATEGORIES, {
    HOME: 'At home.',
    WORK: 'At work.',
    MOBILE: 'A mobile phone.',
    FAX: 'A fax.',
    DIRECT: 'A direct line at work.',
    POSTAL: 'An address for letters.',
    OFFICE: 'An address of an office.',
    BILLING: 'An address for bills.',
    OTHER: 'Something else; `categoryName` holds the word that the CRM has for it.',
  }),
});

export const ContactInfo = builder.objectRef<ContactInfoRecord>('ContactInfo').implement({
  description: 'One way to reach a contact.',
  fields: (t) => ({
    idInSource: t.exposeString('idInSource', { description: "The CRM's own id of this entry. ONLYOFFICE only." }),
    type: t.expose('type', { type: ContactInfoType, nullable: false, description: 'By which way.' }),
    category: t.expose('category', {
      type: ContactInfoCategory,
      description: 'What it is used for. Null in CallGear, which does not tell.',
    }),
    categoryName: t.exposeString('categoryName', {
      description: "The category in the CRM's own words and language. Null where the CRM has none.",
    }),
    value: t.exposeString('value', { nullable: false, description: 'As the CRM stores it, without blanks around it; never empty.' }),
    normalizedValue: t.exposeString('normalizedValue', {
      description: 'To compare by: a phone as E.164, an e-mail in lower case. Null for other types, and when the value cannot be read.',
    }),
    isPrimary: t.exposeBoolean('isPrimary', {
      description: 'Whether it is the main one of its type. Null in Kommo and CallGear, which do not tell.',
    }),
  }),
});

/** Those of one type, the primary first and the rest in the CRM's order. */
export function infosOfType(record: ContactRecord, type: Type): readonly ContactInfoRecord[] {
  const infos = record.contactInfos.filter((info) => info.type === type);
  return [...infos.filter((info) => info.isPrimary === true), ...infos.filter((info) => info.isPrimary !== true)];
}

/**
 * Those of the types asked for; of all but ADDRESS when none is named.
 * Addresses are records of their own and become contact infos only when asked for by type.
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
