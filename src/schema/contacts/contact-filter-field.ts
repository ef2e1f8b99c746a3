import { CONTACT_FILTER_FIELDS, type ContactFilterField as Field } from '../../datasources/port/list-query.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactFilterField = builder.enumType('ContactFilterField', {
  description: 'A member of `ContactFilter`, to say which a source can or cannot answer. New values may be added.',
  values: describedValues<Field>(CONTACT_FILTER_FIELDS, {
    SEARCH: '`search`.',
    CONTACT_INFO: '`contactInfos` with `match: EXACT`.',
    CONTACT_INFO_CONTAINS: '`contactInfos` with `match: CONTAINS`.',
    KIND: '`kind`.',
    TAGS: '`tags`.',
    STATUS: '`statusIds`.',
    TYPE: '`typeIds`.',
    RESPONSIBLE: '`responsibleIds`.',
    GROUP: '`groupIds`.',
    COMPANY: '`companyIds`.',
    HAS_LEADS: '`hasLeads`.',
    IS_SHARED: '`isShared`.',
    CREATED_AT: '`createdAt`.',
    UPDATED_AT: '`updatedAt`.',
    FIRST_NAME: '`firstName`.',
    LAST_NAME: '`lastName`.',
  }),
});
