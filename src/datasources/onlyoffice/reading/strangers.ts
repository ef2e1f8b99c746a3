import { valueOr } from '../../port/member.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import type { OnlyofficePlan } from '../planning/plan.ts';

/**
 * Leaves out those whom a search brings along without regard to the responsible users that were asked for: persons of companies that it finds.
 * Private ones show by their access list whether they belong; others do not show it, and are left out too (the plan is not complete then).
 */
export function withoutStrangers(rows: readonly (ContactRecord | null)[], plan: OnlyofficePlan): readonly (ContactRecord | null)[] {
  const { strangersOf } = plan;
  return strangersOf === null ? rows : rows.map((row) => (row === null || belongs(row, strangersOf) ? row : null));
}

function belongs({ kind, company, access }: ContactRecord, userIds: readonly string[]): boolean {
  if (kind === 'COMPANY' || company === null) return true;
  return valueOr(access, null)?.members.some(({ idInSource }) => userIds.includes(idInSource)) === true;
}
