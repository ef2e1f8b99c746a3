import { canAccess, shareTypeOf } from './access.ts';
import type { ContextParameters, Parameters } from './parameters.ts';
import type { Portal, StoredContact, StoredUser } from './portal.ts';
import { storedDisplayName } from './portal.ts';
import { compareGeneralCi } from './sql-text.ts';
import { matchText } from './text-search.ts';
import type { TextSearch } from './text-search.ts';
import { LIST_VIEWS, LIST_VIEW_LABELS } from './wire-names.ts';

const VIEW_COMPANY = 1;
const VIEW_WITH_OPPORTUNITY = 3;
const DAY_MS = 86_400_000;
const NO_ONE = '00000000-0000-0000-0000-000000000000';

/** What contact/filter understands. Everything is optional; undefined does not narrow. */
export interface ContactFilter {
  readonly tags: readonly string[];
  readonly contactStage: number | undefined;
  readonly contactType: number | undefined;
  readonly contactListView: number;
  readonly responsibleId: string | undefined;
  readonly isShared: boolean | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly text: string | undefined;
}

/** Reads the filter of a request. Deleting by filter knows neither `responsibleid` nor `isShared`. */
export function readFilter(parameters: Parameters, context: ContextParameters, isForDeletion: boolean): ContactFilter {
  return {
    tags: parameters.texts('tags'),
    contactStage: parameters.int('contactStage'),
    contactType: parameters.int('contactType'),
    contactListView: parameters.choice('contactListView', LIST_VIEWS, LIST_VIEW_LABELS) ?? 0,
    responsibleId: isForDeletion ? undefined : parameters.guid('responsibleid'),
    isShared: isForDeletion ? undefined : parameters.bool('isShared'),
    fromMs: parameters.date('fromDate'),
    toMs: parameters.date('toDate'),
    text: context.filterValue,
  };
}

/** Gives the contacts that match, whoever may see them, in the order of `rows`. */
export function matchingContacts(
  portal: Portal,
  rows: readonly StoredContact[],
  filter: ContactFilter,
  textSearch: TextSearch,
): StoredContact[] {
  const asked = filter.text === undefined ? undefined : matchText(portal, filter.text, textSearch);
  const found = asked && withPersonsOfCompanies(portal, asked, filter, textSearch);
  const tags = filter.tags.map((tag) => tag.trim().toLocaleLowerCase(portal.culture));
  // As many different tags have to be found as were asked for, equal ones counted apart.
  if (new Set(tags).size < tags.length) return [];
  return rows.filter(
    (contact) =>
      (found?.has(contact.id) ?? matchesManager(filter.responsibleId, contact)) &&
      tags.every((tag) => contact.tags.some((own) => own.trim().toLowerCase() === tag)) &&
      matchesNumber(filter.contactStage, contact.statusId) &&
      matchesNumber(filter.contactType, contact.typeId) &&
      matchesView(filter.contactListView, contact) &&
      (filter.isShared === undefined || filter.isShared === (shareTypeOf(contact) !== 0)) &&
      matchesCreation(filter, contact),
  );
}

/** What the index finds is narrowed to the responsible's contacts first; then the persons of the companies among them come along, whosever they are. */
function withPersonsOfCompanies(
  portal: Portal,
  found: ReadonlySet<number>,
  { contactListView, responsibleId }: ContactFilter,
  textSearch: TextSearch,
): ReadonlySet<number> {
  const own = portal.contacts.filter((contact) => found.has(contact.id) && matchesManager(responsibleId, contact));
  const ids = new Set(own.map(({ id }) => id));
  if (textSearch === 'database' || contactListView === VIEW_COMPANY || contactListView === VIEW_WITH_OPPORTUNITY) return ids;
  const companies = new Set(own.filter(({ isCompany }) => isCompany).map(({ id }) => id));
  for (const { id, companyId } of portal.contacts) if (companies.has(companyId)) ids.add(id);
  return ids;
}

function matchesNumber(wanted: number | undefined, actual: number): boolean {
  return wanted === undefined || wanted < 0 || wanted === actual;
}

function matchesView(view: number, contact: StoredContact): boolean {
  if (view === 0) return true;
  if (view === 1) return contact.isCompany;
  if (view === 2) return !contact.isCompany;
  return view === 3 && contact.opportunityCount > 0;
}

function matchesManager(userId: string | undefined, contact: StoredContact): boolean {
  if (userId === undefined) return true;
  return userId === NO_ONE ? contact.accessList.length === 0 : contact.accessList.includes(userId);
}

function matchesCreation({ fromMs, toMs }: ContactFilter, contact: StoredContact): boolean {
  const createdAtMs = contact.createdAtMs ?? -Infinity;
  // The upper bound is the given moment plus a day less a minute, whatever time it carries.
  return (fromMs === undefined || createdAtMs >= fromMs) && (toMs === undefined || createdAtMs <= toMs + DAY_MS - 60_000);
}

type Comparison = (a: StoredContact, b: StoredContact) => number;

const byFirstName: Comparison = (a, b) => compareGeneralCi(a.firstName, b.firstName);
const byLastName: Comparison = (a, b) => compareGeneralCi(a.lastName, b.lastName);
const byCreation: Comparison = (a, b) => (a.createdAtMs ?? -Infinity) - (b.createdAtMs ?? -Infinity) || 0;
const byLastEvent: Comparison = (a, b) => (a.lastEventAtMs ?? -Infinity) - (b.lastEventAtMs ?? -Infinity) || 0;

/** ContactSortedByType, each by its number. Nothing breaks ties. */
const ORDERS: readonly (readonly [string, readonly Comparison[]])[] = [
  ['displayname', [(a, b) => compareGeneralCi(storedDisplayName(a), storedDisplayName(b))]],
  ['contacttype', [(a, b) => a.statusId - b.statusId]],
  ['created', [byCreation]],
  ['firstname', [byFirstName, byLastName]],
  ['lastname', [byLastName, byFirstName]],
  ['history', [byLastEvent, byCreation]],
  ['id', [(a, b) => a.id - b.id]],
];

/** Sorts as the database does; undefined for a `sortBy` that the CRM does not know. Without one: newest first. */
export function sortContacts(rows: readonly StoredContact[], { sortBy, isDescending }: ContextParameters): StoredContact[] | undefined {
  if (sortBy === undefined) return rows.toSorted((a, b) => byCreation(b, a));
  const order = /^\d+$/.test(sortBy) ? ORDERS[Number(sortBy)] : ORDERS.find(([name]) => name === sortBy.toLowerCase());
  if (!order) return undefined;
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    for (const compare of order[1]) {
      const result = compare(a, b);
      if (result !== 0) return sign * result;
    }
    return 0;
  });
}

/** One page as the database cuts it: one row more than asked for tells whether there is more. */
export function pageOf(
  user: StoredUser,
  sorted: readonly StoredContact[],
  { count, startIndex }: ContextParameters,
): { readonly rows: StoredContact[]; readonly total: number; readonly hasMore: boolean } {
  const visible = sorted.filter((contact) => canAccess(user, contact));
  const read = visible.slice(startIndex, startIndex + count + 1);
  const hasMore = read.length > count;
  // Past the end, what was skipped counts as if it existed.
  const total = hasMore ? visible.length : startIndex + read.length;
  return { rows: hasMore && count > 0 ? read.slice(0, count) : read, total, hasMore: hasMore && count > 0 };
}
