import { CONTACT_FILTER_FIELDS, type ContactFilterField as Field } from '../../datasources/port/list-query.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactFilterField = builder.enumType('ContactFilterField', {
  description: 'A member of `ContactFilter`, as named in capabilities and reports. New values may be added.',
  values: describedValues<Field>(CONTACT_FILTER_FIELDS, {
    SEARCH: 'Full-text search: `search`.',
    CONTACT_INFO: 'Phone numbers, e-mail addresses and so on: `contactInfos` with `match: EXACT`.',
    CONTACT_INFO_CONTAINS: 'Parts of phone numbers, e-mail addresses and so on: `contactInfos` with `match: CONTAINS`.',
    KIND: 'Persons or companies only: `kind`.',
    TAGS: 'All of several tags: `tags`.',
    STATUS: 'Any of several statuses: `statusIds`.',
    TYPE: 'Any of several types: `typeIds`.',
    RESPONSIBLE: 'Any of several responsible users: `responsibleIds`.',
    GROUP: 'Any of several groups: `groupIds`.',
    COMPANY: 'Persons of any of several companies: `companyIds`.',
    HAS_LEADS: 'Contacts with or without deals: `hasLeads`.',
    IS_SHARED: 'Contacts that all users may see, or not: `isShared`.',
    CREATED_AT: 'Date of creation: `createdAt`.',
    UPDATED_AT: 'Date of the last change: `updatedAt`.',
    FIRST_NAME: 'Given name: `firstName`.',
    LAST_NAME: 'Family name: `lastName`.',
  }),
});
