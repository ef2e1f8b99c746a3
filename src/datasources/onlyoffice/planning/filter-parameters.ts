import type { ContactInfoCondition, SourceFilter } from '../../port/list-query.ts';
import { toCategoryNumber, toInfoTypeNumber } from '../mapping/contact-info.ts';
import { toNeedles } from './contact-info-needle.ts';
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
    ...pushableTags(filter.tags ?? []).map((tag) => ['tags', tag] as const),
    ['contactStage', filter.statusIds?.length === 1 ? filter.statusIds[0] : undefined],
    ['isShared', filter.isShared === undefined ? undefined : String(filter.isShared)],
    ['fromDate', toDay(filter.createdAt?.from, -1)],
    ['toDate', toDay(filter.createdAt?.to, 1)],
  ];
  return parameters.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** Servers refuse long URLs; the other parameters need the rest of the 8 kB that most of them take. */
const TAGS_LENGTH_MAX = 5_000;

/**
 * Makes the tags to ask for, each once: the portal finds nobody with a tag that is asked twice, in whatever case. In lower case, which is the same
 * in every culture: a Turkish portal makes another letter of a capital I.
 */
export function foldedTags(tags: readonly string[]): readonly string[] {
  const folded = new Map(tags.map((tag) => [tag.trim().normalize('NFC').toUpperCase().toLowerCase(), tag.trim().toLowerCase()]));
  return [...folded.values()];
}

/** The tags that fit into one URL. As all are wanted, the others can be checked on the rows. */
export function pushableTags(tags: readonly string[]): readonly string[] {
  let length = 0;
  return tags.filter((tag) => {
    length += new URLSearchParams({ tags: tag }).toString().length + 1;
    return length <= TAGS_LENGTH_MAX;
  });
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
): readonly { readonly parameters: readonly Parameter[]; readonly fallback: readonly Parameter[] | null }[] {
  const parametersFor = (needle: string): readonly Parameter[] => [
    ['infoType', String(toInfoTypeNumber(condition.type))],
    ['data', needle],
    ...markParameters(condition),
  ];
  return toNeedles(condition, defaultCountry).map(({ data, fallback }) => ({
    parameters: parametersFor(data),
    fallback: fallback === undefined || fallback === data ? null : parametersFor(fallback),
  }));
}

/**
 * Makes the parameters for the category and the primary mark, but where what is stored need not be what a row shows: OTHER also stands for
 * numbers without a name, and an address that was stored with parts missing shows as Home and not primary. Those are left to be checked.
 */
function markParameters({ type, category, isPrimary }: ContactInfoCondition): readonly Parameter[] {
  const isAddress = type === 'ADDRESS';
  const hasCategory = category !== undefined && category !== 'OTHER' && !(isAddress && category === 'HOME');
  const hasMark = isPrimary === true || (isPrimary === false && !isAddress);
  return [
    ...(hasCategory ? [['category', String(toCategoryNumber(type, category))] as const] : []),
    ...(hasMark ? [['isPrimary', String(isPrimary)] as const] : []),
  ];
}
