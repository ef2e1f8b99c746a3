import { builder } from '../builder.ts';
import { ContactInfoFilter } from './contact-info-filter.ts';
import { ContactKind } from '../contact/contact-kind.ts';
import { DateTimeRange } from './date-time-range.ts';

export const ContactFilter = builder.inputType('ContactFilter', {
  description:
    'Which contacts a list holds. Members are ANDed; null or [] is no condition. A source that cannot answer a member is left out, and its report says SKIPPED with FILTER_UNSUPPORTED and the member. An id of another source matches nothing here, and costs no call. Lists hold at most 100 entries, texts at most 500 characters.',
  fields: (t) => ({
    search: t.string({
      description: "The CRM's own full-text search; CallGear searches names. At most 500 characters; blank is no condition.",
    }),
    contactInfos: t.field({
      type: [ContactInfoFilter],
      description: 'Any of these phones, e-mails and so on: who is it? At most 10.',
    }),
    kind: t.field({ type: ContactKind, description: 'Persons only, or companies only. Companies: only ONLYOFFICE lists them.' }),
    tags: t.stringList({ description: 'All of these tags, ignoring case. Not CallGear.' }),
    statusIds: t.idList({ description: 'Any of these `ContactStatus.id`. ONLYOFFICE only.' }),
    typeIds: t.idList({ description: 'Any of these `ContactType.id`. ONLYOFFICE only.' }),
    responsibleIds: t.idList({ description: 'Any of these `User.id`. In ONLYOFFICE also those who may see a private contact.' }),
    groupIds: t.idList({ description: 'Any of these `ContactGroup.id`. CallGear only.' }),
    companyIds: t.idList({ description: 'Persons of any of these companies (`Company.id`).' }),
    hasLeads: t.boolean({ description: 'Whether the contact is part of a deal. Not CallGear; false: only Kommo.' }),
    isShared: t.boolean({ description: 'Whether the contact is open to the whole staff. ONLYOFFICE only.' }),
    createdAt: t.field({ type: DateTimeRange, description: 'When it was entered. Not CallGear.' }),
    updatedAt: t.field({ type: DateTimeRange, description: 'When it was last changed. Kommo only.' }),
    firstName: t.string({ description: 'The whole first name, ignoring case. Not blank; at most 500 characters.' }),
    lastName: t.string({ description: 'The whole last name, ignoring case. Not blank; at most 500 characters.' }),
  }),
});

/** A filter as a client gave it; see read-contact-filter.ts. */
export type ContactFilterInput = typeof ContactFilter.$inferInput;
