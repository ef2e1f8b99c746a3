import { NOTHING_DAMAGED } from '../../port/member.ts';
import type {
  CompanyReference,
  ContactAccessRecord,
  ContactRecord,
  CurrencyRecord,
  ListItemRecord,
  PhotoReference,
  ShareType,
  TagRecord,
  UserReference,
} from '../../port/records.ts';
import { httpUrlOrNull, textOrNull } from '../../wire/wire-reply.ts';
import { toAddresses, toContactInfos } from './contact-info.ts';
import { toContactCustomFields } from './custom-field.ts';
import { readInstant } from './portal-date.ts';
import type { OnlyofficeContact, OnlyofficeCurrency, OnlyofficeListItem, OnlyofficeUser } from '../wire-types.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** The portal's URL without a trailing slash. */
  readonly portalUrl: string;
  readonly defaultCountry: string | undefined;
}

/** LIST rows hold all tags, and leave the member out when there are none; SINGLE rows never hold any. */
export type RowForm = 'LIST' | 'SINGLE';

const SHARE_TYPES: readonly ShareType[] = ['NONE', 'READ_WRITE', 'READ'];
const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/** Maps a person or company. */
export function toContact(row: OnlyofficeContact, form: RowForm, context: MappingContext): ContactRecord {
  const isCompany = row.isCompany ?? typeof row.companyName === 'string';
  const firstName = isCompany ? null : textOrNull(row.firstName);
  const lastName = isCompany ? null : textOrNull(row.lastName);
  const contactInfos = toContactInfos(row.commonData ?? [], context.defaultCountry);
  const fullName = [firstName, lastName].filter((name) => name !== null).join(' ');
  const reachable = contactInfos.find(({ type }) => type === 'EMAIL') ?? contactInfos.find(({ type }) => type === 'PHONE');
  const access = toAccess(row, context);
  return {
    source: context.source,
    entity: 'contact',
    kind: isCompany ? 'COMPANY' : 'PERSON',
    idInSource: row.id,
    accountId: null,
    displayName: textOrNull(row.displayName) ?? textOrNull(row.companyName) ?? textOrNull(fullName) ?? reachable?.value ?? row.id,
    firstName,
    lastName,
    patronymic: null,
    jobTitle: isCompany ? null : textOrNull(row.title),
    about: textOrNull(row.about),
    industry: textOrNull(row.industry),
    company: toCompany(row),
    contactInfos,
    addresses: toAddresses(row.addresses ?? []),
    customFields: toContactCustomFields(row.customFields ?? []),
    tags: form === 'LIST' || row.tags ? toTags(row.tags ?? []) : undefined,
    groups: [],
    status: toOwnListItem(row.contactStatus),
    type: toOwnListItem(row.contactType),
    responsible: access?.isPrivate ? (access.members[0] ?? null) : null,
    createdBy: row.createBy ? toUser(row.createBy, context) : null,
    updatedBy: null,
    createdAt: readInstant(row.created),
    updatedAt: null,
    currency: row.currency ? toCurrency(row.currency) : null,
    access,
    taskSummary: { count: row.taskCount ?? 0, hasOverdue: row.haveLateTasks ?? false, nextDueAt: null },
    photo: toPhoto(row),
    leadIds: [],
    catalogElements: [],
    isUnsorted: null,
    url: toContactUrl(context.portalUrl, row.id, !isCompany),
    viewerCanEdit: row.canEdit ?? null,
    viewerCanDelete: row.canDelete ?? null,
    personCount: isCompany ? (row.personsCount ?? 0) : null,
    damaged: NOTHING_DAMAGED,
  };
}

/** The contact's page on the portal. Its address says of persons that they are; where only the id is known it is left out. */
export function toContactUrl(portalUrl: string, id: string, isPerson: boolean): string {
  return `${portalUrl}/Products/CRM/Default.aspx?id=${id}${isPerson ? '&type=people' : ''}`;
}

function toCompany({ company }: OnlyofficeContact): CompanyReference | null {
  if (!company || company.id === null) return null;
  return { entity: 'contact', idInSource: company.id, displayName: textOrNull(company.displayName) ?? undefined };
}

/** Maps tag titles; a tag has no id on the wire and is the same in whatever case. */
export function toTags(titles: readonly string[]): TagRecord[] {
  const tags = new Map<string, TagRecord>();
  for (const title of titles) {
    const name = textOrNull(title);
    const idInSource = name?.toLowerCase();
    if (name !== null && idInSource !== undefined && !tags.has(idInSource)) tags.set(idInSource, { idInSource, name, color: null });
  }
  return [...tags.values()];
}

function toOwnListItem(item: OnlyofficeContact['contactStatus']): ListItemRecord | null {
  return item && item.id !== null ? toListItem({ ...item, id: item.id }) : null;
}

/** Maps an entry of the list of statuses or of types. */
export function toListItem(item: OnlyofficeListItem): ListItemRecord {
  return {
    idInSource: item.id,
    name: textOrNull(item.title) ?? item.id,
    description: textOrNull(item.description),
    color: textOrNull(item.color),
    position: item.sortOrder ?? 0,
  };
}

/** All that the API tells of a user stands on the row, so nothing is left to look up. The removed user keeps the name the portal shows. */
function toUser(user: OnlyofficeUser, { portalUrl }: MappingContext): UserReference | null {
  const idInSource = user.id.toLowerCase();
  if (idInSource === EMPTY_GUID) return null;
  return {
    idInSource,
    known: {
      displayName: textOrNull(user.displayName),
      jobTitle: textOrNull(user.title),
      email: null,
      avatarUrl: toAbsoluteUrl(user.avatarSmall, portalUrl),
      profileUrl: toAbsoluteUrl(user.profileUrl, portalUrl),
      group: null,
    },
  };
}

/** Makes a site-relative address absolute; null for what is no http or https address. */
export function toAbsoluteUrl(text: string | null | undefined, portalUrl: string): string | null {
  const trimmed = textOrNull(text);
  if (trimmed === null || !URL.canParse(trimmed, `${portalUrl}/`)) return null;
  return httpUrlOrNull(new URL(trimmed, `${portalUrl}/`).href);
}

function toAccess(row: OnlyofficeContact, context: MappingContext): ContactAccessRecord | null {
  // The three members are one fact: any one that is missing follows from the others, as far as they tell.
  const told = typeof row.shareType === 'number' ? SHARE_TYPES[row.shareType] : undefined;
  const isPrivate = row.isPrivate ?? (told !== undefined ? told === 'NONE' : typeof row.isShared === 'boolean' ? !row.isShared : undefined);
  const shareType = told ?? (isPrivate === true ? 'NONE' : undefined);
  if (isPrivate === undefined || shareType === undefined) return null;
  return {
    shareType,
    isPrivate,
    isShared: row.isShared ?? !isPrivate,
    members: (row.accessList ?? []).flatMap((user) => toUser(user, context) ?? []),
  };
}

function toCurrency(currency: OnlyofficeCurrency): CurrencyRecord | null {
  const code = textOrNull(currency.abbreviation);
  if (code === null) return null;
  return {
    code,
    name: textOrNull(currency.title),
    symbol: textOrNull(currency.symbol),
    cultureName: textOrNull(currency.cultureName),
    isConvertible: currency.isConvertable ?? null,
    isBasic: currency.isBasic ?? null,
  };
}

function toPhoto(row: OnlyofficeContact): PhotoReference | null {
  const smallKey = textOrNull(row.smallFotoUrl);
  const mediumKey = textOrNull(row.mediumFotoUrl);
  return smallKey === null && mediumKey === null ? null : { smallKey, mediumKey };
}
