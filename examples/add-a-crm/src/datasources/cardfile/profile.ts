import type { CrmProfile } from '../port/crm-profile.ts';

/** Cardfile knows persons by name, phone and e-mail, and nothing of what they buy. */
export const cardfileProfile: CrmProfile = {
  kind: 'CARDFILE',
  displayName: 'Cardfile',
  capabilities: {
    kinds: ['PERSON'],
    deletableKinds: [],
    canCount: true,
    orderFields: ['DISPLAY_NAME', 'CREATED_AT'],
    filterFields: ['SEARCH', 'CONTACT_INFO', 'KIND', 'FIRST_NAME', 'LAST_NAME'],
  },
  provides: {
    contact: ['firstName', 'lastName', 'contactInfos', 'createdAt'],
    contactInfo: ['normalizedValue'],
    address: [],
    tag: [],
    taskSummary: [],
    user: [],
    companyReference: [],
    customField: [],
    customFieldOption: [],
    customFieldValue: [],
    references: [],
  },
};
