import { folded } from '../../port/normal-form.ts';
import type { ListPlan, MemberPlan, RunnablePlan } from '../../port/list-plan.ts';
import type { ContactFilterField, ContactInfoCondition, ContactOrderField, ListQuery, SourceFilter } from '../../port/list-query.ts';
import { emailSpellings, phoneSpellings } from './contact-info-spelling.ts';
import { isCallgearId } from '../wire-id.ts';
import { joined, type Condition } from './filter.ts';
import { anyCasePattern, wholeNamePattern } from './name-pattern.ts';

/** Rows in a block. A page may hold 10,000, and every page costs the same one point; a block is as much as a screen or two need. */
export const BLOCK_SIZE = 250;

/** Only these three sort; all of them are always sent, so that rows with equal names have an order of their own. */
const SORT_FIELDS = {
  DISPLAY_NAME: ['full_name', 'last_name', 'first_name'],
  FIRST_NAME: ['first_name', 'last_name', 'full_name'],
  LAST_NAME: ['last_name', 'first_name', 'full_name'],
} as const;
/** The orders that CallGear has: its contacts have no dates. */
export const ORDER_FIELDS: readonly ContactOrderField[] = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME'];
/** The filter members that CallGear takes, though not every value of each. It is never read only to look for matches in its rows. */
export const FILTER_FIELDS: readonly ContactFilterField[] = [
  'SEARCH',
  'CONTACT_INFO',
  'KIND',
  'RESPONSIBLE',
  'GROUP',
  'COMPANY',
  'FIRST_NAME',
  'LAST_NAME',
];

/** One entry of CallGear's `sort`; the first of several counts most. */
export interface SortItem {
  readonly field: string;
  readonly order: 'asc' | 'desc';
}

/** A list of CallGear's contacts. */
export interface CallgearListPlan extends RunnablePlan {
  readonly shape: 'blocks';
  readonly condition: Condition | undefined;
  readonly sort: readonly SortItem[];
}

/** One member of a filter, in CallGear's terms. `never`: no contact of CallGear can satisfy it. */
type MemberOutcome =
  | { readonly outcome: 'never' }
  | { readonly outcome: 'impossible'; readonly members: readonly ContactFilterField[] }
  | {
      readonly outcome: 'pushed';
      readonly member: ContactFilterField;
      readonly how: MemberPlan;
      readonly condition: Condition | undefined;
      readonly isComplete: boolean;
    };

const NEVER: MemberOutcome = { outcome: 'never' };

/**
 * Plans a list. Pure.
 *
 * Everything that CallGear can filter goes into one tree; what it cannot makes the list impossible. Values only ever become JSON
 * members, quoted literals and escaped patterns, so that none of them changes the shape of the tree.
 *
 * @see https://callgear.github.io/data_api/ (filtering criteria, sorting)
 */
export function planCallgearList(query: ListQuery, defaultCountry: string | undefined): CallgearListPlan | Exclude<ListPlan, RunnablePlan> {
  const outcomes = memberOutcomes(query.filter, defaultCountry);
  // A condition that nothing satisfies settles the matter, whatever the others are.
  if (outcomes.some(({ outcome }) => outcome === 'never')) return { outcome: 'none' };
  const impossible = outcomes.filter((outcome) => outcome.outcome === 'impossible');
  if (impossible.length > 0) {
    return { outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: [...new Set(impossible.flatMap(({ members }) => members))] };
  }
  const sort = toSort(query);
  if (sort === undefined) return { outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] };
  const pushed = outcomes.filter((outcome) => outcome.outcome === 'pushed');
  const condition = joined(
    'all',
    pushed.flatMap((outcome) => outcome.condition ?? []),
  );
  return {
    outcome: 'runnable',
    // Details are no part of it: a row of CallGear has all that there is, whatever was asked.
    key: JSON.stringify({ condition, sort }),
    shape: 'blocks',
    blockSize: BLOCK_SIZE,
    members: new Map(pushed.map(({ member, how }) => [member, how])),
    isComplete: pushed.every(({ isComplete }) => isComplete),
    searchesNames: true,
    condition,
    sort,
  };
}

function toSort({ order }: ListQuery): readonly SortItem[] | undefined {
  if (order.field === 'CREATED_AT' || order.field === 'UPDATED_AT') return undefined;
  const direction = order.direction === 'DESC' ? 'desc' : 'asc';
  return SORT_FIELDS[order.field].map((field) => ({ field, order: direction }));
}

/** Puts each member of a filter in CallGear's terms; a member that is left out here does not compile. */
function memberOutcomes(filter: SourceFilter, defaultCountry: string | undefined): MemberOutcome[] {
  const outcomes: Record<keyof SourceFilter, MemberOutcome | undefined> = {
    contactInfos: given(filter.contactInfos, (conditions) => contactInfoOutcome(conditions, defaultCountry)),
    search: given(filter.search, searchOutcome),
    firstName: given(filter.firstName, (name) => nameOutcome('FIRST_NAME', 'first_name', name)),
    lastName: given(filter.lastName, (name) => nameOutcome('LAST_NAME', 'last_name', name)),
    responsibleIds: given(filter.responsibleIds, (ids) => idOutcome('RESPONSIBLE', ids, numberIn('RESPONSIBLE', 'personal_manager_id'))),
    companyIds: given(filter.companyIds, (ids) => idOutcome('COMPANY', ids, numberIn('COMPANY', 'organization_id'))),
    groupIds: given(filter.groupIds, (ids) =>
      idOutcome('GROUP', ids, (known) => ({ kind: 'holdsGroup', field: 'groups', ids: known, member: 'GROUP' })),
    ),
    kind: given(filter.kind, (kind) => (kind === 'PERSON' ? pushedOutcome('KIND', 'PUSHED', undefined) : impossibleOutcome('KIND'))),
    tags: given(filter.tags, () => impossibleOutcome('TAGS')),
    statusIds: given(filter.statusIds, () => impossibleOutcome('STATUS')),
    typeIds: given(filter.typeIds, () => impossibleOutcome('TYPE')),
    hasLeads: given(filter.hasLeads, () => impossibleOutcome('HAS_LEADS')),
    isShared: given(filter.isShared, () => impossibleOutcome('IS_SHARED')),
    createdAt: given(filter.createdAt, () => impossibleOutcome('CREATED_AT')),
    updatedAt: given(filter.updatedAt, () => impossibleOutcome('UPDATED_AT')),
  };
  return Object.values(outcomes).filter((outcome) => outcome !== undefined);
}

function given<T>(value: T | undefined, toOutcome: (value: T) => MemberOutcome): MemberOutcome | undefined {
  return value === undefined ? undefined : toOutcome(value);
}

function pushedOutcome(member: ContactFilterField, how: MemberPlan, condition: Condition | undefined, isComplete = true): MemberOutcome {
  return { outcome: 'pushed', member, how, condition, isComplete };
}

function impossibleOutcome(...members: readonly ContactFilterField[]): MemberOutcome {
  return { outcome: 'impossible', members };
}

/** Ids of CallGear's are numbers; anything else is nobody's id. Sorted, so that the same question has the same key. */
function idOutcome(member: ContactFilterField, ids: readonly string[], toCondition: (ids: readonly string[]) => Condition): MemberOutcome {
  const known = [...new Set(ids.filter(isCallgearId))].sort();
  return known.length === 0 ? NEVER : pushedOutcome(member, 'PUSHED_AND_CHECKED', toCondition(known));
}

function numberIn(member: ContactFilterField, field: string): (ids: readonly string[]) => Condition {
  return (ids) => ({ kind: 'numberIn', field, ids, member });
}

function nameOutcome(member: 'FIRST_NAME' | 'LAST_NAME', field: string, name: string): MemberOutcome {
  if (isUnstorable(name)) return NEVER;
  return pushedOutcome(member, 'PUSHED_AND_CHECKED', { kind: 'regexp', field, pattern: wholeNamePattern(name), member });
}

/** Every word has to be somewhere in the names, in any case. */
function searchOutcome(search: string): MemberOutcome {
  if (isUnstorable(search)) return NEVER;
  const words = [...new Map(search.split(/\s+/).map((word) => [folded(word), word])).values()];
  const conditions = words.map((word): Condition => {
    const pattern = anyCasePattern(word);
    return {
      kind: 'any',
      conditions: ['full_name', 'first_name', 'last_name'].map((field) => ({ kind: 'regexp', field, pattern, member: 'SEARCH' })),
    };
  });
  return pushedOutcome('SEARCH', 'PUSHED_AND_CHECKED', joined('all', conditions));
}

/**
 * Phones and e-mails by equality with any likely spelling. A contact of CallGear has no other contact infos, so beside a phone or an
 * e-mail such a condition is simply false; alone it is reported as unsupported, like every member that CallGear does not have.
 */
function contactInfoOutcome(conditions: readonly ContactInfoCondition[], defaultCountry: string | undefined): MemberOutcome {
  const answerable = conditions.filter(({ type }) => type === 'PHONE' || type === 'EMAIL');
  const unsupported = new Set(
    (answerable.length === 0 ? conditions : answerable).flatMap((condition): ContactFilterField[] => {
      if (condition.match === 'CONTAINS') return ['CONTACT_INFO_CONTAINS'];
      const isSpecific = condition.category !== undefined || condition.isPrimary !== undefined;
      return answerable.length === 0 || isSpecific ? ['CONTACT_INFO'] : [];
    }),
  );
  if (unsupported.size > 0) return impossibleOutcome(...unsupported);
  const valuesOf = (type: string) => answerable.filter((condition) => condition.type === type && !isUnstorable(condition.value));
  const phones = valuesOf('PHONE').flatMap(({ value }) => phoneSpellings(value, defaultCountry));
  const emails = valuesOf('EMAIL').flatMap(({ value }) => emailSpellings(value));
  const condition = joined('any', [...holdsText('phone_numbers', phones), ...holdsText('emails', emails)]);
  if (condition === undefined) return NEVER;
  // Neither casings of an e-mail nor spellings of a phone can be listed to the last.
  return pushedOutcome('CONTACT_INFO', 'PUSHED_AND_CHECKED', condition, false);
}

function holdsText(field: string, texts: readonly string[]): Condition[] {
  return texts.length === 0 ? [] : [{ kind: 'holdsText', field, texts: [...new Set(texts)], member: 'CONTACT_INFO' }];
}

/** PostgreSQL stores no NUL: nothing that holds one can be found, and asking for it is an error. */
function isUnstorable(text: string): boolean {
  return text.includes('\u0000');
}
