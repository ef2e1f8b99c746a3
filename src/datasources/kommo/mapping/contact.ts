import type { CatalogElementReference, ContactEntity, ContactRecord, TagRecord, UserReference } from '../../port/records.ts';
import { toAddresses } from './address.ts';
import { toContactInfos, toJobTitle } from './contact-info.ts';
import { toCustomFields } from './custom-field.ts';
import { toDate, toText, toUserId } from '../wire-text.ts';
import type { KommoContact, KommoTag } from '../wire-types.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** Whole URL of the account, without a trailing slash. */
  readonly baseUrl: string;
  /** For phones written without a country code. */
  readonly defaultCountry: string | undefined;
}

/** What a read of contacts asked for by `with`: only then an absent list means none. */
export interface AskedDetails {
  readonly leads: boolean;
  readonly catalogElements: boolean;
}

/** Maps a contact (entity `contact`) or a company. Rows that Kommo says are deleted are for the caller to leave out. */
export function toContact(row: KommoContact, entity: ContactEntity, asked: AskedDetails, context: MappingContext): ContactRecord {
  const fields = row.custom_fields_values ?? [];
  const contactInfos = toContactInfos(fields, context.defaultCountry);
  const isPerson = entity === 'contact';
  const firstName = isPerson ? toText(row.first_name) : null;
  const lastName = isPerson ? toText(row.last_name) : null;
  const fullName = [firstName, lastName].filter((name) => name !== null).join(' ');
  const firstOf = (type: string) => contactInfos.find((info) => info.type === type)?.value;
  const companyId = row._embedded?.companies?.[0]?.id;
  const nextDueAt = toDate(row.closest_task_at);
  return {
    source: context.source,
    entity,
    kind: isPerson ? 'PERSON' : 'COMPANY',
    idInSource: row.id,
    accountId: row.account_id ?? null,
    displayName: toText(row.name) ?? (fullName || firstOf('EMAIL') || firstOf('PHONE') || row.id),
    firstName,
    lastName,
    patronymic: null,
    jobTitle: isPerson ? toJobTitle(fields) : null,
    about: null,
    industry: null,
    company: isPerson && companyId !== undefined ? { entity: 'company', idInSource: companyId, displayName: undefined } : null,
    contactInfos,
    addresses: toAddresses(fields),
    customFields: toCustomFields(fields),
    tags: row._embedded?.tags?.flatMap((tag) => toTag(tag) ?? []),
    groups: [],
    status: null,
    type: null,
    responsible: toResponsible(row.responsible_user_id, row.group_id),
    createdBy: toUserReference(row.created_by),
    updatedBy: toUserReference(row.updated_by),
    createdAt: toDate(row.created_at),
    updatedAt: toDate(row.updated_at),
    currency: null,
    access: null,
    taskSummary: nextDueAt === null ? null : { count: null, hasOverdue: null, nextDueAt },
    photo: null,
    leadIds: asked.leads ? uniqueIds(row._embedded?.leads) : undefined,
    catalogElements: asked.catalogElements ? toCatalogElements(row) : undefined,
    isUnsorted: isPerson ? (row.is_unsorted ?? null) : null,
    url: pageUrl(context.baseUrl, isPerson ? 'contacts' : 'companies', row.id),
    viewerCanEdit: null,
    viewerCanDelete: false,
    personCount: null,
  };
}

/** The page of a contact, company or lead in Kommo's own screen. */
export function pageUrl(baseUrl: string, section: 'contacts' | 'companies' | 'leads', id: string): string {
  return `${baseUrl}/${section}/detail/${id}`;
}

/** Maps a tag; null for one without a name. */
export function toTag(tag: KommoTag): TagRecord | null {
  const name = toText(tag.name);
  return name === null ? null : { idInSource: tag.id, name, color: toText(tag.color) };
}

/** The row's group is the responsible user's; its name comes with the user. 0 is Kommo's default group. */
export function toResponsible(userId: string | null | undefined, groupId: string | null | undefined): UserReference | null {
  const idInSource = toUserId(userId);
  if (idInSource === null) return null;
  const hasGroup = groupId !== null && groupId !== undefined;
  return { idInSource, known: hasGroup ? { group: { idInSource: groupId, name: undefined } } : {} };
}

function toUserReference(userId: string | null | undefined): UserReference | null {
  const idInSource = toUserId(userId);
  return idInSource === null ? null : { idInSource, known: {} };
}

function uniqueIds(links: readonly { readonly id: string }[] | null | undefined): string[] {
  return [...new Set((links ?? []).map(({ id }) => id))];
}

/** Elements without a catalog id are left out: Kommo resolves element ids per catalog. */
function toCatalogElements(row: KommoContact): CatalogElementReference[] {
  return (row._embedded?.catalog_elements ?? []).flatMap((element) => {
    const catalogId = element.metadata?.catalog_id ?? element.catalog_id;
    if (catalogId === null || catalogId === undefined) return [];
    return {
      key: `${catalogId}/${element.id}`,
      catalogId,
      idInSource: element.id,
      quantity: element.metadata?.quantity ?? element.quantity ?? null,
      priceFieldId: element.metadata?.price_id ?? null,
    };
  });
}
