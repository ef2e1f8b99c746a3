import { parsePhoneNumberFromString as parseByFullTables } from 'libphonenumber-js/max';
import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/min';
import type { ContactInfoType } from './records.ts';

/** Longer texts are no phone number: reading them is a waste. */
const PHONE_LENGTH_MAX = 60;
/** Reading a number takes longer than mapping the rest of its contact, and the same texts come again and again. */
const READ_BEFORE = new Map<string, string | null>();
const READ_BEFORE_MAX = 20_000;

/**
 * Reads a phone number as people write it.
 *
 * Digits without `+` are a number of `defaultCountry`, or an international number whose `+` was left out (CallGear stores numbers so), as the
 * text can only be the one or the other; so `371 20000000`, `(371)20000000` and `+371 2000-0000` are one number. Where it can be both, see
 * `looksNational`.
 *
 * @returns E.164, or null when it is not a possible number.
 */
export function toE164(text: string, defaultCountry: string | undefined): string | null {
  const trimmed = text.trim();
  if (trimmed.length > PHONE_LENGTH_MAX || !/\d/.test(trimmed)) return null;
  const key = `${defaultCountry ?? ''} ${trimmed}`;
  const known = READ_BEFORE.get(key);
  if (known !== undefined) return known;
  const e164 = readE164(trimmed, defaultCountry);
  if (READ_BEFORE.size >= READ_BEFORE_MAX) READ_BEFORE.clear();
  READ_BEFORE.set(key, e164);
  return e164;
}

function readE164(trimmed: string, defaultCountry: string | undefined): string | null {
  if (trimmed.startsWith('+')) return read(trimmed, defaultCountry)?.number ?? null;
  const national = validOnly(read(trimmed, defaultCountry));
  const international = validOnly(read(toInternational(trimmed), undefined));
  if (national === undefined || international === undefined) return (national ?? international)?.number ?? null;
  return looksNational(trimmed, national, international) ? national.number : international.number;
}

/**
 * Decides on digits that are valid both as a national and as an international number.
 *
 * A first group that is the country code speaks for an international number, other groups against it. People of a country with a trunk prefix
 * write their numbers with it: in Germany `37120000000` is no number of Chemnitz, `037120000000` is. A range that is not in use speaks against
 * a number.
 */
function looksNational(text: string, national: PhoneNumber, international: PhoneNumber): boolean {
  const groups = text.match(/\d+/g) ?? [];
  if (groups.length > 1 && groups[0] === international.countryCallingCode) return false;
  const hasTrunkPrefix = digitsOf(text) === digitsOf(national.formatNational());
  return (hasTrunkPrefix || groups.length > 1) && (isInUse(national.number) || !isInUse(international.number));
}

function toInternational(text: string): string {
  return `+${digitsOf(text).replace(/^00/, '')}`;
}

function read(text: string, country: string | undefined): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, {
    ...(country !== undefined && { defaultCountry: country as CountryCode }),
    extract: false,
  });
  return parsed?.isPossible() ? parsed : undefined;
}

function validOnly(number: PhoneNumber | undefined): PhoneNumber | undefined {
  return number?.isValid() ? number : undefined;
}

/** By the full tables, which know each range; the small ones know little more than lengths. */
function isInUse(e164: string): boolean {
  return parseByFullTables(e164)?.isValid() ?? false;
}

/** The ASCII digits of a text, in a row; '' when it has none. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** The form in which two contact infos of one type are compared; null where no rule applies or the value cannot be read. */
export function normalizeContactInfo(type: ContactInfoType, value: string, defaultCountry: string | undefined): string | null {
  if (type === 'PHONE') return toE164(value, defaultCountry);
  if (type === 'EMAIL' || type === 'GMAIL') return value.trim().toLowerCase();
  return null;
}
