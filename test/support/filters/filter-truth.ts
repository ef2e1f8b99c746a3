import type { StoredAddress, StoredContact, StoredInfo } from './stored-contacts.ts';
import type { SourceName } from '../gateway.ts';

/** `ContactFilter` as a client sends it, but for ids, which say whose they are. */
export interface AskedFilter {
  readonly search?: string;
  readonly contactInfos?: readonly AskedInfo[];
  readonly kind?: 'PERSON' | 'COMPANY';
  readonly tags?: readonly string[];
  readonly statusIds?: readonly AskedId[];
  readonly typeIds?: readonly AskedId[];
  readonly responsibleIds?: readonly AskedId[];
  readonly groupIds?: readonly AskedId[];
  readonly companyIds?: readonly AskedId[];
  readonly hasLeads?: boolean;
  readonly isShared?: boolean;
  readonly createdAt?: AskedRange;
  readonly updatedAt?: AskedRange;
  readonly firstName?: string;
  readonly lastName?: string;
}

export interface AskedInfo {
  readonly type: string;
  readonly value: string;
  readonly match?: 'EXACT' | 'CONTAINS';
  readonly category?: string;
  readonly isPrimary?: boolean;
}

export interface AskedId {
  readonly source: SourceName;
  readonly id: string;
}

/** RFC 3339. */
export interface AskedRange {
  readonly from?: string;
  readonly to?: string;
}

/**
 * Whether a stored contact is one that the filter asks for, by the words of the schema alone. `search` is each CRM's own and is not looked at.
 *
 * @param phoneKey By which two spellings of a phone are one number.
 */
export function isAskedFor(contact: StoredContact, filter: AskedFilter, phoneKey: PhoneKey = internationalDigits): boolean {
  const { contactInfos, kind, tags, hasLeads, isShared, firstName, lastName } = filter;
  return (
    (!contactInfos?.length || contactInfos.some((asked) => hasInfo(contact, asked, phoneKey))) &&
    (kind === undefined || contact.kind === kind) &&
    (tags ?? []).every((tag) => contact.tags.some((own) => isSame(own, tag))) &&
    isAnyOf([contact.statusId], filter.statusIds, contact) &&
    isAnyOf([contact.typeId], filter.typeIds, contact) &&
    isAnyOf(contact.responsibleIds, filter.responsibleIds, contact) &&
    isAnyOf(contact.groupIds, filter.groupIds, contact) &&
    isAnyOf([contact.companyId], filter.companyIds, contact) &&
    (hasLeads === undefined || contact.hasLeads === hasLeads) &&
    (isShared === undefined || contact.isShared === isShared) &&
    isWithin(contact.createdAt, filter.createdAt) &&
    isWithin(contact.updatedAt, filter.updatedAt) &&
    (firstName === undefined || isSame(contact.firstName, firstName)) &&
    (lastName === undefined || isSame(contact.lastName, lastName))
  );
}

/** Makes of a phone the text by which two spellings of it are one. */
export type PhoneKey = (phone: string) => string;

/** The digits of an international number, whether it was written with `+`, `00` or nothing before it. */
export function internationalDigits(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^00/, '');
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function isPart(whole: string, part: string): boolean {
  return whole.toLowerCase().includes(part.trim().toLowerCase());
}

function isAnyOf(ids: readonly (string | null)[], asked: readonly AskedId[] | undefined, { source }: StoredContact): boolean {
  return !asked?.length || asked.some((wanted) => wanted.source === source && ids.includes(wanted.id));
}

function isWithin(at: number | null, range: AskedRange | undefined): boolean {
  if (range?.from === undefined && range?.to === undefined) return true;
  if (at === null) return false;
  return (range.from === undefined || at >= Date.parse(range.from)) && (range.to === undefined || at <= Date.parse(range.to));
}

function hasInfo(contact: StoredContact, asked: AskedInfo, phoneKey: PhoneKey): boolean {
  const isMarked = ({ category, isPrimary }: Pick<StoredInfo, 'category' | 'isPrimary'>): boolean =>
    (asked.category === undefined || category === asked.category) && (asked.isPrimary === undefined || isPrimary === asked.isPrimary);
  if (asked.type === 'ADDRESS') return contact.addresses.some((address) => isMarked(address) && isAddress(address, asked));
  return contact.infos.some((info) => info.type === asked.type && isMarked(info) && isValue(info.value, asked, phoneKey));
}

function isAddress({ parts }: StoredAddress, { value, match }: AskedInfo): boolean {
  return parts.some((part) => (match === 'CONTAINS' ? isPart(part, value) : isSame(part, value)));
}

function isValue(stored: string, { type, value, match }: AskedInfo, phoneKey: PhoneKey): boolean {
  if (type === 'PHONE' && /\d/.test(value)) {
    const digits = value.replace(/\D/g, '');
    return match === 'CONTAINS'
      ? [phoneKey(stored), stored.replace(/\D/g, '')].some((text) => text.includes(digits))
      : phoneKey(stored) === phoneKey(value);
  }
  return match === 'CONTAINS' ? isPart(stored, value) : isSame(stored, value);
}
