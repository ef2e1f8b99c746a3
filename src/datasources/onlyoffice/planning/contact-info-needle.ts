import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/min';
import { nationalFormsOf } from '../../port/phone/phone-line.ts';
import { digitsOf, readPhones, type PhoneNumber } from '../../port/phone/phone.ts';
import type { ContactInfoCondition } from '../../port/list-query.ts';

/** The text for the parameter `data`, and one to try when nothing is found with it. */
export interface ContactInfoNeedle {
  readonly data: string;
  readonly fallback?: string;
}

/** Trunk prefixes and old area codes come before the last eight digits, so these stand in every spelling of a number. */
const PHONE_DIGITS_MAX = 8;
/** With fewer characters beside wildcards, a text would find a good part of the portal. */
const ORDINARY_CHARACTERS_MIN = 2;

/**
 * Makes what `bycontactinfo` is asked for one condition: one needle as a rule, one more for each further number that a phone may be. Together
 * they find at least all rows that match, and others too: check them.
 *
 * The portal compares by `LIKE '%…%'` and leaves wildcards alive. They are escaped here, but for phones: those are stored as typed, so the
 * digits are parted by `%`, which finds them whatever stands between.
 *
 * @see GET api/2.0/crm/contact/bycontactinfo
 */
export function toNeedles(
  { type, value, match }: ContactInfoCondition,
  defaultCountry: string | undefined,
): readonly [ContactInfoNeedle, ...ContactInfoNeedle[]] {
  if (type === 'PHONE' && digitsOf(value) !== '') {
    const [first, ...others] = match === 'EXACT' ? phoneDigits(value, defaultCountry) : [containedDigits(value, defaultCountry)];
    return [{ data: parted(first), fallback: escapeLike(value) }, ...others.map((digits) => ({ data: parted(digits) }))];
  }
  return [toTextNeedle(type, value)];
}

function parted(digits: string): string {
  return digits.replace(/\d(?=\d)/g, '$&%');
}

function toTextNeedle(type: ContactInfoCondition['type'], value: string): ContactInfoNeedle {
  // The column of an address holds JSON text, each part in quotes of its own.
  const stored = type === 'ADDRESS' ? JSON.stringify(longestPart(value)).slice(1, -1) : value;
  const data = escapeLike(stored);
  const fallback = data === stored ? null : withoutEscapes(stored);
  return fallback === null ? { data } : { data, fallback };
}

/** For each number that a text may be, the digits that every spelling of it has in a row, but for what groups them. */
function phoneDigits(value: string, defaultCountry: string | undefined): readonly [string, ...string[]] {
  const endings = [...new Set(readPhones(value, defaultCountry).numbers.map(commonEnding))];
  // What ends another is found wherever that one is.
  const [first, ...others] = endings.filter((ending) => !endings.some((other) => other !== ending && ending.endsWith(other)));
  return first === undefined ? [digitsOf(value).slice(-PHONE_DIGITS_MAX)] : [first, ...others];
}

function commonEnding(number: PhoneNumber): string {
  const [first = '', ...others] = nationalFormsOf(number);
  let length = Math.min(first.length, PHONE_DIGITS_MAX);
  while (!others.every((form) => form.endsWith(first.slice(-length)))) length -= 1;
  return first.slice(-length);
}

/** The digits of a part of a number, less the code of the country whose numbers may be stored without it. */
function containedDigits(value: string, defaultCountry: string | undefined): string {
  const digits = digitsOf(value);
  if (defaultCountry === undefined || !isSupportedCountry(defaultCountry)) return digits;
  const countryCode = getCountryCallingCode(defaultCountry);
  const rest = digits.startsWith(countryCode) ? digits.slice(countryCode.length) : '';
  return rest.length >= 3 ? rest : digits;
}

/** An address in one line is its parts joined by commas, so each piece of it stands in one part. */
function longestPart(value: string): string {
  const pieces = value.split(',').map((piece) => piece.trim());
  const longest = pieces.reduce((one, other) => (other.length > one.length ? other : one), '');
  return longest === '' ? value : longest;
}

/**
 * The text for a database whose backslash is no escape: an underscore in place of each special character finds that one and any other, which
 * is safe, as the rows are checked. Null when too little else is left.
 */
function withoutEscapes(text: string): string | null {
  const ordinary = text.replace(/[\\%_]/g, '');
  return ordinary.length < ORDINARY_CHARACTERS_MIN ? null : text.replace(/[\\%]/g, '_');
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
