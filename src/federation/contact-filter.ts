import type { ContactInfoCondition, DateTimeRange, SourceFilter } from '../datasources/port/list-query.ts';
import type { SourceId, SourceIdEntity } from './source-id.ts';

/** What the ids of each member may be ids of. */
export const ENTITIES_BY_ID_MEMBER = {
  statusIds: ['status'],
  typeIds: ['type'],
  responsibleIds: ['user'],
  groupIds: ['group'],
  // ONLYOFFICE's companies are contacts: their ids do not tell them from persons.
  companyIds: ['company', 'contact'],
} as const satisfies Partial<Record<keyof SourceFilter, readonly SourceIdEntity[]>>;
/** The members that are ids. */
export type IdMember = keyof typeof ENTITIES_BY_ID_MEMBER;

/** What a row must satisfy, whichever source it comes from: a SourceFilter whose ids still say whose they are. */
export type ContactFilter = Omit<SourceFilter, IdMember> & { readonly [Member in IdMember]?: readonly SourceId[] };

/** A ContactFilter as it was given, before `normalizeFilter`; undefined is no condition. */
export type GivenFilter = { readonly [Member in keyof ContactFilter]?: ContactFilter[Member] | undefined };

/** A condition that nothing satisfies. No text, since a text may be any. */
const NEVER = Symbol('never');
/** Each member in its one form; undefined is no condition. */
type NormalMembers = { readonly [Member in keyof ContactFilter]-?: ContactFilter[Member] | typeof NEVER | undefined };

/**
 * Brings a filter into the one form that all below rely on: texts are trimmed and never blank, lists and ranges never empty.
 *
 * @returns `none` when nothing can match: a range ends before it begins, or every contact info to look for is blank.
 */
export function normalizeFilter(given: GivenFilter): ContactFilter | 'none' {
  const members: NormalMembers = {
    search: normalText(given.search),
    contactInfos: normalContactInfos(given.contactInfos),
    kind: given.kind,
    tags: normalList(given.tags?.map((tag) => tag.trim()).filter((tag) => tag !== '')),
    statusIds: normalList(given.statusIds),
    typeIds: normalList(given.typeIds),
    responsibleIds: normalList(given.responsibleIds),
    groupIds: normalList(given.groupIds),
    companyIds: normalList(given.companyIds),
    hasLeads: given.hasLeads,
    isShared: given.isShared,
    createdAt: normalRange(given.createdAt),
    updatedAt: normalRange(given.updatedAt),
    firstName: normalText(given.firstName),
    lastName: normalText(given.lastName),
  };
  const conditions = Object.entries(members).filter(([, member]) => member !== undefined);
  return conditions.some(([, member]) => member === NEVER) ? 'none' : (Object.fromEntries(conditions) as ContactFilter);
}

/**
 * Narrows a normalized filter to what one source is asked: ids of other sources, or of another entity than the member takes, are dropped.
 *
 * @param listsCompanies Whether the source's companies are among its contacts, and so have ids of the entity `contact`.
 * @returns `none` when an id member kept no id: nothing of this source can match.
 */
export function filterForSource(filter: ContactFilter, sourceName: string, listsCompanies = true): SourceFilter | 'none' {
  const { statusIds, typeIds, responsibleIds, groupIds, companyIds, ...others } = filter;
  const ids: { [Member in IdMember]?: readonly string[] } = {};
  for (const [member, given] of Object.entries({ statusIds, typeIds, responsibleIds, groupIds, companyIds })) {
    if (given === undefined) continue;
    const entities = ENTITIES_BY_ID_MEMBER[member as IdMember].filter((entity) => entity !== 'contact' || listsCompanies);
    const kept = given.filter((id) => id.source === sourceName && entities.some((entity) => entity === id.entity));
    if (kept.length === 0) return 'none';
    ids[member as IdMember] = [...new Set(kept.map((id) => id.idInSource))];
  }
  return { ...others, ...ids };
}

function normalText(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function normalContactInfos(
  given: readonly ContactInfoCondition[] | undefined,
): readonly ContactInfoCondition[] | typeof NEVER | undefined {
  const conditions = given?.map((condition) => ({ ...condition, value: condition.value.trim() }));
  const filled = conditions?.filter(({ value }) => value !== '');
  return filled?.length === 0 && given?.length !== 0 ? NEVER : normalList(filled);
}

function normalList<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

function normalRange(range: DateTimeRange | undefined): DateTimeRange | typeof NEVER | undefined {
  if (range?.from === undefined || range.to === undefined) return (range?.from ?? range?.to) && range;
  return range.from.getTime() > range.to.getTime() ? NEVER : range;
}
