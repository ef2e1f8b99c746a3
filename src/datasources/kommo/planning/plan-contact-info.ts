import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { digitsOf, toE164 } from '../../port/contact-info-value.ts';
import { contactInfoField } from '../../port/filter-fields.ts';
import type { ContactFilterField, ContactInfoCondition } from '../../port/list-query.ts';
import { KOMMO_CATEGORISED_TYPES, KOMMO_CONTACT_INFO_TYPES } from '../mapping/contact-info.ts';
import { toQueryText } from './query-text.ts';

/** How conditions on contact infos can be answered. */
export interface PlannedContactInfos {
  /** Texts for `query` that find all that may match, each once, sorted; none when nothing in Kommo can match. */
  readonly queries: readonly string[];
  /** The filter members that the conditions make. */
  readonly members: readonly ContactFilterField[];
  /** Those of them that Kommo cannot answer; the queries are of no use then. */
  readonly impossible: readonly ContactFilterField[];
}

/** Plans "any of these phones, e-mails, …" as searches. Kommo marks no primary, and has categories for phones and e-mails only. */
export function plannedContactInfos(conditions: readonly ContactInfoCondition[], defaultCountry: string | undefined): PlannedContactInfos {
  const members = new Set(conditions.map(contactInfoField));
  const impossible = new Set(conditions.filter(needsWhatKommoLacks).map(contactInfoField));
  // A type that no Kommo contact can have matches nothing.
  const possible = conditions.filter(({ type }) => KOMMO_CONTACT_INFO_TYPES.has(type));
  const queries = [...new Set(possible.map((condition) => queryOf(condition, defaultCountry)))].sort();
  return { queries, members: [...members], impossible: [...impossible] };
}

function needsWhatKommoLacks({ type, category, isPrimary }: ContactInfoCondition): boolean {
  return isPrimary !== undefined || (category !== undefined && !KOMMO_CATEGORISED_TYPES.has(type));
}

/**
 * The text that finds most: of a phone the national number without its country code, since Kommo keeps phones as they were typed.
 *
 * @returns '' when no search finds all that may match.
 * @see https://developers.kommo.com/reference/contacts-list "Find contact by a phone number"
 */
function queryOf({ type, value, match }: ContactInfoCondition, defaultCountry: string | undefined): string {
  // Kommo keeps the parts of an address apart, so that the whole of it in one line would find nothing.
  if (type === 'ADDRESS') return toQueryText(value.replaceAll(',', '\n'));
  if (type !== 'PHONE') return toQueryText(value);
  const e164 = match === 'EXACT' ? toE164(value, defaultCountry) : null;
  const national = e164 === null ? undefined : parsePhoneNumberFromString(e164)?.nationalNumber;
  return national ?? (digitsOf(value) || toQueryText(value));
}
