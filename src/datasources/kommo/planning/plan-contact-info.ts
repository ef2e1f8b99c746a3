import { contactInfoField } from '../../port/filter-fields.ts';
import type { ContactFilterField, ContactInfoCondition } from '../../port/list-query.ts';
import { nationalFormsOf } from '../../port/phone/phone-line.ts';
import { digitsOf, readPhones } from '../../port/phone/phone.ts';
import { KOMMO_CATEGORISED_TYPES, KOMMO_CONTACT_INFO_TYPES } from '../mapping/contact-info.ts';
import { toQueryText } from './query-text.ts';

/** What cannot be read as a number is searched by its end: in front there may be a prefix that stored numbers lack. */
const UNREAD_DIGITS_MAX = 8;

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
  const queries = [...new Set(possible.flatMap((condition) => queriesOf(condition, defaultCountry)))].sort();
  return { queries, members: [...members], impossible: [...impossible] };
}

function needsWhatKommoLacks({ type, category, isPrimary }: ContactInfoCondition): boolean {
  return isPrimary !== undefined || (category !== undefined && !KOMMO_CATEGORISED_TYPES.has(type));
}

/**
 * The texts that find most: of a phone the national number without its country code, since Kommo keeps phones as they were typed; further ones
 * where a number has forms of which none is a part of the other.
 *
 * @returns A text '' when no search finds all that may match.
 * @see https://developers.kommo.com/reference/contacts-list "Find contact by a phone number"
 */
function queriesOf({ type, value, match }: ContactInfoCondition, defaultCountry: string | undefined): readonly string[] {
  // Kommo keeps the parts of an address apart, so that the whole of it in one line would find nothing.
  if (type === 'ADDRESS') return [toQueryText(value.replaceAll(',', '\n'))];
  if (type !== 'PHONE') return [toQueryText(value)];
  const numbers = match === 'EXACT' ? readPhones(value, defaultCountry).numbers : [];
  const forms = [...new Set(numbers.flatMap(nationalFormsOf))];
  const queries = forms.filter((form) => !forms.some((other) => other !== form && form.includes(other)));
  if (queries.length > 0) return queries;
  const digits = digitsOf(value);
  return [(match === 'EXACT' ? digits.slice(-UNREAD_DIGITS_MAX) : digits) || toQueryText(value)];
}
