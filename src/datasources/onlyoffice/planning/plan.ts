import { fieldsOf } from '../../port/filter-fields.ts';
import type { ListPlan, MemberPlan, RunnablePlan } from '../../port/list-plan.ts';
import {
  CONTACT_FILTER_FIELDS,
  CONTACT_ORDER_FIELDS,
  type ContactFilterField,
  type ContactInfoCondition,
  type ContactOrderField,
  type ListQuery,
  type SourceFilter,
} from '../../port/list-query.ts';
import { isPortalId } from '../reading/contact-path.ts';
import { toCategoryNumber, toInfoTypeNumber } from '../mapping/contact-info.ts';
import { asksForPersons, contactInfoParameters, filterParameters, foldedTags, pushableTags, type Parameter } from './filter-parameters.ts';
import { toFilterValue } from './search-text.ts';

/** Rows of a block, and of one that is read only to look for matches in it. */
const BLOCK_SIZE = 50;
const SCAN_BLOCK_SIZE = 250;

/** One list of the portal that a plan reads. */
export type ListRead =
  | { readonly list: 'filter'; readonly parameters: readonly Parameter[] }
  | { readonly list: 'contactInfo'; readonly parameters: readonly Parameter[]; readonly fallback: readonly Parameter[] | null }
  | { readonly list: 'companyPersons'; readonly companyId: string };

/** A list of the portal's contacts, and which of the portal's lists it is made of. */
export interface OnlyofficePlan extends RunnablePlan {
  /** One with shape `blocks`; any number, whose union is the list, with shape `collected`. */
  readonly reads: readonly ListRead[];
  /** Users whose contacts a search is limited to, where persons of companies that match may come along; otherwise null. */
  readonly strangersOf: readonly string[] | null;
  /** What the portal is asked for and rows may show: a row that shows something else does not belong. */
  readonly shown: SourceFilter;
  /** Members that the portal is not asked for after all, as it refuses to be: rows have to show them. */
  readonly unsent: readonly ContactFilterField[];
  /** Whether rows come without tags and the filter asks for some. */
  readonly needsTags: boolean;
}

/** What of the settings a plan depends on. */
export interface PlanOptions {
  /** For phones written without a country code. */
  readonly defaultCountry: string | undefined;
  /** Rows of each list that one block of a collected plan may hold. */
  readonly scanBudget: number;
}

type Route = ListRead['list'];

/** How each list of the portal answers each member; null: not at all, and its rows do not show it either. */
const ANSWERS: Readonly<Record<Route, Readonly<Record<ContactFilterField, MemberPlan | null>>>> = {
  filter: {
    SEARCH: 'PUSHED',
    CONTACT_INFO: 'CHECKED',
    CONTACT_INFO_CONTAINS: 'CHECKED',
    KIND: 'PUSHED',
    TAGS: 'PUSHED',
    STATUS: 'PUSHED',
    TYPE: 'PUSHED',
    RESPONSIBLE: 'PUSHED',
    GROUP: null,
    COMPANY: 'CHECKED',
    HAS_LEADS: 'PUSHED',
    IS_SHARED: 'PUSHED',
    CREATED_AT: 'PUSHED_AND_CHECKED',
    UPDATED_AT: null,
    FIRST_NAME: 'CHECKED',
    LAST_NAME: 'CHECKED',
  },
  contactInfo: {
    SEARCH: null,
    CONTACT_INFO: 'PUSHED_AND_CHECKED',
    CONTACT_INFO_CONTAINS: 'PUSHED_AND_CHECKED',
    KIND: 'CHECKED',
    TAGS: 'CHECKED',
    STATUS: 'CHECKED',
    TYPE: null,
    RESPONSIBLE: null,
    GROUP: null,
    COMPANY: 'CHECKED',
    HAS_LEADS: null,
    IS_SHARED: 'CHECKED',
    CREATED_AT: 'CHECKED',
    UPDATED_AT: null,
    FIRST_NAME: 'CHECKED',
    LAST_NAME: 'CHECKED',
  },
  companyPersons: {
    SEARCH: null,
    CONTACT_INFO: 'CHECKED',
    CONTACT_INFO_CONTAINS: 'CHECKED',
    KIND: 'PUSHED',
    TAGS: 'CHECKED',
    STATUS: 'CHECKED',
    TYPE: null,
    RESPONSIBLE: null,
    GROUP: null,
    COMPANY: 'PUSHED',
    HAS_LEADS: null,
    IS_SHARED: 'CHECKED',
    CREATED_AT: 'CHECKED',
    UPDATED_AT: null,
    FIRST_NAME: 'CHECKED',
    LAST_NAME: 'CHECKED',
  },
};

/** The filter members that some list of the portal answers or its rows show. */
export const FILTER_FIELDS = CONTACT_FILTER_FIELDS.filter((field) => ANSWERS.filter[field] !== null);

const SORT_BY: Readonly<Partial<Record<ContactOrderField, string>>> = {
  DISPLAY_NAME: 'displayName',
  FIRST_NAME: 'firstName',
  LAST_NAME: 'lastName',
  CREATED_AT: 'created',
};
/** The orders that the portal has: it does not say when a contact was changed. */
export const ORDER_FIELDS = CONTACT_ORDER_FIELDS.filter((field) => SORT_BY[field] !== undefined);

/**
 * Plans a list: which list of the portal is read, with what, and which members are left to check on its rows.
 *
 * `bycontactinfo` and a company's persons find few rows but take nothing else, so they are read only when their rows show all the other
 * members; otherwise `contact/filter` is, and rows are checked for what it cannot take.
 */
export function planList(query: ListQuery, options: PlanOptions): OnlyofficePlan | Exclude<ListPlan, RunnablePlan> {
  const { filter } = query;
  const sortBy = SORT_BY[query.order.field];
  const fields = fieldsOf(filter);
  const unsupported = fields.filter((field) => ANSWERS.filter[field] === null || !isExpressible(field, filter));
  if (unsupported.length > 0) return { outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: unsupported };
  if (sortBy === undefined) return { outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] };
  const known = withKnownValues(filter);
  if (known === null || (known.kind === 'COMPANY' && asksForPersons(known))) return { outcome: 'none' };

  const sort: readonly Parameter[] = [
    ['sortBy', sortBy],
    ['sortOrder', query.order.direction === 'DESC' ? 'descending' : 'ascending'],
  ];
  const route = chooseRoute(known, fields);
  const reads = readsOf(route, known, sort, options);
  const isBlocks = route === 'filter' && reads.length === 1 && !isUnion(known);
  const members = membersOf(route, known, fields);
  const isScan = [...members.values()].includes('CHECKED');
  const blockSize = isScan ? SCAN_BLOCK_SIZE : BLOCK_SIZE;
  const strangersOf = route === 'filter' && bringsStrangers(known) ? (known.responsibleIds ?? null) : null;
  const needsTags = route === 'contactInfo' && fields.includes('TAGS');
  return {
    outcome: 'runnable',
    // Rows are the same whatever details are asked for, so plans that differ in them alone share what was read.
    key: JSON.stringify({ reads, sort, needsTags }),
    shape: isBlocks ? 'blocks' : 'collected',
    blockSize: isBlocks ? blockSize : options.scanBudget,
    members,
    // Persons who may be strangers, and do not show it, are left out.
    isComplete: strangersOf === null,
    reads,
    strangersOf,
    shown: pushedOf(known, members, strangersOf !== null),
    unsent: [],
    needsTags,
  };
}

/** Persons of companies that a search finds come along, whoever is responsible for them, unless companies or opportunities alone are listed. */
function bringsStrangers({ search, responsibleIds, kind, hasLeads }: SourceFilter): boolean {
  return search !== undefined && responsibleIds !== undefined && kind !== 'COMPANY' && hasLeads !== true;
}

/** A search without a word cannot be sent, and the portal can list contacts with opportunities but not those without. */
function isExpressible(field: ContactFilterField, filter: SourceFilter): boolean {
  if (field === 'SEARCH') return toFilterValue(filter.search ?? '') !== '';
  return field !== 'HAS_LEADS' || filter.hasLeads === true;
}

/** Leaves out ids and conditions that no contact of a portal can have; null when a member has nothing left. */
function withKnownValues(filter: SourceFilter): SourceFilter | null {
  const { contactInfos, tags, statusIds, typeIds, responsibleIds, companyIds } = filter;
  const known = {
    ...(contactInfos !== undefined && { contactInfos: contactInfos.filter(isPossible) }),
    ...(tags !== undefined && { tags: foldedTags(tags) }),
    ...(statusIds !== undefined && { statusIds: distinct(statusIds.filter(isPortalId)) }),
    ...(typeIds !== undefined && { typeIds: distinct(typeIds.filter(isPortalId)) }),
    ...(responsibleIds !== undefined && { responsibleIds: distinct(responsibleIds.filter(isUserId).map((id) => id.toLowerCase())) }),
    ...(companyIds !== undefined && { companyIds: distinct(companyIds.filter(isPortalId)) }),
  };
  return Object.values(known).some((values) => values.length === 0) ? null : { ...filter, ...known };
}

function isPossible({ type, category }: ContactInfoCondition): boolean {
  return toInfoTypeNumber(type) !== null && (category === undefined || toCategoryNumber(type, category) !== null);
}

/** The Guid of zeros would find contacts without a responsible user. */
function isUserId(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) && /[^0-]/.test(id);
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function chooseRoute(filter: SourceFilter, fields: readonly ContactFilterField[]): Route {
  const canAnswer = (route: Route) => fields.every((field) => ANSWERS[route][field] !== null);
  if (filter.contactInfos !== undefined && canAnswer('contactInfo')) {
    const isSelective = filter.contactInfos.every(({ type, match }) => match === 'EXACT' && type !== 'ADDRESS');
    if (isSelective) return 'contactInfo';
    // Its rows have no tags: reading them for many candidates costs more than a walk through the contacts with those tags.
    if (filter.companyIds === undefined) return filter.tags === undefined ? 'contactInfo' : 'filter';
  }
  return filter.companyIds !== undefined && canAnswer('companyPersons') ? 'companyPersons' : 'filter';
}

function membersOf(route: Route, filter: SourceFilter, fields: readonly ContactFilterField[]): ReadonlyMap<ContactFilterField, MemberPlan> {
  const members = new Map(fields.flatMap((field) => (ANSWERS[route][field] === null ? [] : [[field, ANSWERS[route][field]] as const])));
  if (route === 'filter') {
    // Opportunities and kind share the parameter contactListView; a row shows its kind.
    if (filter.hasLeads === true && filter.kind !== undefined) members.set('KIND', 'CHECKED');
    if (filter.statusIds !== undefined && filter.statusIds.length > 1) members.set('STATUS', 'CHECKED');
    if (filter.tags !== undefined && pushableTags(filter.tags).length < filter.tags.length) members.set('TAGS', 'PUSHED_AND_CHECKED');
  }
  return members;
}

function readsOf(route: Route, filter: SourceFilter, sort: readonly Parameter[], options: PlanOptions): readonly ListRead[] {
  if (route === 'contactInfo')
    return (filter.contactInfos ?? []).flatMap((condition) =>
      contactInfoParameters(condition, options.defaultCountry).map((parameters): ListRead => ({ list: 'contactInfo', ...parameters })),
    );
  if (route === 'companyPersons') return (filter.companyIds ?? []).map((companyId) => ({ list: 'companyPersons', companyId }));
  const shared = filterParameters(filter);
  if (!isUnion(filter)) {
    const single: readonly Parameter[] = [
      ...idParameters('contactType', filter.typeIds),
      ...idParameters('responsibleid', filter.responsibleIds),
    ];
    return [{ list: 'filter', parameters: [...shared, ...single, ...sort] }];
  }
  const types = filter.typeIds === undefined ? [[]] : filter.typeIds.map((id) => idParameters('contactType', [id]));
  const users = filter.responsibleIds === undefined ? [[]] : filter.responsibleIds.map((id) => idParameters('responsibleid', [id]));
  return types.flatMap((type) =>
    users.map((user): ListRead => ({ list: 'filter', parameters: [...shared, ...type, ...user, ...STABLE_SORT] })),
  );
}

/** The members that are left to the portal. Who comes along with a search is no sign that it ignores the responsible user. */
function pushedOf(
  { kind, tags, statusIds, typeIds, responsibleIds, isShared }: SourceFilter,
  members: OnlyofficePlan['members'],
  hasStrangers: boolean,
): SourceFilter {
  const isPushed = (field: ContactFilterField) => members.get(field) === 'PUSHED';
  return {
    ...(kind !== undefined && isPushed('KIND') && { kind }),
    ...(tags !== undefined && isPushed('TAGS') && { tags }),
    ...(statusIds !== undefined && isPushed('STATUS') && { statusIds }),
    ...(typeIds !== undefined && isPushed('TYPE') && { typeIds }),
    ...(responsibleIds !== undefined && isPushed('RESPONSIBLE') && !hasStrangers && { responsibleIds }),
    ...(isShared !== undefined && isPushed('IS_SHARED') && { isShared }),
  };
}

/** The order of a union does not matter, so it is read in the only one that has no ties. */
export const STABLE_SORT: readonly Parameter[] = [
  ['sortBy', 'id'],
  ['sortOrder', 'ascending'],
];

/** The portal takes one of these at a time and its rows do not show them, so several mean several lists. */
function isUnion({ typeIds = [], responsibleIds = [] }: SourceFilter): boolean {
  return typeIds.length > 1 || responsibleIds.length > 1;
}

function idParameters(name: string, ids: readonly string[] = []): readonly Parameter[] {
  return ids.map((id) => [name, id]);
}
