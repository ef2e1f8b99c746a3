import type { ContactFilterField, ContactInfoCondition, SourceFilter } from './list-query.ts';

/** By which field each member of a filter is named in plans and reports; the two of `contactInfos` are told apart by `match`. */
const FIELD_BY_MEMBER = {
  search: 'SEARCH',
  contactInfos: 'CONTACT_INFO',
  kind: 'KIND',
  tags: 'TAGS',
  statusIds: 'STATUS',
  typeIds: 'TYPE',
  responsibleIds: 'RESPONSIBLE',
  groupIds: 'GROUP',
  companyIds: 'COMPANY',
  hasLeads: 'HAS_LEADS',
  isShared: 'IS_SHARED',
  createdAt: 'CREATED_AT',
  updatedAt: 'UPDATED_AT',
  firstName: 'FIRST_NAME',
  lastName: 'LAST_NAME',
} as const satisfies Record<keyof SourceFilter, ContactFilterField>;

const MEMBERS = Object.keys(FIELD_BY_MEMBER) as readonly (keyof SourceFilter)[];

/** Returns the fields of the members that a filter has, each once: what a plan for it must answer. */
export function fieldsOf(filter: SourceFilter): ContactFilterField[] {
  return MEMBERS.flatMap((member) => {
    if (filter[member] === undefined) return [];
    return member === 'contactInfos' ? contactInfoFields(filter.contactInfos) : [FIELD_BY_MEMBER[member]];
  });
}

/** Returns the field that a condition on contact infos is named by. */
export function contactInfoField({ match }: ContactInfoCondition): ContactFilterField {
  return match === 'CONTAINS' ? 'CONTACT_INFO_CONTAINS' : FIELD_BY_MEMBER.contactInfos;
}

function contactInfoFields(conditions: readonly ContactInfoCondition[] = []): ContactFilterField[] {
  return [...new Set(conditions.map(contactInfoField))].sort();
}
