import { valueOr } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';

/** When a CRM first knew a person: the earliest date among its contacts; null where no CRM reports one. */
export function knownSinceOf(records: readonly ContactRecord[]): Date | null {
  const dates = records.flatMap(({ createdAt }) => valueOr(createdAt, null) ?? []);
  return dates.length === 0 ? null : new Date(Math.min(...dates.map((date) => date.getTime())));
}
