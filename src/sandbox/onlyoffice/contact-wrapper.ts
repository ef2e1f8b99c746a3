import { canAccess, canDelete, canEdit, shareTypeOf } from './access.ts';
import { notFound, serverError } from './api-error.ts';
import { INFO_ADDRESS } from './portal.ts';
import type { Portal, StoredContact, StoredField, StoredInfo, StoredListItem, StoredUser } from './portal.ts';
import { formatPortalTime } from './portal-time.ts';
import { CURRENCIES, categoryLabel } from './wire-names.ts';

/** Whom an answer is for, and under which address the portal was asked. */
export interface Viewer {
  readonly portal: Portal;
  readonly user: StoredUser;
  /** For absolute links: `http://host:port`. */
  readonly origin: string;
}

const REMOVED_USER_ID = '4a515a15-d4d6-4b8e-828e-e0586f18f3a3';
const HEADING = 4;

/** The form of contact/filter and company/{id}/person: tags, addresses if any, no headings, no company that the user must not see. */
export function toListForm(viewer: Viewer, contact: StoredContact): object {
  const { portal } = viewer;
  const addresses = contact.infos.filter(({ type }) => type === INFO_ADDRESS).map(toAddress);
  const company = companyOf(viewer, contact);
  return {
    ...ownMembers(viewer, contact, company && canAccess(viewer.user, company) ? company : undefined),
    addresses: addresses.length > 0 ? addresses : undefined,
    ...describingMembers(viewer, contact),
    contactStatus: listItemOf(portal.statuses, contact.statusId),
    commonData: commonData(contact),
    customFields: fieldsWithValues(portal, contact).map(({ field, value }) => toFieldValue(field, contact.id, value)),
    tags: contact.tags.length > 0 ? contact.tags.toSorted(compareIgnoringCase) : undefined,
    taskCount: contact.taskCount || undefined,
    haveLateTasks: contact.hasLateTasks,
    ...toBase(viewer, contact),
  };
}

/**
 * The form of contact/{id}, bycontactinfo and DELETE: no tags, headings, a company whoever may see it.
 *
 * @throws {ApiError} 404 when the contact's status is no longer in the list.
 */
export function toSingleForm(viewer: Viewer, contact: StoredContact): object {
  const { portal } = viewer;
  const contactStatus = listItemOf(portal.statuses, contact.statusId);
  if (contact.statusId !== 0 && !contactStatus) throw notFound();
  return {
    ...ownMembers(viewer, contact, companyOf(viewer, contact)),
    addresses: contact.infos.filter(({ type }) => type === INFO_ADDRESS).map(toAddress),
    ...describingMembers(viewer, contact),
    contactStatus,
    commonData: commonData(contact),
    customFields: toFieldValues(portal, contact.isCompany ? 4 : 5, contact),
    taskCount: contact.taskCount || undefined,
    haveLateTasks: contact.hasLateTasks,
    ...toBase(viewer, contact),
  };
}

/** The thin form of contact/simple/filter. */
export function toThinForm(viewer: Viewer, contact: StoredContact): object {
  const company = companyOf(viewer, contact);
  return {
    ...ownMembers(viewer, contact, company && canAccess(viewer.user, company) ? company : undefined),
    ...describingMembers(viewer, contact),
    commonData: commonData(contact),
    haveLateTasks: false,
    ...toBase(viewer, contact),
  };
}

/** ContactBaseWrapper: what is embedded as `company` and what bulk deletion gives back. */
export function toBase(viewer: Viewer, contact: StoredContact): object {
  const shareType = shareTypeOf(contact);
  const isPrivate = shareType === 0;
  return {
    smallFotoUrl: photoHandlerUrl(contact, 1),
    mediumFotoUrl: photoHandlerUrl(contact, 2),
    displayName: displayName(contact),
    isCompany: contact.isCompany,
    accessList: isPrivate ? contact.accessList.map((id) => toEmployee(viewer, id)) : undefined,
    isPrivate,
    isShared: !isPrivate,
    shareType,
    currency: contact.currency === null ? null : currencyOf(contact.currency),
    canEdit: canEdit(viewer.user, contact),
    canDelete: canDelete(viewer.user, contact),
    id: contact.id,
  };
}

/** As shown: a person without last name keeps the trailing space. */
export function displayName(contact: StoredContact): string {
  return contact.isCompany ? contact.companyName : `${contact.firstName} ${contact.lastName}`;
}

/** ContactInfoWrapper: every member always present. */
export function toInfo({ id, type, category, data, isPrimary }: StoredInfo): object {
  return { id, infoType: type, category, data, categoryName: categoryLabel(type, category), isPrimary };
}

/** Values and every heading of the kind of contact (4 company, 5 person), in the fields' order; no values without a contact. */
export function toFieldValues(portal: Portal, entity: 4 | 5, contact: StoredContact | undefined): object[] {
  return fieldsOf(portal, entity).flatMap((field) => {
    if (field.type === HEADING) return [toFieldValue(field, 0, '')];
    const value = contact?.fieldValues.find(({ fieldId }) => fieldId === field.id)?.value;
    return contact && value ? [toFieldValue(field, contact.id, value)] : [];
  });
}

/** Definitions that apply to an entity (0: only those common to both kinds), by sort order. */
export function fieldsOf(portal: Portal, entity: 0 | 4 | 5): StoredField[] {
  return portal.fields.filter((field) => field.entity === 0 || field.entity === entity).toSorted((a, b) => a.position - b.position);
}

/** CustomFieldBaseWrapper. */
export function toFieldValue(field: StoredField, entityId: number, fieldValue: string): object {
  const { label, type: fieldType, position, mask, id } = field;
  return { entityId, label, fieldValue, fieldType, position, mask, id };
}

/** ListItem without its count: `sortOrder` 0 is left out. */
export function toListItem({ title, description, color, sortOrder, id }: StoredListItem): object {
  return { title, description, color, sortOrder: sortOrder || undefined, id };
}

/** Compares tags and the like as .NET's ignoring-case comparison roughly does. */
export function compareIgnoringCase(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

function ownMembers(viewer: Viewer, contact: StoredContact, company: StoredContact | undefined): object {
  if (contact.isCompany) {
    const personsCount = viewer.portal.contacts.filter(({ companyId }) => companyId === contact.id).length;
    return { companyName: contact.companyName, personsCount: personsCount || undefined };
  }
  const { firstName, lastName, title } = contact;
  return { firstName, lastName, company: company && toBase(viewer, company), title };
}

function describingMembers(viewer: Viewer, { createBy, createdAtMs, about, industry }: StoredContact): object {
  return { createBy: toEmployee(viewer, createBy), created: formatPortalTime(createdAtMs, viewer.portal.timeZone), about, industry };
}

function companyOf({ portal }: Viewer, { companyId }: StoredContact): StoredContact | undefined {
  return companyId === 0 ? undefined : portal.contacts.find(({ id }) => id === companyId);
}

function commonData(contact: StoredContact): object[] {
  return contact.infos.filter(({ type }) => type !== INFO_ADDRESS).map(toInfo);
}

function fieldsWithValues(portal: Portal, contact: StoredContact): { field: StoredField; value: string }[] {
  return fieldsOf(portal, contact.isCompany ? 4 : 5).flatMap((field) => {
    const value = contact.fieldValues.find(({ fieldId }) => fieldId === field.id)?.value;
    return value && field.type !== HEADING ? [{ field, value }] : [];
  });
}

function listItemOf(items: readonly StoredListItem[], id: number): object | undefined {
  const item = items.find((candidate) => candidate.id === id);
  return item && toListItem(item);
}

/** Whoever is not a user (any more), groups included, is shown as a removed profile. */
function toEmployee({ portal, origin }: Viewer, id: string): object {
  const user = portal.users.find((candidate) => candidate.id === id);
  return {
    id: user?.id ?? REMOVED_USER_ID,
    displayName: user?.displayName ?? 'Profile has been removed',
    title: user?.title || undefined,
    avatarSmall: '/skins/default/images/default_user_photo_size_32-32.png',
    profileUrl: `${origin}/Products/People/Profile.aspx?${user ? `user=${user.login}` : ''}`,
  };
}

function currencyOf(abbreviation: string): object {
  const currency = CURRENCIES[abbreviation];
  if (!currency) throw serverError('Object reference not set to an instance of an object.');
  return currency;
}

function photoHandlerUrl(contact: StoredContact, size: 1 | 2): string {
  const isCompany = contact.isCompany ? 'True' : 'False';
  return `/Products/CRM/HttpHandlers/filehandler.ashx?action=contactphotoulr&cid=${contact.id}&isc=${isCompany}&ps=${size}`;
}

/**
 * Reads a stored address as the CRM does: part after part in a fixed order, giving up in silence at the first one that is missing,
 * which loses the later parts and the category.
 */
function toAddress(info: StoredInfo): object {
  const parts: Record<string, string | undefined> = {};
  const stored = parsedObject(info.data);
  let isWhole = stored !== undefined;
  for (const name of ['city', 'country', 'state', 'street', 'zip']) {
    if (!isWhole || !stored || !(name in stored)) {
      isWhole = false;
      break;
    }
    const value = stored[name];
    parts[name] = typeof value === 'string' ? value : undefined;
  }
  const { street, city, state, zip, country } = parts;
  const place = { street, city, state, zip, country };
  if (!isWhole) return place;
  const { category, isPrimary } = info;
  const categoryName = categoryLabel(INFO_ADDRESS, category);
  return { ...place, category: category || undefined, categoryName, isPrimary: isPrimary || undefined };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
