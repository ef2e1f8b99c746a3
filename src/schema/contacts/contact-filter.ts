import { builder } from '../builder.ts';
import { ContactInfoFilter } from './contact-info-filter.ts';
import { ContactKind } from '../contact/contact-kind.ts';
import { DateTimeRange } from './date-time-range.ts';

export const ContactFilter = builder.inputType('ContactFilter', {
  description:
    'Selects contacts: a contact must meet all members; null or [] is no condition. A source that cannot answer a member is left out, and its report says SKIPPED with FILTER_UNSUPPORTED and names the member. IDs of another source match nothing here and cost no call. Lists hold at most 100 entries, texts at most 500 characters.',
  fields: (t) => ({
    search: t.string({
      availability: 'filter.SEARCH',
      description: "Text for the CRM's own full-text search. At most 500 characters; blank is no condition.",
    }),
    contactInfos: t.field({
      type: [ContactInfoFilter],
      description: 'Contacts with any of these phone numbers, e-mail addresses or other contact infos. At most 10.',
    }),
    kind: t.field({
      type: ContactKind,
      availability: { of: 'list.COMPANY', about: '`COMPANY`' },
      description: 'Only persons, or only companies.',
    }),
    tags: t.stringList({ availability: 'filter.TAGS', description: 'Contacts with all of these tags, ignoring case.' }),
    statusIds: t.idList({ availability: 'filter.STATUS', description: 'Contacts with any of these statuses (`ContactStatus.id`).' }),
    typeIds: t.idList({ availability: 'filter.TYPE', description: 'Contacts with any of these types (`ContactType.id`).' }),
    responsibleIds: t.idList({
      availability: 'filter.RESPONSIBLE',
      description: 'Contacts for which any of these users is responsible (`User.id`).',
    }),
    groupIds: t.idList({ availability: 'filter.GROUP', description: 'Contacts in any of these groups (`ContactGroup.id`).' }),
    companyIds: t.idList({ availability: 'filter.COMPANY', description: 'Persons of any of these companies (`Company.id`).' }),
    hasLeads: t.boolean({ availability: 'filter.HAS_LEADS', description: 'Whether the contact is part of a deal.' }),
    isShared: t.boolean({ availability: 'filter.IS_SHARED', description: 'Whether all users of the CRM may see the contact.' }),
    createdAt: t.field({ type: DateTimeRange, availability: 'filter.CREATED_AT', description: 'Contacts created within this range.' }),
    updatedAt: t.field({ type: DateTimeRange, availability: 'filter.UPDATED_AT', description: 'Contacts last changed within this range.' }),
    firstName: t.string({
      availability: 'filter.FIRST_NAME',
      description: 'Contacts with exactly this first name, ignoring case. Not blank; at most 500 characters.',
    }),
    lastName: t.string({
      availability: 'filter.LAST_NAME',
      description: 'Contacts with exactly this last name, ignoring case. Not blank; at most 500 characters.',
    }),
  }),
});

/** A filter as a client gave it; see read-contact-filter.ts. */
export type ContactFilterInput = typeof ContactFilter.$inferInput;
