import { normalizeContactInfo } from '../port/contact-info-value.ts';
import { emptyContact } from '../port/records/empty-contact.ts';
import { isDamaged, valueOr, type Member } from '../port/member.ts';
import type { ContactRecord } from '../port/records/contact.ts';
import type { ContactInfoRecord, ContactInfoType } from '../port/records/contact-info.ts';
import { Unreadable, type WireRow, type WireValue } from '../wire/wire-value.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** For phones written without a country code; undefined: such phones are not normalized. */
  readonly defaultCountry: string | undefined;
}

/**
 * Maps a row of `GET /people`. Whoever has no name is called by the e-mail, the phone or the id. A member that cannot be read costs itself alone;
 * rows of many members are better read lazily, as the other CRMs' are (wire/lazy-record.ts).
 *
 * @throws Unreadable for a row without a usable id.
 */
export function toContact(wire: WireRow, { source, defaultCountry }: MappingContext): ContactRecord {
  const id = wire.at('id').requiredId();
  const [firstName, lastName, email, phone] = ['first_name', 'last_name', 'email', 'phone'].map((key) => textAt(wire, key)) as Texts;
  const createdAt = wire.at('created_at').member(toDate);
  const name = [firstName, lastName].map((part) => valueOr(part, null)).filter((part) => part !== null);
  return {
    ...emptyContact({ source, entity: 'contact', kind: 'PERSON', idInSource: id }),
    displayName: name.length > 0 ? name.join(' ') : (valueOr(email, null) ?? valueOr(phone, null) ?? id),
    firstName,
    lastName,
    contactInfos: [...toInfo('PHONE', phone, defaultCountry), ...toInfo('EMAIL', email, defaultCountry)],
    createdAt,
    damaged: damagedOf({ firstName, lastName, createdAt, contactInfos: isDamaged(email) ? email : phone }),
  };
}

type Texts = [Member<string | null>, Member<string | null>, Member<string | null>, Member<string | null>];

function textAt(wire: WireRow, key: string): Member<string | null> {
  return wire.at(key).member((value) => value.text());
}

function toDate(value: WireValue): Date | null {
  const text = value.text();
  if (text === null) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new Unreadable(value);
  return date;
}

function damagedOf(members: Readonly<Record<string, Member<unknown>>>): ReadonlySet<string> {
  return new Set(Object.keys(members).filter((name) => isDamaged(members[name])));
}

function toInfo(type: ContactInfoType, text: Member<string | null>, defaultCountry: string | undefined): ContactInfoRecord[] {
  const value = valueOr(text, null);
  if (value === null) return [];
  const normalizedValue = normalizeContactInfo(type, value, defaultCountry);
  return [{ idInSource: null, type, value, normalizedValue, category: null, categoryName: null, isPrimary: null }];
}
