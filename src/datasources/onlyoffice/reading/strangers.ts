import { valueOr } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import type { OnlyofficePlan } from '../planning/plan.ts';

/** Rows of a list, those that do not belong to it left out. */
export interface OwnRows {
  /** null in place of each that was left out. */
  readonly rows: readonly (ContactRecord | null)[];
  /** Whether what the portal counts is the list that was asked for: not where it sends others along. */
  readonly isCounted: boolean;
}

/**
 * Leaves out those who do not belong to the list.
 *
 * A search brings along, without regard to the responsible users that were asked for, persons of companies that it finds. Private ones show by their
 * access list whether they belong; others do not show it, and are left out too (the plan is not complete then). And a portal that ignores a
 * parameter sends everybody: rows that show another kind, status or sharing than was asked for are no answer.
 */
export function withoutStrangers(rows: readonly (ContactRecord | null)[], { strangersOf, shown }: OnlyofficePlan): OwnRows {
  let isCounted = strangersOf === null;
  const own = rows.map((row) => {
    if (row === null) return null;
    if (contradicts(row, shown)) {
      isCounted = false;
      return null;
    }
    return strangersOf === null || belongs(row, strangersOf) ? row : null;
  });
  return { rows: own, isCounted };
}

/** What a row does not show, or what cannot be read of it, is no contradiction: the portal knows it. */
function contradicts(row: ContactRecord, { kind, isShared, statusIds }: OnlyofficePlan['shown']): boolean {
  if (kind !== undefined && row.kind !== kind) return true;
  if (isShared !== undefined && (valueOr(row.access, null)?.isShared ?? isShared) !== isShared) return true;
  const status = statusIds === undefined ? null : valueOr(row.status, null);
  return status !== null && statusIds?.includes(status.idInSource) === false;
}

function belongs({ kind, company, access }: ContactRecord, userIds: readonly string[]): boolean {
  if (kind === 'COMPANY' || company === null) return true;
  return valueOr(access, null)?.members.some(({ idInSource }) => userIds.includes(idInSource)) === true;
}
