import type { StaffMember } from '../person.ts';
import type { StoredField, StoredListItem, StoredUser } from './portal.ts';

/** Ids of the statuses, types and fields that seeding refers to. Ids are running numbers of a shared table, so they start anywhere. */
export const STATUS = { cold: 16, warm: 17, hot: 18, parked: 31 } as const;
/** Ids of the contact types. */
export const TYPE = { client: 24, supplier: 25, partner: 26, competitor: 27 } as const;
/** Ids of the custom fields. */
export const FIELD = {
  heading: 1,
  nickname: 5,
  notes: 6,
  segment: 7,
  newsletter: 8,
  birthdate: 9,
  loyaltyNumber: 10,
  purchasing: 12,
  vatNumber: 13,
  contractUntil: 14,
} as const;

/** A status that is no longer in the list. */
export const DELETED_STATUS_ID = 99;

/** A user that has left, and a group: neither is found among the users. */
export const REMOVED_CREATOR_ID = 'c0ffee00-1111-4222-8333-444455556666';
/** A group of users, to which a contact is shared. */
export const GROUP_ID = 'deadbeef-0000-4000-8000-00000000cafe';

/** The portal's list of statuses, in no order: `sortOrder` counts. */
export const STATUSES: readonly StoredListItem[] = [
  { id: STATUS.cold, title: 'Cold', description: '', color: '#8a98d8', sortOrder: 1 },
  { id: STATUS.warm, title: 'Warm', description: '', color: '#ffd267', sortOrder: 2 },
  { id: STATUS.hot, title: 'Hot', description: 'Call within a day', color: '#df7895', sortOrder: 3 },
  { id: STATUS.parked, title: 'Auf Eis / parked', description: '', color: '', sortOrder: 0 },
];

/** The portal's list of contact types, all with the same `sortOrder`. */
export const TYPES: readonly StoredListItem[] = [
  { id: TYPE.client, title: 'Client', description: '', color: '', sortOrder: 0 },
  { id: TYPE.supplier, title: 'Supplier', description: '', color: '', sortOrder: 1 },
  { id: TYPE.partner, title: 'Partner', description: '', color: '', sortOrder: 2 },
  { id: TYPE.competitor, title: 'Competitor', description: '', color: '', sortOrder: 3 },
];

/** The definitions of the custom fields, by `position`. */
export const FIELDS: readonly StoredField[] = [
  { id: FIELD.heading, entity: 0, label: 'Extra', type: 4, position: 0, mask: '' },
  { id: FIELD.nickname, entity: 0, label: 'Nickname', type: 0, position: 1, mask: '{"size":40}' },
  { id: FIELD.notes, entity: 0, label: 'Notes', type: 1, position: 2, mask: '{"rows":2,"cols":40}' },
  { id: FIELD.segment, entity: 0, label: 'Segment', type: 2, position: 3, mask: '["A","B","C/D"]' },
  { id: FIELD.newsletter, entity: 0, label: 'Newsletter', type: 3, position: 4, mask: '' },
  { id: FIELD.birthdate, entity: 5, label: 'Birthdate', type: 5, position: 5, mask: '' },
  { id: FIELD.loyaltyNumber, entity: 5, label: 'Loyalty no', type: 0, position: 6, mask: '{"size":20}' },
  { id: FIELD.purchasing, entity: 4, label: 'Purchasing', type: 4, position: 7, mask: '' },
  { id: FIELD.vatNumber, entity: 4, label: 'VAT no', type: 0, position: 8, mask: '{"size":40}' },
  { id: FIELD.contractUntil, entity: 4, label: 'Contract until', type: 5, position: 9, mask: '' },
];

const FIRST_USER_ID = '293bb997-28d8-4be0-8547-6eb50add1f3c';

/** Makes the portal's users of the staff: the first is an ordinary user, administrators run the CRM. */
export function toUser({ index, firstName, lastName, jobTitle, email }: StaffMember): StoredUser {
  const id = index === 0 ? FIRST_USER_ID : `7b2f4c0${index.toString(16)}-5d1e-4a3b-9c6d-0f1e2d3c4b${(index + 16).toString(16)}`;
  const login = email.split('@')[0] ?? email;
  return { id, displayName: `${firstName} ${lastName}`, title: jobTitle, email, login, isAdmin: jobTitle === 'Administrator' };
}
