import { fieldsOf } from '../../port/filter-fields.ts';
import type { ListPlan, MemberPlan, RunnablePlan } from '../../port/list-plan.ts';
import {
  CONTACT_FILTER_FIELDS,
  type ContactFilterField,
  type ContactOrderField,
  type ListQuery,
  type SourceFilter,
} from '../../port/list-query.ts';
import type { AskedDetails } from '../mapping/contact.ts';
import { plannedContactInfos } from './plan-contact-info.ts';
import { arrayParameters, type Parameter } from './query-string.ts';
import { toQueryText, toSearchText } from './query-text.ts';
import { KOMMO_ID } from '../wire-types.ts';

/** Rows in a block; Kommo pages by whole pages only, so a block is a page. */
const BLOCK_SIZE = 100;
/** The largest page that Kommo gives; larger ones are cut to it in silence. */
export const PAGE_SIZE_MAX = 250;
/** More values would make the URL too long. */
const PUSHED_IDS_MAX = 100;

const ORDER_PARAMETERS: Readonly<Partial<Record<ContactOrderField, string>>> = {
  // Not documented, but known to work; a Kommo that does not know it orders by updated_at in silence.
  DISPLAY_NAME: 'name',
  // Ids rise with time, and `order[created_at]` is ignored.
  CREATED_AT: 'id',
  UPDATED_AT: 'updated_at',
};

/**
 * By what Kommo answers each member: `query` is its one full-text search, `rows` are read and checked, null is not at all, and its rows do
 * not show it either.
 */
const ANSWERS: Readonly<Record<ContactFilterField, 'query' | 'filter' | 'companies' | 'rows' | null>> = {
  SEARCH: 'query',
  CONTACT_INFO: 'query',
  CONTACT_INFO_CONTAINS: 'query',
  KIND: 'filter',
  TAGS: 'rows',
  STATUS: null,
  TYPE: null,
  RESPONSIBLE: 'filter',
  GROUP: null,
  COMPANY: 'companies',
  HAS_LEADS: 'rows',
  IS_SHARED: null,
  CREATED_AT: 'filter',
  UPDATED_AT: 'filter',
  FIRST_NAME: 'query',
  LAST_NAME: 'query',
};

/** The filter members that Kommo answers. @param hasScans Whether the whole list may be read to find a few rows. */
export function filterFields(hasScans: boolean): readonly ContactFilterField[] {
  return CONTACT_FILTER_FIELDS.filter((field) => ANSWERS[field] !== null && (hasScans || ANSWERS[field] !== 'rows'));
}

/** Kommo's `query` is a fuzzy search of its own: rows that match are checked, and rows spelt otherwise may not come at all. */
const NARROWED_BY_QUERY: readonly ContactFilterField[] = ['CONTACT_INFO', 'CONTACT_INFO_CONTAINS', 'FIRST_NAME', 'LAST_NAME'];

/** Unix seconds, both ends included. */
export interface SecondsRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What was sent as `filter[…]`, by which the rows are verified: Kommo ignores filters it does not know, or has not enabled. */
export interface SentFilters {
  readonly responsibleIds: ReadonlySet<string> | undefined;
  readonly createdAt: SecondsRange | undefined;
  readonly updatedAt: SecondsRange | undefined;
}

/** A list of Kommo's contacts, and what is sent for it. */
export interface KommoPlan extends RunnablePlan {
  /** `list`: pages of the list. `queries`: all matches of several searches. `companies`: the contacts of some companies. */
  readonly read: 'list' | 'queries' | 'companies';
  /** `filter[…]` and `order[…]` and `with`. */
  readonly parameters: readonly Parameter[];
  /** For `query`: at most one with `list`. */
  readonly queries: readonly string[];
  readonly companyIds: readonly string[];
  readonly sent: SentFilters;
  readonly asked: AskedDetails;
  /** Whether the whole list may have to be read to find a few rows. */
  readonly isScan: boolean;
}

/** What of the settings a plan depends on. */
export interface PlanOptions {
  /** Whether plans that may have to read the whole list are allowed. */
  readonly hasScans: boolean;
  /** For phones written without a country code. */
  readonly defaultCountry: string | undefined;
}

/** Collects how each member of a filter is answered. */
interface Draft {
  readonly members: Map<ContactFilterField, MemberPlan>;
  readonly impossible: ContactFilterField[];
  readonly filters: Parameter[];
  isNone: boolean;
}

/**
 * Plans one list.
 *
 * Kommo has one full-text `query`, so one member gets it, in this order: `search` (which cannot be checked), contact infos, the longer name;
 * the others are checked. The contacts of companies are read from the companies, unless there is a search.
 *
 * @see https://developers.kommo.com/reference/contacts-list
 */
export function planContacts(query: ListQuery, options: PlanOptions): KommoPlan | Exclude<ListPlan, RunnablePlan> {
  const { filter } = query;
  const draft: Draft = { members: new Map(), impossible: [], filters: [], isNone: false };
  noteImpossible(filter, draft);
  const companyIds = knownIds(filter.companyIds, draft);
  const readsCompanies = companyIds !== undefined && filter.search === undefined;
  const sent = pushFilters(filter, draft, readsCompanies);
  const text = planText(filter, draft, readsCompanies, options);
  noteChecked(filter, draft, companyIds, readsCompanies);
  if (draft.isNone) return { outcome: 'none' };
  const isScan = !readsCompanies && text.queries.length === 0 && has(draft, 'CHECKED');
  if (isScan && !options.hasScans) draft.impossible.push(...membersOf(draft, 'CHECKED'));
  const orderName = ORDER_PARAMETERS[query.order.field];
  if (draft.impossible.length > 0) return { outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: draft.impossible };
  if (orderName === undefined) return { outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] };
  const asked: AskedDetails = {
    leads: query.details.has('leads') || filter.hasLeads !== undefined,
    catalogElements: query.details.has('catalogElements'),
  };
  const order: Parameter = [`order[${orderName}]`, query.order.direction.toLowerCase()];
  const parameters = [...draft.filters, order, ...withParameters(asked)];
  const read = readsCompanies ? 'companies' : text.queries.length > 1 ? 'queries' : 'list';
  const members = draft.members;
  const blockSize = read !== 'list' || has(draft, 'CHECKED') ? PAGE_SIZE_MAX : BLOCK_SIZE;
  return {
    outcome: 'runnable',
    key: JSON.stringify([read, blockSize, parameters, text.queries, readsCompanies ? companyIds : []]),
    shape: read === 'list' ? 'blocks' : 'collected',
    blockSize,
    members,
    isComplete: !NARROWED_BY_QUERY.some((field) => members.get(field) === 'PUSHED_AND_CHECKED'),
    read,
    parameters,
    queries: text.queries,
    companyIds: companyIds ?? [],
    sent,
    asked,
    isScan,
  };
}

/** The members of the filter that the plan searches for with `query`. */
export function searchedMembers({ members }: KommoPlan): ContactFilterField[] {
  return [...members].filter(([field, member]) => ANSWERS[field] === 'query' && member !== 'CHECKED').map(([field]) => field);
}

/** What has to be asked for beside the row itself. */
export function withParameters(asked: AskedDetails): Parameter[] {
  const parts = [...(asked.leads ? ['leads'] : []), ...(asked.catalogElements ? ['catalog_elements'] : [])];
  return parts.length === 0 ? [] : [['with', parts.join(',')]];
}

function noteImpossible(filter: SourceFilter, draft: Draft): void {
  const lacksAnswer = (field: ContactFilterField) => ANSWERS[field] === null || (field === 'KIND' && filter.kind === 'COMPANY');
  draft.impossible.push(...fieldsOf(filter).filter(lacksAnswer));
  if (filter.kind === 'PERSON') draft.members.set('KIND', 'PUSHED');
}

/** Ids that may be Kommo's; none left means that nothing can match. Sorted, so that equal filters make equal plans. */
function knownIds(ids: readonly string[] | undefined, draft: Draft): readonly string[] | undefined {
  if (ids === undefined) return undefined;
  const known = [...new Set(ids)].filter((id) => KOMMO_ID.test(id)).sort();
  if (known.length === 0) draft.isNone = true;
  return known;
}

/** Where companies are read, nothing can be sent along: their contacts are checked. */
function pushFilters(filter: SourceFilter, draft: Draft, readsCompanies: boolean): SentFilters {
  const responsibleIds = knownIds(filter.responsibleIds, draft);
  const createdAt = secondsRange(filter.createdAt, draft);
  const updatedAt = secondsRange(filter.updatedAt, draft);
  const isPushed = responsibleIds !== undefined && responsibleIds.length <= PUSHED_IDS_MAX && !readsCompanies;
  if (responsibleIds !== undefined) draft.members.set('RESPONSIBLE', isPushed ? 'PUSHED_AND_CHECKED' : 'CHECKED');
  if (isPushed) draft.filters.push(...arrayParameters('filter[responsible_user_id]', responsibleIds));
  const member = readsCompanies ? 'CHECKED' : 'PUSHED_AND_CHECKED';
  if (filter.createdAt !== undefined) draft.members.set('CREATED_AT', member);
  if (filter.updatedAt !== undefined) draft.members.set('UPDATED_AT', member);
  if (!readsCompanies) draft.filters.push(...rangeParameters('created_at', createdAt), ...rangeParameters('updated_at', updatedAt));
  return {
    responsibleIds: isPushed ? new Set(responsibleIds) : undefined,
    createdAt: readsCompanies ? undefined : createdAt,
    updatedAt: readsCompanies ? undefined : updatedAt,
  };
}

function secondsRange(range: SourceFilter['createdAt'], draft: Draft): SecondsRange | undefined {
  if (range === undefined) return undefined;
  const from = range.from && Math.max(0, Math.ceil(range.from.getTime() / 1000));
  const to = range.to && Math.floor(range.to.getTime() / 1000);
  if (to !== undefined && to < (from ?? 0)) draft.isNone = true;
  return { from, to };
}

function rangeParameters(name: string, range: SecondsRange | undefined): Parameter[] {
  const parameters: Parameter[] = [];
  if (range?.from !== undefined) parameters.push([`filter[${name}][from]`, String(range.from)]);
  if (range?.to !== undefined) parameters.push([`filter[${name}][to]`, String(range.to)]);
  return parameters;
}

/** Gives `query` to the member that needs it most. */
function planText(filter: SourceFilter, draft: Draft, readsCompanies: boolean, options: PlanOptions): { queries: readonly string[] } {
  let queries: readonly string[] = [];
  const claim = (texts: readonly string[]): MemberPlan => {
    if (readsCompanies || queries.length > 0 || texts.some((text) => text === '')) return 'CHECKED';
    queries = texts;
    return 'PUSHED_AND_CHECKED';
  };
  if (filter.search !== undefined) {
    queries = [toSearchText(filter.search)];
    if (queries.includes('')) draft.impossible.push('SEARCH');
    draft.members.set('SEARCH', 'PUSHED');
  }
  if (filter.contactInfos !== undefined) {
    const planned = plannedContactInfos(filter.contactInfos, options.defaultCountry);
    if (planned.impossible.length > 0) draft.impossible.push(...planned.impossible);
    else if (planned.queries.length === 0) draft.isNone = true;
    else {
      const member = claim(planned.queries);
      for (const field of planned.members) draft.members.set(field, member);
    }
  }
  const names: [ContactFilterField, string][] = [];
  if (filter.firstName !== undefined) names.push(['FIRST_NAME', toQueryText(filter.firstName)]);
  if (filter.lastName !== undefined) names.push(['LAST_NAME', toQueryText(filter.lastName)]);
  for (const [field, name] of names.toSorted(([, one], [, other]) => other.length - one.length)) draft.members.set(field, claim([name]));
  return { queries };
}

function noteChecked(filter: SourceFilter, draft: Draft, companyIds: readonly string[] | undefined, readsCompanies: boolean): void {
  if (companyIds !== undefined) draft.members.set('COMPANY', readsCompanies ? 'PUSHED_AND_CHECKED' : 'CHECKED');
  for (const field of fieldsOf(filter)) if (ANSWERS[field] === 'rows') draft.members.set(field, 'CHECKED');
}

function membersOf(draft: Draft, plan: MemberPlan): ContactFilterField[] {
  return [...draft.members].filter(([, member]) => member === plan).map(([field]) => field);
}

function has(draft: Draft, plan: MemberPlan): boolean {
  return membersOf(draft, plan).length > 0;
}
