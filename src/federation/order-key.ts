import { normalForm } from '../datasources/port/normal-form.ts';
import type { ContactOrder, ContactOrderField } from '../datasources/port/list-query.ts';
import { valueOr } from '../datasources/port/member.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';

/** Texts for names, Unix milliseconds for dates. All keys of one order are of one type. */
export type OrderKey = string | number;

/** A record and its place in the merged order. */
export interface RankedRecord {
  readonly record: ContactRecord;
  readonly key: OrderKey;
}

/** The member of a record that each order sorts by. */
export const MEMBER_SORTED_BY = {
  DISPLAY_NAME: 'displayName',
  FIRST_NAME: 'firstName',
  LAST_NAME: 'lastName',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
} as const satisfies Record<ContactOrderField, keyof ContactRecord>;

/** Puts a record together with its key in an order. */
export function ranked(record: ContactRecord, field: ContactOrderField): RankedRecord {
  return { record, key: orderKey(record, field) };
}

/**
 * Makes the key by which rows of different sources are compared.
 *
 * It is fixed by Unicode's own tables (NFKD, marks stripped, lower case, code units), not by `Intl`, whose collation changes with Node.
 * A missing name is the empty text, a missing date comes before all dates; so are those that cannot be read.
 */
export function orderKey(record: ContactRecord, field: ContactOrderField): OrderKey {
  switch (field) {
    case 'DISPLAY_NAME':
      return textKey(record.displayName);
    case 'FIRST_NAME':
      return textKey(valueOr(record.firstName, null));
    case 'LAST_NAME':
      return textKey(valueOr(record.lastName, null));
    case 'CREATED_AT':
      return valueOr(record.createdAt, null)?.getTime() ?? Number.NEGATIVE_INFINITY;
    case 'UPDATED_AT':
      return valueOr(record.updatedAt, null)?.getTime() ?? Number.NEGATIVE_INFINITY;
  }
}

/** Compares two keys in the order's direction: negative when `left` comes first. */
export function compareKeys(left: OrderKey, right: OrderKey, direction: ContactOrder['direction']): number {
  const ascending = typeof left === 'number' && typeof right === 'number' ? compare(left, right) : compare(String(left), String(right));
  return direction === 'ASC' ? ascending : -ascending;
}

/** Compares by key, then source name, then id, all in the order's direction, so that DESC is ASC read backwards. */
export function compareRanked(left: RankedRecord, right: RankedRecord, direction: ContactOrder['direction']): number {
  const byKey = compareKeys(left.key, right.key, direction);
  if (byKey !== 0) return byKey;
  const byName = compare(left.record.source, right.record.source) || compareIds(left.record.idInSource, right.record.idInSource);
  return direction === 'ASC' ? byName : -byName;
}

/** Of these, NFKD changes none. */
const ASCII = /^[\x20-\x7e]*$/;

function textKey(text: string | null): string {
  const trimmed = (text ?? '').trim();
  if (ASCII.test(trimmed)) return trimmed.toLowerCase();
  return normalForm(trimmed, 'NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/** Ids are decimal digits, some of them over 32 bit: the shorter is the smaller. */
function compareIds(left: string, right: string): number {
  return left.length - right.length || compare(left, right);
}

function compare<T extends string | number>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
