import type { Member } from '../../port/member.ts';
import type { TagRecord } from '../../port/records/classification.ts';
import type { ContactEntity, ContactRecord } from '../../port/records/contact.ts';
import type { CatalogElementReference } from '../../port/records/sales.ts';
import type { UserReference } from '../../port/records/staff.ts';
import { lazyRecord, type RecordRow } from '../../wire/lazy-record.ts';
import { Unreadable, type WireRow, type WireValue } from '../../wire/wire-value.ts';
import { readText, readUserId } from '../wire-text.ts';
import type { AccountZone } from './account-zone.ts';
import { toAddresses } from './address.ts';
import { toContactInfos, toJobTitle } from './contact-info.ts';
import { toCustomFields } from './custom-field.ts';
import { fieldsOf } from './field.ts';

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

/** A row of contacts or of companies, and how it was asked for. */
export interface KommoRow extends RecordRow {
  readonly id: string;
  readonly isPerson: boolean;
  readonly asked: AskedDetails;
  readonly context: MappingContext;
  /** Where the account keeps its days; null where no day of the row is in doubt, or the account does not say. */
  readonly zone: AccountZone | null;
}

const NULL = () => null;
const NONE = () => [];

const makeContact = lazyRecord<ContactRecord, 'source' | 'entity' | 'kind' | 'idInSource', KommoRow>({
  read: {
    accountId: ({ wire }) => wire.at('account_id').id(),
    displayName: ({ wire, id }, record) => nameOn(wire) ?? fallbackName(record) ?? id,
    firstName: ({ wire, isPerson }) => (isPerson ? readText(wire.at('first_name')) : null),
    lastName: ({ wire, isPerson }) => (isPerson ? readText(wire.at('last_name')) : null),
    patronymic: NULL,
    jobTitle: ({ wire, isPerson }) => (isPerson ? toJobTitle(fieldsOf(wire)) : null),
    about: NULL,
    industry: NULL,
    company: ({ wire, isPerson }) => (isPerson ? readCompany(wire) : null),
    contactInfos: ({ wire, context }) => toContactInfos(fieldsOf(wire), context.defaultCountry),
    addresses: ({ wire }) => toAddresses(fieldsOf(wire)),
    customFields: ({ wire, zone }) => toCustomFields(fieldsOf(wire), zone),
    tags: ({ wire }) => readTags(wire),
    groups: NONE,
    status: NULL,
    type: NULL,
    responsible: ({ wire }) => readResponsible(wire),
    createdBy: ({ wire }) => toUserReference(readUserId(wire.at('created_by'))),
    updatedBy: ({ wire }) => toUserReference(readUserId(wire.at('updated_by'))),
    createdAt: ({ wire }) => wire.at('created_at').unixTime(),
    updatedAt: ({ wire }) => wire.at('updated_at').unixTime(),
    currency: NULL,
    access: NULL,
    taskSummary: ({ wire }) => {
      const nextDueAt = wire.at('closest_task_at').member((moment) => moment.unixTime());
      return nextDueAt === null ? null : { count: null, hasOverdue: null, nextDueAt };
    },
    photo: NULL,
    leadIds: ({ wire, asked }) => (asked.leads ? linkedIds(wire, 'leads') : undefined),
    catalogElements: ({ wire, asked }) => (asked.catalogElements ? readCatalogElements(wire) : undefined),
    isUnsorted: ({ wire, isPerson }) => (isPerson ? wire.at('is_unsorted').flag() : null),
    url: ({ id, isPerson, context }) => pageUrl(context.baseUrl, isPerson ? 'contacts' : 'companies', id),
    viewerCanEdit: NULL,
    viewerCanDelete: () => false,
    personCount: NULL,
  },
  whenUnreadable: { displayName: ({ id }) => id, contactInfos: NONE, addresses: NONE, customFields: NONE, groups: NONE },
});

/** Makes the record of a contact (entity `contact`) or a company. Rows that Kommo says are deleted are for the caller to leave out. */
export function toContact(row: Omit<KommoRow, 'isPerson'>, entity: ContactEntity): ContactRecord {
  const isPerson = entity === 'contact';
  return makeContact(
    { ...row, isPerson },
    { source: row.context.source, entity, kind: isPerson ? 'PERSON' : 'COMPANY', idInSource: row.id },
  );
}

/** Whether Kommo says that the row is deleted. One that cannot be read does not say so. */
export function isDeleted(row: WireValue): boolean {
  return row.at('is_deleted').member((flag) => flag.flag()) === true;
}

/** The ids of what a row is linked to, each once. */
export function linkedIds(row: WireRow, key: 'leads' | 'contacts'): string[] {
  return [
    ...new Set(
      row
        .at('_embedded')
        .at(key)
        .list((link) => link.object().at('id').requiredId()),
    ),
  ];
}

/** The page of a contact, company or lead in Kommo's own screen. */
export function pageUrl(baseUrl: string, section: 'contacts' | 'companies' | 'leads', id: string): string {
  return `${baseUrl}/${section}/detail/${id}`;
}

/** Reads a tag, on a row or in the list of tags. @throws Unreadable for one without an id or a name. */
export function readTag(tag: WireValue): TagRecord {
  const name = readText(tag.object().at('name'));
  if (name === null) throw new Unreadable(tag.at('name'));
  return { idInSource: tag.at('id').requiredId(), name, color: tag.at('color').member(readText) };
}

/** Reads who looks after a row. The row's group counts only where users cannot be read: it may be older than the user's own. */
export function readResponsible(row: WireValue): UserReference | null {
  const idInSource = readUserId(row.at('responsible_user_id'));
  if (idInSource === null) return null;
  const groupOnRow = row.at('group_id').member((group) => {
    const groupId = group.id();
    return groupId === null ? null : { idInSource: groupId, name: undefined };
  });
  return { idInSource, known: {}, groupOnRow };
}

function toUserReference(idInSource: string | null): UserReference | null {
  return idInSource === null ? null : { idInSource, known: {} };
}

function nameOn(wire: WireRow): string | null {
  return textOf(wire.at('name').member(readText));
}

function fallbackName({ firstName, lastName, contactInfos }: ContactRecord): string | null {
  const fullName = [firstName, lastName].flatMap((name) => textOf(name) ?? []).join(' ');
  if (fullName !== '') return fullName;
  const firstOf = (type: string) => contactInfos.find((info) => info.type === type)?.value;
  return firstOf('EMAIL') ?? firstOf('PHONE') ?? null;
}

function textOf(member: Member<string | null>): string | null {
  return typeof member === 'string' ? member : null;
}

/** The first company that can be read: a contact has at most one. */
function readCompany(wire: WireRow): ContactRecord['company'] {
  const idInSource = wire
    .at('_embedded')
    .at('companies')
    .first((company) => company.object().at('id').requiredId());
  return idInSource === null ? null : { entity: 'company', idInSource, displayName: undefined };
}

/** undefined where the row has no list of tags at all. */
function readTags(wire: WireRow): TagRecord[] | undefined {
  const tags = wire.at('_embedded').at('tags');
  return tags.raw === undefined || tags.raw === null ? undefined : tags.list(readTag);
}

/** Elements without a catalog id are left out: Kommo resolves element ids per catalog. */
function readCatalogElements(wire: WireRow): CatalogElementReference[] {
  return wire
    .at('_embedded')
    .at('catalog_elements')
    .list((element) => {
      const idInSource = element.object().at('id').requiredId();
      const metadata = element.at('metadata');
      // Kommo's page documents these two beside `metadata`; real answers have them in it.
      const either = (key: string) => (metadata.at(key).isEmpty ? element.at(key) : metadata.at(key));
      const catalogId = either('catalog_id').requiredId();
      return {
        key: `${catalogId}/${idInSource}`,
        catalogId,
        idInSource,
        quantity: either('quantity').member((quantity) => quantity.number()),
        priceFieldId: metadata.at('price_id').member((price) => price.id()),
      };
    });
}
