/**
 * The gateway's own shapes: what every datasource maps its wire types to, and all that the layers above it know.
 *
 * `null` means that the CRM has no such thing or left it empty; `undefined` means that it was not asked for and can be looked up; a `Member` is
 * a SourceError where the CRM sent something that cannot be read. Records of rows read a member when it is used (wire/lazy-record.ts), so they
 * are not to be spread: see `withMembers`.
 */
import type { Damageable, Member } from '../member.ts';
import type { AddressRecord, ContactInfoRecord } from './contact-info.ts';
import type { ContactCustomFieldRecord } from './custom-field.ts';
import type { UserReference } from './staff.ts';
import type { CatalogElementReference } from './sales.ts';
import type { ContactGroupRecord, ListItemRecord, TagRecord } from './classification.ts';

export const CONTACT_KINDS = ['COMPANY', 'PERSON'] as const;

export type ContactKind = (typeof CONTACT_KINDS)[number];

/** `contact` also names ONLYOFFICE's companies, whose ids do not tell them from persons. */
export type ContactEntity = 'contact' | 'company';

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
