/**
 * The gateway's own shapes: what every datasource maps its wire types to, and all that the layers above it know.
 *
 * `null` means that the CRM has no such thing or left it empty; `undefined` means that it was not asked for and can be looked up; a `Member` is
 * a SourceError where the CRM sent something that cannot be read. Records of rows read a member when it is used (wire/lazy-record.ts), so they
 * are not to be spread: see `withMembers`.
 */
import type { Damageable, Member } from './member.ts';

export const CONTACT_KINDS = ['COMPANY', 'PERSON'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** `contact` also names ONLYOFFICE's companies, whose ids do not tell them from persons. */
export type ContactEntity = 'contact' | 'company';

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

/** What a custom field holds, whatever its CRM calls that. `OTHER`: a type that the gateway does not know. */
export const CUSTOM_FIELD_TYPES = [
  'TEXT',
  'TEXT_AREA',
  'NUMBER',
  'MONEY',
  'CHECKBOX',
  'SELECT',
  'MULTISELECT',
  'DATE',
  'DATE_TIME',
  'URL',
  'ADDRESS',
  'LEGAL_ENTITY',
  'FILE',
  'HEADING',
  'OTHER',
] as const;
export type CustomFieldType = (typeof CUSTOM_FIELD_TYPES)[number];

/** One of the choices of a custom field. */
export interface CustomFieldOptionRecord {
  /** Unique within the source; where the CRM has no option ids, the field's id and the label joined by `/`. */
  readonly idInSource: string;
  readonly code: Member<string | null>;
  readonly label: string;
}

/** A custom field's definition. `undefined` members are not on the contact's row and are looked up among the definitions. */
export interface CustomFieldRecord {
  readonly idInSource: string;
  readonly code: Member<string | null>;
  readonly label: string;
  readonly type: CustomFieldType;
  /** The CRM's own name or number of the type. */
  readonly sourceType: string;
  readonly position: Member<number | null | undefined>;
  readonly mask: Member<string | null>;
  readonly options: Member<readonly CustomFieldOptionRecord[] | null | undefined>;
}

/** A value as far as it could be read as its type; one that could not be is `TEXT`. */
export type CustomFieldValueRecord =
  | { readonly kind: 'TEXT'; readonly text: string }
  | { readonly kind: 'NUMBER'; readonly number: number; readonly text: string }
  | { readonly kind: 'BOOLEAN'; readonly boolean: boolean }
  /** `date` is an RFC 3339 full-date. */
  | { readonly kind: 'DATE'; readonly date: string }
  | { readonly kind: 'DATE_TIME'; readonly dateTime: Date }
  | { readonly kind: 'SELECT'; readonly options: readonly CustomFieldOptionRecord[] }
  | { readonly kind: 'ADDRESS'; readonly address: AddressRecord }
  | {
      readonly kind: 'LEGAL_ENTITY';
      readonly name: string | null;
      readonly vatId: string | null;
      readonly postalAddress: string | null;
      readonly text: string;
    }
  | { readonly kind: 'FILE'; readonly name: string; readonly sizeBytes: number | null; readonly idInSource: string };

/** What one contact has in one custom field. */
export interface ContactCustomFieldRecord {
  readonly field: CustomFieldRecord;
  /** The value in one line, for people; null when there is none. */
  readonly text: string | null;
  readonly value: CustomFieldValueRecord | null;
}

/** A tag, on a contact or in the account's list of them. */
export interface TagRecord {
  /** Where the CRM has no tag ids, the case-folded title. */
  readonly idInSource: string;
  readonly name: string;
  readonly color: Member<string | null>;
}

/** A group that contacts are in. CallGear only. */
export interface ContactGroupRecord {
  readonly idInSource: string;
  readonly name: string;
}

/** One entry of a CRM's list of statuses or of contact types. */
export interface ListItemRecord {
  readonly idInSource: string;
  readonly name: string;
  readonly description: Member<string | null>;
  readonly color: Member<string | null>;
  readonly position: Member<number | null>;
}

/** A team of users. Kommo only. */
export interface UserGroupRecord {
  readonly idInSource: string;
  /** undefined: the row knows the group's id only; the user's own record has the name. */
  readonly name: Member<string | null | undefined>;
}

/** Somebody on the staff who works with the CRM. All but the id may be hidden from the configured account: `group` is undefined then. */
export interface UserRecord {
  readonly idInSource: string;
  readonly displayName: Member<string | null>;
  readonly jobTitle: Member<string | null>;
  readonly email: Member<string | null>;
  readonly avatarUrl: Member<string | null>;
  readonly profileUrl: Member<string | null>;
  readonly group: Member<UserGroupRecord | null | undefined>;
}

/** A user as a contact's row knows it: members left out of `known` need another call. */
export interface UserReference {
  readonly idInSource: string;
  readonly known: Partial<Omit<UserRecord, 'idInSource'>>;
  /** What the row says of the user's group, which counts only where the user's own record does not say. */
  readonly groupOnRow?: Member<UserGroupRecord | null>;
}

/** A company as a person's row knows it. */
export interface CompanyReference {
  readonly entity: ContactEntity;
  readonly idInSource: string;
  /** undefined: needs another call. */
  readonly displayName: string | undefined;
}

/** The currency of a contact. ONLYOFFICE only. */
export interface CurrencyRecord {
  readonly code: string;
  readonly name: Member<string | null>;
  readonly symbol: Member<string | null>;
  readonly cultureName: Member<string | null>;
  readonly isConvertible: Member<boolean | null>;
  readonly isBasic: Member<boolean | null>;
}

/** What a contact is shared with the staff for. ONLYOFFICE only. */
export const SHARE_TYPES = ['NONE', 'READ', 'READ_WRITE'] as const;
export type ShareType = (typeof SHARE_TYPES)[number];

/** Who may see and change a contact in its CRM. ONLYOFFICE only. */
export interface ContactAccessRecord {
  readonly shareType: ShareType;
  readonly isPrivate: boolean;
  readonly isShared: boolean;
  /** Of a private contact, those who may see it, the responsible user first. */
  readonly members: readonly UserReference[];
}

/** What is to be done about a contact. ONLYOFFICE counts, Kommo knows when the next is due; null: the CRM does not say. */
export interface TaskSummaryRecord {
  readonly count: Member<number | null>;
  readonly hasOverdue: Member<boolean | null>;
  readonly nextDueAt: Member<Date | null>;
}

/** Keys by which `findByIds('photoUrl', …)` finds the real addresses. */
export interface PhotoReference {
  readonly smallKey: string | null;
  readonly mediumKey: string | null;
}

/** An element of one of the account's lists (a product, say) as a contact's row knows it. Kommo only. */
export interface CatalogElementReference {
  /** Key for `findByIds('catalogElement', …)`: catalog id and element id joined by `/`. */
  readonly key: string;
  readonly catalogId: string;
  readonly idInSource: string;
  readonly quantity: Member<number | null>;
  readonly priceFieldId: Member<string | null>;
}

/** An element of one of the account's lists. Kommo only. */
export interface CatalogElementRecord {
  readonly catalogId: string;
  readonly idInSource: string;
  readonly name: Member<string | null>;
}

/** A deal. Kommo only. */
export interface LeadRecord {
  readonly idInSource: string;
  readonly name: Member<string | null>;
  /** In the account's currency. */
  readonly price: Member<number | null>;
  readonly statusId: Member<string | null>;
  readonly pipelineId: Member<string | null>;
  readonly responsible: Member<UserReference | null>;
  readonly createdAt: Member<Date | null>;
  readonly updatedAt: Member<Date | null>;
  readonly closedAt: Member<Date | null>;
  readonly url: Member<string | null>;
}

/** A person or company as one CRM account knows it. */
export interface ContactRecord extends Damageable {
  readonly source: string;
  readonly entity: ContactEntity;
  readonly kind: ContactKind;
  /** The CRM's own id, decimal digits; may be over 32 bit. */
  readonly idInSource: string;
  readonly accountId: Member<string | null>;
  /** Never empty: the CRM's display name, else first and last name, first e-mail or phone, else `idInSource`. */
  readonly displayName: string;
  readonly firstName: Member<string | null>;
  readonly lastName: Member<string | null>;
  readonly patronymic: Member<string | null>;
  readonly jobTitle: Member<string | null>;
  readonly about: Member<string | null>;
  readonly industry: Member<string | null>;
  readonly company: Member<CompanyReference | null>;
  /** In the CRM's order; addresses are in `addresses` only. */
  readonly contactInfos: readonly ContactInfoRecord[];
  readonly addresses: readonly AddressRecord[];
  readonly customFields: readonly ContactCustomFieldRecord[];
  /** undefined: this form of the row has none; look up with `findByIds('tags', …)`. */
  readonly tags: Member<readonly TagRecord[] | undefined>;
  readonly groups: readonly ContactGroupRecord[];
  readonly status: Member<ListItemRecord | null>;
  readonly type: Member<ListItemRecord | null>;
  readonly responsible: Member<UserReference | null>;
  readonly createdBy: Member<UserReference | null>;
  readonly updatedBy: Member<UserReference | null>;
  readonly createdAt: Member<Date | null>;
  readonly updatedAt: Member<Date | null>;
  readonly currency: Member<CurrencyRecord | null>;
  readonly access: Member<ContactAccessRecord | null>;
  readonly taskSummary: Member<TaskSummaryRecord | null>;
  readonly photo: Member<PhotoReference | null>;
  /** undefined: not asked for (detail `leads`). */
  readonly leadIds: Member<readonly string[] | undefined>;
  /** undefined: not asked for (detail `catalogElements`). */
  readonly catalogElements: Member<readonly CatalogElementReference[] | undefined>;
  readonly isUnsorted: Member<boolean | null>;
  /** The contact's page in the CRM's own screen; http or https. */
  readonly url: Member<string | null>;
  readonly viewerCanEdit: Member<boolean | null>;
  readonly viewerCanDelete: Member<boolean | null>;
  readonly personCount: Member<number | null>;
}

/** What can be found by id, and the record that each finds. */
export interface RecordByEntity {
  contact: ContactRecord;
  company: ContactRecord;
  user: UserRecord;
  lead: LeadRecord;
  catalogElement: CatalogElementRecord;
  /** Keyed by contact id: the tags of a contact whose row came without them. */
  tags: readonly TagRecord[];
  /** Keyed by a key of PhotoReference: the picture's absolute http(s) address. Absent where the contact has no photo. */
  photoUrl: string;
}
/** A name for what can be found by id. */
export type Entity = keyof RecordByEntity;
/** The record that an entity is found as. */
export type RecordOf<E extends Entity> = RecordByEntity[E];

/** The reference data of an account, by kind, and the record that each holds. */
export interface ReferenceByKind {
  statuses: ListItemRecord;
  types: ListItemRecord;
  groups: ContactGroupRecord;
  users: UserRecord;
  tags: TagRecord;
  customFields: CustomFieldRecord;
}
/** A name for one kind of reference data. */
export type ReferenceKind = keyof ReferenceByKind;
