import type { Member } from '../member.ts';

/** The types of all CRMs together. No ContactInfoRecord is an `ADDRESS`: records hold their addresses apart. */
export const CONTACT_INFO_TYPES = [
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
  'GTALK',
  'OTHER',
] as const;

export type ContactInfoType = (typeof CONTACT_INFO_TYPES)[number];

/** What a contact info or address is used for: the categories of all CRMs together. */
export const CONTACT_INFO_CATEGORIES = ['HOME', 'WORK', 'MOBILE', 'FAX', 'DIRECT', 'POSTAL', 'OFFICE', 'BILLING', 'OTHER'] as const;

export type ContactInfoCategory = (typeof CONTACT_INFO_CATEGORIES)[number];

/** One way to reach a contact, but for its addresses. */
export interface ContactInfoRecord {
  readonly idInSource: Member<string | null>;
  readonly type: ContactInfoType;
  readonly category: Member<ContactInfoCategory | null>;
  /** The CRM's own word for the category, as it displays it. */
  readonly categoryName: Member<string | null>;
  /** As the CRM stores it, trimmed; never empty. */
  readonly value: string;
  /** A phone in E.164, an e-mail in lower case; null where no rule applies or the value cannot be read. */
  readonly normalizedValue: string | null;
  /** null where the CRM marks none. */
  readonly isPrimary: Member<boolean | null>;
}

/** A postal address in parts. A part that the CRM has not, or has left empty, is null. */
export interface AddressRecord {
  readonly street: Member<string | null>;
  readonly city: Member<string | null>;
  readonly state: Member<string | null>;
  readonly zip: Member<string | null>;
  readonly country: Member<string | null>;
  readonly category: Member<ContactInfoCategory | null>;
  readonly categoryName: Member<string | null>;
  readonly isPrimary: Member<boolean | null>;
  /** The parts that exist, in one line; never empty. */
  readonly text: string;
}
