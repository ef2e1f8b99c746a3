import { valueOr, type Member } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { encodeSourceId } from '../source-id.ts';
import type { CanonicalValue } from './canonical-json.ts';

/** What each member of a contact's part of the report means, for the person who reads it. */
export const CONTENT_MEANINGS: Readonly<Record<string, string>> = {
  about: 'Notes about you.',
  addresses: 'Postal addresses.',
  companyName: 'The company that you work for.',
  contactInfos: 'Phone numbers, e-mail addresses and accounts by which you can be reached.',
  createdAt: 'When the record was made.',
  customFields: 'Further fields that the company has set up.',
  displayName: 'Your full name.',
  firstName: 'Your given name.',
  groups: 'Groups that you were put into.',
  id: 'The identifier of the record in this report.',
  idInSource: 'The identifier of the record in the CRM.',
  industry: 'Your line of business.',
  jobTitle: 'Your position at work.',
  kind: 'Whether the record is of a person or of a company.',
  lastName: 'Your family name.',
  patronymic: 'Your patronymic.',
  source: 'The CRM account that holds the record.',
  status: 'A status that you were given.',
  tags: 'Words that you were marked with.',
  type: 'The kind of business relation.',
  updatedAt: 'When the record was last changed.',
};

/** Makes of a contact what a person is to be shown, with every text as its CRM has it. What could not be read is left out. */
export function contentOf(record: ContactRecord): Readonly<Record<string, CanonicalValue>> {
  const members: Record<string, CanonicalValue> = {
    id: encodeSourceId(record),
    source: record.source,
    kind: record.kind,
    idInSource: record.idInSource,
    displayName: record.displayName,
    firstName: text(record.firstName),
    lastName: text(record.lastName),
    patronymic: text(record.patronymic),
    jobTitle: text(record.jobTitle),
    about: text(record.about),
    industry: text(record.industry),
    companyName: valueOr(record.company, null)?.displayName ?? null,
    contactInfos: record.contactInfos.map(({ type, value, category }) => ({ type, value, category: text(category) })),
    addresses: record.addresses.map((address) => address.text),
    customFields: record.customFields.flatMap(({ field, text: value }) => (value === null ? [] : [{ name: field.label, value }])),
    tags: (valueOr(record.tags, undefined) ?? []).map(({ name }) => name),
    groups: record.groups.map(({ name }) => name),
    status: valueOr(record.status, null)?.name ?? null,
    type: valueOr(record.type, null)?.name ?? null,
    createdAt: valueOr(record.createdAt, null)?.toISOString() ?? null,
    updatedAt: valueOr(record.updatedAt, null)?.toISOString() ?? null,
  };
  return wellFormed(Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))) as Record<string, CanonicalValue>;
}

function text(member: Member<string | null>): string | null {
  return valueOr(member, null);
}

/** CRMs may send halves of characters, which no canonical text has. */
function wellFormed(value: CanonicalValue): CanonicalValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly CanonicalValue[]).map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member as CanonicalValue)]));
}
