import type { DateTimeRange, SourceFilter } from '../datasources/port/list-query.ts';
import type { SourceId, SourceIdEntity } from './source-id.ts';

const ENTITIES_BY_ID_MEMBER = {
  statusIds: ['status'],
  typeIds: ['type'],
  responsibleIds: ['user'],
  groupIds: ['group'],
  // ONLYOFFICE's companies are contacts: their ids do not tell them from persons.
  companyIds: ['company', 'contact'],
} as const satisfies Partial<Record<keyof SourceFilter, readonly SourceIdEntity[]>>;
type IdMember = keyof typeof ENTITIES_BY_ID_MEMBER;

/** What a row must satisfy, whichever source it comes from: a SourceFilter whose ids still say whose they are. */
export type ContactFilter = Omit<SourceFilter, IdMember> & { readonly [Member in IdMember]?: readonly SourceId[] };

/**
 * Narrows a filter to what one source is asked.
 *
 * Empty lists, blank texts and open ranges are no condition. Ids of other sources, or of another entity than the member takes, are dropped.
 *
 * @param listsCompanies Whether the source's companies are among its contacts, and so have ids of the entity `contact`.
 * @returns `none` when nothing of this source can match: an id member kept no id, each contact info to look for is blank, or a range ends
 *   before it begins.
 */
export function filterForSource(filter: ContactFilter, sourceName: string, listsCompanies = true): SourceFilter | 'none' {
  const contactInfos = filter.contactInfos?.filter((condition) => condition.value.trim() !== '');
  if (filter.contactInfos?.length && contactInfos?.length === 0) return 'none';
  if (isEmptyRange(filter.createdAt) || isEmptyRange(filter.updatedAt)) return 'none';
  const ids: { [Member in IdMember]?: readonly string[] } = {};
  for (const member of idMembers) {
    const given = filter[member];
    if (!given?.length) continue;
    const entities = ENTITIES_BY_ID_MEMBER[member].filter((entity) => entity !== 'contact' || listsCompanies);
    const kept = given.filter((id) => id.source === sourceName && entities.some((entity) => entity === id.entity));
    if (kept.length === 0) return 'none';
    ids[member] = [...new Set(kept.map((id) => id.idInSource))];
  }
  return {
    ...ids,
    ...textMembers(filter),
    ...otherMembers(filter),
    ...(contactInfos?.length && { contactInfos: contactInfos.map(trimmed) }),
  };
}

const idMembers: readonly IdMember[] = ['statusIds', 'typeIds', 'responsibleIds', 'groupIds', 'companyIds'];

function textMembers(filter: ContactFilter): SourceFilter {
  const search = filter.search?.trim();
  const firstName = filter.firstName?.trim();
  const lastName = filter.lastName?.trim();
  const tags = filter.tags?.map((tag) => tag.trim()).filter((tag) => tag !== '');
  return {
    ...(search && { search }),
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(tags?.length && { tags }),
  };
}

function otherMembers(filter: ContactFilter): SourceFilter {
  return {
    ...(filter.kind !== undefined && { kind: filter.kind }),
    ...(filter.hasLeads !== undefined && { hasLeads: filter.hasLeads }),
    ...(filter.isShared !== undefined && { isShared: filter.isShared }),
    ...(isBounded(filter.createdAt) && { createdAt: filter.createdAt }),
    ...(isBounded(filter.updatedAt) && { updatedAt: filter.updatedAt }),
  };
}

function trimmed<Condition extends { readonly value: string }>(condition: Condition): Condition {
  return { ...condition, value: condition.value.trim() };
}

function isBounded(range: DateTimeRange | undefined): range is DateTimeRange {
  return range?.from !== undefined || range?.to !== undefined;
}

function isEmptyRange(range: DateTimeRange | undefined): boolean {
  return range?.from !== undefined && range.to !== undefined && range.from.getTime() > range.to.getTime();
}
