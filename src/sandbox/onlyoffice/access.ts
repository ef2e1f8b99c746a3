import type { Portal, StoredContact, StoredUser } from './portal.ts';

/** Share type as the CRM works it out: legacy rows without one are open to all unless someone has an explicit right. */
export function shareTypeOf(contact: StoredContact): 0 | 1 | 2 {
  return contact.shareType ?? (contact.accessList.length === 0 ? 1 : 0);
}

/** Whether the user sees the contact at all. */
export function canAccess(user: StoredUser, contact: StoredContact): boolean {
  return shareTypeOf(contact) !== 0 || user.isAdmin || contact.accessList.includes(user.id);
}

/** Whether the user may change the contact: what is shared for reading may be changed by administrators and those with a right of their own. */
export function canEdit(user: StoredUser, contact: StoredContact): boolean {
  return shareTypeOf(contact) === 1 || user.isAdmin || contact.accessList.includes(user.id);
}

/** Invoices block deletion even for administrators. */
export function canDelete(user: StoredUser, contact: StoredContact): boolean {
  return canEdit(user, contact) && contact.invoiceCount === 0;
}

/** The contacts that the user sees, in the order of the table. */
export function visibleContacts(portal: Portal, user: StoredUser): StoredContact[] {
  return portal.contacts.filter((contact) => canAccess(user, contact));
}
