import { normalizeContactInfo } from '../port/contact-info-value.ts';
import { emptyContact } from '../port/empty-contact.ts';
import type { ContactInfoRecord, ContactInfoType, ContactRecord } from '../port/records.ts';
import { textOrNull } from '../wire/wire-reply.ts';
import type { Card } from './wire-types.ts';

/** What mapping needs to know beside the row. */
export interface MappingContext {
  readonly source: string;
  /** For phones written without a country code; undefined: such phones are not normalized. */
  readonly defaultCountry: string | undefined;
}

/** Maps a row of `GET /people`. Whoever has no name is called by the e-mail, the phone or the id. */
export function toContact(card: Card, { source, defaultCountry }: MappingContext): ContactRecord {
  const firstName = textOrNull(card.first_name);
  const lastName = textOrNull(card.last_name);
  const contactInfos = [...toInfo('PHONE', card.phone, defaultCountry), ...toInfo('EMAIL', card.email, defaultCountry)];
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return {
    ...emptyContact({ source, entity: 'contact', kind: 'PERSON', idInSource: card.id }),
    displayName: textOrNull(name) ?? textOrNull(card.email) ?? textOrNull(card.phone) ?? card.id,
    firstName,
    lastName,
    contactInfos,
    createdAt: new Date(card.created_at),
  };
}

function toInfo(type: ContactInfoType, text: string | null, defaultCountry: string | undefined): ContactInfoRecord[] {
  const value = textOrNull(text);
  if (value === null) return [];
  const normalizedValue = normalizeContactInfo(type, value, defaultCountry);
  return [{ idInSource: null, type, value, normalizedValue, category: null, categoryName: null, isPrimary: null }];
}
