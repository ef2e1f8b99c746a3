import type { CrmProfile } from '../port/crm-profile.ts';
import { filterFields } from './planning/plan.ts';

/** Kommo (amoCRM): lists hold persons only; companies are read by id. Its public API deletes nothing. */
export const kommoProfile: CrmProfile = {
  kind: 'KOMMO',
  displayName: 'Kommo',
  capabilities: {
    kinds: ['PERSON'],
    deletableKinds: [],
    canCount: false,
    orderFields: ['DISPLAY_NAME', 'CREATED_AT', 'UPDATED_AT'],
    filterFields: filterFields(true),
  },
  provides: {
    contact: [
      'accountId',
      'firstName',
      'lastName',
      'jobTitle',
      'company',
      'contactInfos',
      'addresses',
      'customFields',
      'tags',
      'taskSummary',
      'leadIds',
      'catalogElements',
      'isUnsorted',
      'responsible',
      'createdBy',
      'createdAt',
      'updatedBy',
      'updatedAt',
      'url',
      'viewerCanDelete',
    ],
    contactInfo: ['category', 'categoryName', 'normalizedValue'],
    address: ['street', 'city', 'state', 'zip', 'country'],
    tag: ['color'],
    taskSummary: ['nextDueAt'],
    user: ['displayName', 'email', 'group'],
    companyReference: [],
    customField: ['code', 'position', 'options'],
    customFieldOption: ['code'],
    customFieldValue: ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'DATE_TIME', 'SELECT', 'ADDRESS', 'LEGAL_ENTITY', 'FILE'],
    references: ['users', 'tags', 'customFields'],
  },
};
