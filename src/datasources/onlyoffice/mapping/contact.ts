import type { Member } from '../../port/member.ts';
import type { ListItemRecord, TagRecord } from '../../port/records/classification.ts';
import type { CompanyReference, ContactKind, ContactRecord, CurrencyRecord, PhotoReference } from '../../port/records/contact.ts';
import { lazyRecord, type RecordRow } from '../../wire/lazy-record.ts';
import { Unreadable, type WireRow, type WireValue } from '../../wire/wire-value.ts';
import { readAccess, readResponsible } from './access.ts';
import { readAddresses, readContactInfos } from './contact-info.ts';
import { readContactCustomFields } from './custom-field.ts';
import { readMoment } from './portal-date.ts';
import { readUser } from './user.ts';
import { readCount, readInnerId, readInteger, readTagTitle } from './wire-parts.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** The portal's URL without a trailing slash. */
  readonly portalUrl: string;
  readonly defaultCountry: string | undefined;
}

/** LIST rows hold all tags, and leave the member out when there are none; SINGLE rows never hold any. */
export type RowForm = 'LIST' | 'SINGLE';

/** A row of a person or company, and how it was read. */
interface OnlyofficeRow extends RecordRow {
  readonly id: string;
  readonly isPerson: boolean;
  readonly form: RowForm;
  readonly context: MappingContext;
}

const NULL = () => null;
const NONE = () => [];

const makeContact = lazyRecord<ContactRecord, 'source' | 'entity' | 'kind' | 'idInSource', OnlyofficeRow>({
  read: {
    accountId: NULL,
    displayName: ({ wire, id }, record) => nameOn(wire) ?? fallbackName(record) ?? id,
    firstName: ({ wire, isPerson }) => (isPerson ? wire.at('firstName').text() : null),
    lastName: ({ wire, isPerson }) => (isPerson ? wire.at('lastName').text() : null),
    patronymic: NULL,
    jobTitle: ({ wire, isPerson }) => (isPerson ? wire.at('title').text() : null),
    about: ({ wire }) => wire.at('about').text(),
    industry: ({ wire }) => wire.at('industry').text(),
    company: ({ wire }) => readCompany(wire.at('company')),
    contactInfos: ({ wire, context }) => readContactInfos(wire, context.defaultCountry),
    addresses: ({ wire }) => readAddresses(wire),
    customFields: ({ wire }) => readContactCustomFields(wire),
    tags: ({ wire, form }) => readTags(wire.at('tags'), form),
    groups: NONE,
    status: ({ wire }) => readOwnListItem(wire.at('contactStatus')),
    type: ({ wire }) => readOwnListItem(wire.at('contactType')),
    responsible: ({ wire, context }) => readResponsible(wire, context.portalUrl),
    createdBy: ({ wire, context }) => readUser(wire.at('createBy'), context.portalUrl),
    updatedBy: NULL,
    createdAt: ({ wire }) => readMoment(wire.at('created')),
    updatedAt: NULL,
    currency: ({ wire }) => readCurrency(wire.at('currency')),
    access: ({ wire, context }) => readAccess(wire, context.portalUrl),
    taskSummary: ({ wire }) => ({
      count: wire.at('taskCount').member(readCount),
      hasOverdue: wire.at('haveLateTasks').member((flag) => flag.flag() ?? false),
      nextDueAt: null,
    }),
    photo: ({ wire }) => readPhoto(wire),
    leadIds: NONE,
    catalogElements: NONE,
    isUnsorted: NULL,
    url: ({ id, isPerson, context }) => toContactUrl(context.portalUrl, id, isPerson),
    viewerCanEdit: ({ wire }) => wire.at('canEdit').flag(),
    viewerCanDelete: ({ wire }) => wire.at('canDelete').flag(),
    personCount: ({ wire, isPerson }) => (isPerson ? null : readCount(wire.at('personsCount'))),
  },
  whenUnreadable: { displayName: ({ id }) => id, contactInfos: NONE, addresses: NONE, customFields: NONE, groups: NONE },
});

/** Makes the record of a person or company. @throws Unreadable for a row without an id. */
export function toContact(row: Pick<OnlyofficeRow, 'wire' | 'bytes' | 'form' | 'context'>): ContactRecord {
  const { wire, context } = row;
  const id = wire.at('id').requiredId();
  const kind = kindOf(wire);
  return makeContact({ ...row, id, isPerson: kind === 'PERSON' }, { source: context.source, entity: 'contact', kind, idInSource: id });
}

/** Where the flag is missing, as .NET may leave it out for a person, or cannot be read, the name of a company decides. */
function kindOf(wire: WireRow): ContactKind {
  const isCompany = wire.at('isCompany').member((flag) => flag.flag());
  if (typeof isCompany === 'boolean') return isCompany ? 'COMPANY' : 'PERSON';
  return typeof wire.at('companyName').raw === 'string' ? 'COMPANY' : 'PERSON';
}

/** The contact's page on the portal. Its address says of persons that they are; where only the id is known it is left out. */
export function toContactUrl(portalUrl: string, id: string, isPerson: boolean): string {
  return `${portalUrl}/Products/CRM/Default.aspx?id=${id}${isPerson ? '&type=people' : ''}`;
}

function nameOn(wire: WireRow): string | null {
  return textOf(wire.at('displayName').member(readName)) ?? textOf(wire.at('companyName').member(readName));
}

function fallbackName({ firstName, lastName, contactInfos }: ContactRecord): string | null {
  const fullName = [firstName, lastName].flatMap((name) => textOf(name) ?? []).join(' ');
  if (fullName !== '') return fullName;
  const firstOf = (type: string) => contactInfos.find((info) => info.type === type)?.value;
  return firstOf('EMAIL') ?? firstOf('PHONE') ?? null;
}

function readName(name: WireValue): string | null {
  return name.text();
}

function textOf(member: Member<string | null>): string | null {
  return typeof member === 'string' ? member : null;
}

/** The company; where several stand in its place, the first that can be read. */
function readCompany(company: WireValue): CompanyReference | null {
  return company.first(readOneCompany);
}

function readOneCompany(company: WireValue): CompanyReference | null {
  const id = company.at('id');
  if (id.isEmpty) throw new Unreadable(id);
  const idInSource = readInnerId(id);
  if (idInSource === null) return null;
  return { entity: 'contact', idInSource, displayName: textOf(company.at('displayName').member(readName)) ?? undefined };
}

/** undefined where this form of the row has no tags. */
function readTags(tags: WireValue, form: RowForm): TagRecord[] | undefined {
  return form === 'SINGLE' && tags.isEmpty && !Array.isArray(tags.raw) ? undefined : toTags(tags.list(readTagTitle));
}

/** Makes tags of their titles; a tag has no id on the wire and is the same in whatever case. */
export function toTags(titles: readonly string[]): TagRecord[] {
  const tags = new Map<string, TagRecord>();
  for (const name of titles) {
    const idInSource = name.toLowerCase();
    if (!tags.has(idInSource)) tags.set(idInSource, { idInSource, name, color: null });
  }
  return [...tags.values()];
}

function readOwnListItem(item: WireValue): ListItemRecord | null {
  if (item.isEmpty) return null;
  const id = item.at('id');
  return !id.isEmpty && readInnerId(id) === null ? null : readListItem(item);
}

/** Reads an entry of the list of statuses or of types. @throws Unreadable for one without an id. */
export function readListItem(item: WireValue): ListItemRecord {
  const idInSource = item.object().at('id').requiredId();
  return {
    idInSource,
    name: item.at('title').text() ?? idInSource,
    description: item.at('description').member(readName),
    color: item.at('color').member(readName),
    position: item.at('sortOrder').member((position) => readInteger(position) ?? 0),
  };
}

function readCurrency(currency: WireValue): CurrencyRecord | null {
  if (currency.isEmpty) return null;
  return {
    code: currency.at('abbreviation').requiredText(),
    name: currency.at('title').member(readName),
    symbol: currency.at('symbol').member(readName),
    cultureName: currency.at('cultureName').member(readName),
    isConvertible: currency.at('isConvertable').member((flag) => flag.flag()),
    isBasic: currency.at('isBasic').member((flag) => flag.flag()),
  };
}

function readPhoto(wire: WireRow): PhotoReference | null {
  const smallKey = wire.at('smallFotoUrl').text();
  const mediumKey = wire.at('mediumFotoUrl').text();
  return smallKey === null && mediumKey === null ? null : { smallKey, mediumKey };
}
