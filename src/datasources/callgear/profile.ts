import type { CrmProfile } from '../port/crm-profile.ts';
import { FILTER_FIELDS, ORDER_FIELDS } from './planning/plan.ts';

/** CallGear's address book: persons only, without dates, tags and fields of the account's own. */
export const callgearProfile: CrmProfile = {
  kind: 'CALLGEAR',
  displayName: 'CallGear',
  capabilities: {
    kinds: ['PERSON'],
    deletableKinds: ['PERSON'],
    canCount: false,
    orderFields: ORDER_FIELDS,
    filterFields: FILTER_FIELDS,
    keysPerCall: 50,
    changeDetection: 'NONE',
    uncoveredData: ['Calls and their recordings', 'Chats, and the history of the visitor'],
  },
  provides: {
    contact: ['firstName', 'lastName', 'patronymic', 'company', 'contactInfos', 'groups', 'responsible'],
    contactInfo: ['normalizedValue'],
    address: [],
    tag: [],
    taskSummary: [],
    user: ['displayName', 'email'],
    companyReference: ['displayName'],
    customField: [],
    customFieldOption: [],
    customFieldValue: [],
    references: ['groups', 'users'],
  },
  remarks: { 'filter.SEARCH': 'searches names only' },
};
