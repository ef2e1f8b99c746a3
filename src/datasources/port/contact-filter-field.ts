/**
 * The members of SourceFilter, to say which a source answers, and how. `contactInfos` are two: `CONTACT_INFO` are those that match `EXACT`,
 * `CONTACT_INFO_CONTAINS` the others.
 */
export const CONTACT_FILTER_FIELDS = [
  'SEARCH',
  'CONTACT_INFO',
  'CONTACT_INFO_CONTAINS',
  'KIND',
  'TAGS',
  'STATUS',
  'TYPE',
  'RESPONSIBLE',
  'GROUP',
  'COMPANY',
  'HAS_LEADS',
  'IS_SHARED',
  'CREATED_AT',
  'UPDATED_AT',
  'FIRST_NAME',
  'LAST_NAME',
] as const;
export type ContactFilterField = (typeof CONTACT_FILTER_FIELDS)[number];
