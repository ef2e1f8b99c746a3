import { toE164 } from '../../port/contact-info-value.ts';
import { isDamaged, type Member } from '../../port/member.ts';
import { digitsOf } from '../../port/phone/phone.ts';
import type { ContactGroupRecord } from '../../port/records/classification.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import type { ContactInfoRecord, ContactInfoType } from '../../port/records/contact-info.ts';
import { lazyRecord, type RecordRow } from '../../wire/lazy-record.ts';
import { ReadContactInfo } from '../../wire/read-contact-info.ts';
import type { WireRow, WireValue } from '../../wire/wire-value.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** For phones written without a country code; undefined: such phones are not normalized. */
  readonly defaultCountry: string | undefined;
}

/** A row whose id was read, and what its members are read with. */
interface MappedRow extends RecordRow {
  readonly id: string;
  readonly context: MappingContext;
}

const NULL = () => null;
const NONE = () => [];

/** Members of which CallGear knows nothing. */
const NOTHING = {
  accountId: NULL,
  firstName: NULL,
  lastName: NULL,
  patronymic: NULL,
  jobTitle: NULL,
  about: NULL,
  industry: NULL,
  company: NULL,
  contactInfos: NONE,
  addresses: NONE,
  customFields: NONE,
  tags: NONE,
  groups: NONE,
  status: NULL,
  type: NULL,
  responsible: NULL,
  createdBy: NULL,
  updatedBy: NULL,
  createdAt: NULL,
  updatedAt: NULL,
  currency: NULL,
  access: NULL,
  taskSummary: NULL,
  photo: NULL,
  leadIds: NONE,
  catalogElements: NONE,
  isUnsorted: NULL,
  url: NULL,
  viewerCanEdit: NULL,
  viewerCanDelete: NULL,
  personCount: NULL,
};

const LISTS_UNREADABLE = { contactInfos: NONE, addresses: NONE, customFields: NONE, groups: NONE };

const makeContact = lazyRecord<ContactRecord, 'source' | 'entity' | 'kind' | 'idInSource', MappedRow>({
  read: {
    ...NOTHING,
    // Last First Patronymic, as CallGear's own screen shows it.
    displayName: ({ wire, id }, record) => textAt(wire, 'full_name') ?? fallbackName(record) ?? id,
    firstName: ({ wire }) => wire.at('first_name').text(),
    lastName: ({ wire }) => wire.at('last_name').text(),
    patronymic: ({ wire }) => wire.at('patronymic').text(),
    company: ({ wire }) => readCompany(wire),
    contactInfos: ({ wire, context }) => [
      ...infosAt(wire, 'phone_numbers', (phone) => toPhone(phone, context.defaultCountry)),
      ...infosAt(wire, 'emails', toEmail),
    ],
    groups: ({ wire }) => wire.at('groups').list((group) => readGroup(group.object(), 'group_id', 'group_name')),
    responsible: ({ wire }) => readResponsible(wire),
  },
  whenUnreadable: { displayName: ({ id }) => id, ...LISTS_UNREADABLE },
});

const makeCompany = lazyRecord<ContactRecord, 'source' | 'entity' | 'kind' | 'idInSource', MappedRow>({
  read: { ...NOTHING, displayName: ({ wire, id }) => wire.at('name').text() ?? id },
  whenUnreadable: { displayName: ({ id }) => id, ...LISTS_UNREADABLE },
});

/** Makes the record of a row of `get.contacts`. */
export function toContact(row: Omit<MappedRow, 'context'>, context: MappingContext): ContactRecord {
  return makeContact({ ...row, context }, { source: context.source, entity: 'contact', kind: 'PERSON', idInSource: row.id });
}

/** Makes the record of a row of `get.contact_organizations`, which holds an id and a name and nothing more. */
export function toCompany(row: Omit<MappedRow, 'context'>, context: MappingContext): ContactRecord {
  return makeCompany({ ...row, context }, { source: context.source, entity: 'company', kind: 'COMPANY', idInSource: row.id });
}

/** Reads a group, on a contact or in the list of groups; one without a name is called by its id. @throws Unreadable */
export function readGroup(group: WireValue, idKey: string, nameKey: string): ContactGroupRecord {
  const idInSource = group.at(idKey).requiredId();
  return { idInSource, name: group.at(nameKey).text() ?? idInSource };
}

/** The id that a row refers to; null where there is none, which some write as 0. */
function referredId(value: WireValue): string | null {
  const id = value.id();
  return id === '0' ? null : id;
}

/** A name that cannot be read is looked up, like one that is not there. */
function readCompany(wire: WireRow): ContactRecord['company'] {
  const idInSource = referredId(wire.at('organization_id'));
  if (idInSource === null) return null;
  return { entity: 'company', idInSource, displayName: textAt(wire, 'organization_name') ?? undefined };
}

function readResponsible(wire: WireRow): ContactRecord['responsible'] {
  const idInSource = referredId(wire.at('personal_manager_id'));
  if (idInSource === null) return null;
  const displayName = textAt(wire, 'personal_manager_full_name');
  return { idInSource, known: displayName === null ? {} : { displayName } };
}

function fallbackName({ firstName, lastName, contactInfos }: ContactRecord): string | null {
  const names = [firstName, lastName].flatMap((name) => textOf(name) ?? []).join(' ');
  if (names !== '') return names;
  const firstOf = (type: string) => contactInfos.find((info) => info.type === type)?.value;
  return firstOf('EMAIL') ?? firstOf('PHONE') ?? null;
}

/** A text of which the member that it is read for is only partly made; null where it cannot be read, which is reported. */
function textAt(wire: WireValue, key: string): string | null {
  return textOf(wire.at(key).member((value) => value.text()));
}

function textOf(member: Member<string | null>): string | null {
  return typeof member === 'string' ? member : null;
}

/** A list that cannot be read is reported, and takes none of the other with it. */
function infosAt(wire: WireRow, key: string, toInfo: (value: string) => ContactInfoRecord): readonly ContactInfoRecord[] {
  const infos = wire.at(key).member((list) =>
    list.list((item) => {
      const value = item.text();
      return value === null ? null : toInfo(value);
    }),
  );
  return isDamaged(infos) ? [] : infos;
}

function toEmail(value: string): ContactInfoRecord {
  return new ReadContactInfo({ ...BARE_INFO, type: 'EMAIL', value }, undefined);
}

function toPhone(value: string, defaultCountry: string | undefined): ContactInfoRecord {
  return new ReadContactInfo({ ...BARE_INFO, type: 'PHONE', value }, defaultCountry, normalizedPhone);
}

/** CallGear's phones and e-mails are bare texts. */
const BARE_INFO = { idInSource: null, category: null, categoryName: null, isPrimary: null } as const;

/** CallGear stores digits with the country code and without `+`: they are read so first, and only then as a national number. */
function normalizedPhone(_type: ContactInfoType, value: string, defaultCountry: string | undefined): string | null {
  const isBare = /^[0-9]+$/.test(value);
  return (isBare ? toE164(digitsOf(value), undefined) : null) ?? toE164(value, defaultCountry);
}
