import type { ContactInfoCondition, SourceFilter } from '../contact-source.ts';
import { toCategoryNumber, toInfoTypeNumber } from './contact-info-mapping.ts';
import { toNeedle } from './contact-info-needle.ts';
import { toFilterValue } from './search-text.ts';

/** One parameter of a query; names may repeat. */
export type Parameter = readonly [name: string, value: string];

/**
 * Makes the parameters of `contact/filter`, but for those that take one of several ids and for the order.
 *
 * @see GET api/2.0/crm/contact/filter
 */
export function filterParameters(filter: SourceFilter): readonly Parameter[] {
  const view = filter.hasLeads === true ? 'WithOpportunity' : viewOf(filter);
  const parameters: (readonly [string, string | undefined])[] = [
    ['filterValue', filter.search === undefined ? undefined : toFilterValue(filter.search)],
    ['contactListView', view],
    ...(filter.tags ?? []).map((tag) => ['tags', tag] as const),
    ['contactStage', filter.statusIds?.length === 1 ? filter.statusIds[0] : undefined],
    ['isShared', filter.isShared === undefined ? undefined : String(filter.isShared)],
    ['fromDate', toDay(filter.createdAt?.from, -1)],
    ['toDate', toDay(filter.createdAt?.to, 1)],
  ];
  return parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function viewOf(filter: SourceFilter): 'Company' | 'Person' | undefined {
  if (filter.kind !== undefined) return filter.kind === 'COMPANY' ? 'Company' : 'Person';
  return asksForPersons(filter) ? 'Person' : undefined;
}

const DAY_MS = 24 * 60 * 60_000;
const EARLIEST_MS = Date.UTC(1000, 0, 1);
const LATEST_MS = Date.UTC(9998, 11, 31);

/** The portal reads a day in its own time zone, which is at most a day away from UTC's. */
function toDay(date: Date | undefined, days: number): string | undefined {
  if (date === undefined) return undefined;
  const at = Math.min(Math.max(date.getTime() + days * DAY_MS, EARLIEST_MS), LATEST_MS);
  return new Date(at).toISOString().slice(0, 10);
}

/** Whether only persons can match: only they have a company and names of their own. */
export function asksForPersons(filter: SourceFilter): boolean {
  return (filter.companyIds ?? filter.firstName ?? filter.lastName) !== undefined;
}

/**
 * Makes the parameters of `bycontactinfo` for one condition, and those to try when nothing is found with them.
 *
 * @see GET api/2.0/crm/contact/bycontactinfo
 */
export function contactInfoParameters(
  condition: ContactInfoCondition,
  defaultCountry: string | undefined,
): { readonly parameters: readonly Parameter[]; readonly fallback: readonly Parameter[] | null } {
  const { type, category, isPrimary } = condition;
  const { data, fallback } = toNeedle(condition, defaultCountry);
  const parametersFor = (needle: string): readonly Parameter[] => [
    ['infoType', String(toInfoTypeNumber(type))],
    ['data', needle],
    ...(category === undefined ? [] : [['category', String(toCategoryNumber(type, category))] as const]),
    ...(isPrimary === undefined ? [] : [['isPrimary', String(isPrimary)] as const]),
  ];
  return { parameters: parametersFor(data), fallback: fallback === undefined || fallback === data ? null : parametersFor(fallback) };
}
