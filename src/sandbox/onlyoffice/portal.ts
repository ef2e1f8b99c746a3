/** A contact as the portal's tables hold it: crm_contact with its child rows. */
export interface StoredContact {
  readonly id: number;
  readonly isCompany: boolean;
  firstName: string;
  lastName: string;
  companyName: string;
  /** Job title. */
  title: string;
  about: string;
  industry: string;
  /** 0 for none; of persons only. */
  companyId: number;
  /** 0 for none; a number without list item dangles. */
  statusId: number;
  typeId: number;
  /** 0 private, 1 read and write, 2 read; null in legacy rows. */
  shareType: 0 | 1 | 2 | null;
  /** Ids of users or groups with an explicit right. */
  accessList: string[];
  createBy: string;
  /** Unix milliseconds, whole seconds; null is .NET's DateTime.MinValue. */
  createdAtMs: number | null;
  /** ISO 4217; null for none. */
  currency: string | null;
  tags: string[];
  infos: StoredInfo[];
  fieldValues: StoredFieldValue[];
  opportunityCount: number;
  invoiceCount: number;
  taskCount: number;
  hasLateTasks: boolean;
  /** Texts of the history, oldest first. */
  events: string[];
  lastEventAtMs: number | null;
  hasPhoto: boolean;
  /** Of the person in the population; left out for companies and what came later. */
  personIndex?: number;
}

/** A row of crm_contact_info. Addresses (type 7) hold JSON text in `data`. */
export interface StoredInfo {
  readonly id: number;
  type: number;
  category: number;
  data: string;
  isPrimary: boolean;
}

/** What one contact has in one custom field, as text. */
export interface StoredFieldValue {
  readonly fieldId: number;
  value: string;
}

/** A definition of a custom field; `entity` is 0 for both kinds, 4 for companies, 5 for persons. */
export interface StoredField {
  readonly id: number;
  readonly entity: 0 | 4 | 5;
  readonly label: string;
  /** 0 text, 1 area, 2 select, 3 check box, 4 heading, 5 date. */
  readonly type: 0 | 1 | 2 | 3 | 4 | 5;
  readonly position: number;
  readonly mask: string;
}

/** A contact status or a contact type. */
export interface StoredListItem {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly color: string;
  readonly sortOrder: number;
}

/** A user of the portal. */
export interface StoredUser {
  /** A Guid. */
  readonly id: string;
  readonly displayName: string;
  readonly title: string;
  readonly email: string;
  /** Name in the profile's URL. */
  readonly login: string;
  /** Whether the user administrates the CRM. */
  readonly isAdmin: boolean;
}

/** What a new contact may be made of; the rest gets the column's default. */
export type NewContact = Partial<Omit<StoredContact, 'id' | 'infos'>> & {
  readonly isCompany: boolean;
  readonly infos?: readonly Partial<Omit<StoredInfo, 'id'>>[];
};

/** The portal's data. The arrays are live: what is changed in them is what the next request sees. */
export interface Portal {
  readonly contacts: StoredContact[];
  readonly statuses: StoredListItem[];
  readonly types: StoredListItem[];
  readonly fields: StoredField[];
  readonly users: StoredUser[];
  /** Titles of tags that no contact has. */
  readonly spareTags: string[];
  /** BCP 47 name of the culture in which the portal makes small letters of what is asked. */
  readonly culture: string;
  /** IANA name of the tenant's zone. */
  readonly timeZone: string;
  /** Line end in the JSON text of addresses. */
  readonly lineEnd: '\n' | '\r\n';
  lastContactId: number;
  lastInfoId: number;
}

/** The type of a contact info that is an address. */
export const INFO_ADDRESS = 7;

/** Adds a contact with the next id, as the portal's own screens would. */
export function addContact(portal: Portal, contact: NewContact): StoredContact {
  portal.lastContactId += 1;
  const stored: StoredContact = {
    firstName: '',
    lastName: '',
    companyName: '',
    title: '',
    about: '',
    industry: '',
    companyId: 0,
    statusId: 0,
    typeId: 0,
    shareType: 1,
    accessList: [],
    createBy: portal.users[0]?.id ?? '',
    createdAtMs: Date.UTC(2025, 5, 1, 9),
    currency: null,
    tags: [],
    fieldValues: [],
    opportunityCount: 0,
    invoiceCount: 0,
    taskCount: 0,
    hasLateTasks: false,
    events: [],
    lastEventAtMs: null,
    hasPhoto: false,
    ...contact,
    id: portal.lastContactId,
    infos: (contact.infos ?? []).map((info) => {
      portal.lastInfoId += 1;
      return { type: 1, category: 1, data: '', isPrimary: false, ...info, id: portal.lastInfoId };
    }),
  };
  portal.contacts.push(stored);
  return stored;
}

/**
 * Removes a contact with its rows: persons of a company lose the company, deals stay without contact.
 *
 * Returns false when there is no such contact.
 */
export function removeContact(portal: Portal, id: number): boolean {
  const index = portal.contacts.findIndex((contact) => contact.id === id);
  if (index < 0) return false;
  portal.contacts.splice(index, 1);
  for (const person of portal.contacts) if (person.companyId === id) person.companyId = 0;
  return true;
}

/** An address as the portal's screens store it: indented JSON with these keys in this order. Left-out parts leave the key out. */
export function addressText(portal: Pick<Portal, 'lineEnd'>, parts: Readonly<Record<string, string | number | boolean>>): string {
  return JSON.stringify(parts, null, 2).replaceAll('\n', portal.lineEnd);
}

/** display_name as stored: what sorting by name and the database's own text search see. */
export function storedDisplayName(contact: StoredContact): string {
  return contact.isCompany ? contact.companyName : `${contact.firstName}!=!${contact.lastName}`;
}
