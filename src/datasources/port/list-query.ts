export { CONTACT_FILTER_FIELDS, type ContactFilterField } from './contact-filter-field.ts';
import type { ContactKind } from './records/contact.ts';
import type { ContactInfoCategory, ContactInfoType } from './records/contact-info.ts';

/** A part of a contact that costs more to read, so it is asked for only when a query selects it. */
export const DETAILS = ['leads', 'catalogElements', 'tags'] as const;
export type Detail = (typeof DETAILS)[number];

/** What lists can be sorted by, as far as a source can: see `SourceCapabilities.orderFields`. */
export const CONTACT_ORDER_FIELDS = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT'] as const;
export type ContactOrderField = (typeof CONTACT_ORDER_FIELDS)[number];

/** By what a list is sorted, and which end comes first. */
export interface ContactOrder {
  readonly field: ContactOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/** What one contact info of a contact has to be: all members of one and the same. A missing member is no condition. */
export interface ContactInfoCondition {
  readonly type: ContactInfoType;
  /** Trimmed; never empty. */
  readonly value: string;
  readonly match: 'EXACT' | 'CONTAINS';
  readonly category?: ContactInfoCategory;
  readonly isPrimary?: boolean;
}

/** Both ends included; either may be missing. */
export interface DateTimeRange {
  readonly from?: Date;
  readonly to?: Date;
}

/**
 * What a row must satisfy, for one source: members are ANDed, a missing member is no condition.
 * Ids are the source's own; an id member never arrives empty (the planner above answers those without the source).
 */
export interface SourceFilter {
  readonly search?: string;
  /** Any of. */
  readonly contactInfos?: readonly ContactInfoCondition[];
  readonly kind?: ContactKind;
  /** All of, ignoring case. */
  readonly tags?: readonly string[];
  /** Any of; and so on. */
  readonly statusIds?: readonly string[];
  readonly typeIds?: readonly string[];
  readonly responsibleIds?: readonly string[];
  readonly groupIds?: readonly string[];
  readonly companyIds?: readonly string[];
  readonly hasLeads?: boolean;
  readonly isShared?: boolean;
  readonly createdAt?: DateTimeRange;
  readonly updatedAt?: DateTimeRange;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** What one source is asked to plan. */
export interface ListQuery {
  readonly filter: SourceFilter;
  readonly order: ContactOrder;
  readonly details: ReadonlySet<Detail>;
}
