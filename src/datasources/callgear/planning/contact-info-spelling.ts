import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { e164FormsOf } from '../../port/phone/phone-line.ts';
import { digitsOf, readPhones } from '../../port/phone/phone.ts';

/** A longer text as it was typed is no spelling of a phone number. */
const PHONE_LENGTH_MAX = 60;

/**
 * Lists the ways in which CallGear may have stored a phone number; the way that it does store them, digits with the country code
 * and without `+`, comes first. [] when the text holds no digit.
 *
 * What people type can be listed only in part: two numbers in one text, or an extension behind one, are missed.
 */
export function phoneSpellings(value: string, defaultCountry: string | undefined): string[] {
  const digits = digitsOf(value);
  if (digits === '') return [];
  const numbers = readPhones(value, defaultCountry).numbers.flatMap(e164FormsOf);
  const typed = value.length > PHONE_LENGTH_MAX ? [] : [digits, `+${digits}`, value.trim()];
  return [...new Set([...numbers.flatMap(internationalAndNational), ...typed])];
}

function internationalAndNational(e164: string): string[] {
  const phone = parsePhoneNumberFromString(e164);
  const digits = e164.slice(1);
  if (phone === undefined) return [digits, e164];
  const { countryCallingCode: code, nationalNumber: national } = phone;
  const half = Math.ceil(national.length / 2);
  return [
    digits,
    e164,
    `00${digits}`,
    national,
    `${code} ${national}`,
    `+${code} ${national}`,
    `(${code})${national}`,
    `+${code} ${national.slice(0, half)}-${national.slice(half)}`,
    // With the trunk prefix that people dial inside the country.
    digitsOf(phone.formatNational()),
    phone.formatInternational(),
    phone.formatNational(),
    ...groupedSpellings(
      phone
        .formatInternational()
        .split(/[\s-]+/)
        .slice(1),
      code,
    ),
  ];
}

/** Grouped as the country groups its numbers, with the usual signs between. */
function groupedSpellings([area = '', ...rest]: readonly string[], code: string): string[] {
  if (rest.length === 0) return [];
  const [hyphens, blanks, joint] = [rest.join('-'), rest.join(' '), rest.join('')];
  const last = rest.at(-1) ?? '';
  const national = [
    `${[area, ...rest.slice(0, -1)].join(' ')}-${last}`,
    `${area} ${hyphens}`,
    `${area} ${blanks}`,
    `${area}-${hyphens}`,
    `(${area}) ${hyphens}`,
    `(${area}) ${blanks}`,
    `(${area})${joint}`,
  ];
  return national.flatMap((text) => [text, `+${code} ${text}`, `${code} ${text}`]);
}

/**
 * Lists the casings in which CallGear is likely to have stored an e-mail address. Its equality is case-sensitive and there is no way
 * round it, so an address in yet another casing is missed.
 */
export function emailSpellings(value: string): string[] {
  const lower = value.toLowerCase();
  const at = lower.lastIndexOf('@');
  const local = at < 0 ? lower : lower.slice(0, at);
  const domain = at < 0 ? '' : lower.slice(at);
  return [
    ...new Set([
      value,
      lower,
      capitalized(lower),
      lower.replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
      local.replace(/(^|[^\p{L}\p{N}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()) + domain,
      local.toUpperCase() + domain,
      value.toUpperCase(),
    ]),
  ];
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
