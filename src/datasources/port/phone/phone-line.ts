import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Mobile numbers had eight digits before they got a ninth in front; those of landlines begin with 2 to 5. */
const BRAZILIAN_NINTH_DIGIT = /^\+55(\d{2})9([016-9]\d{7})$/;
const ARGENTINE_MOBILE = /^\+549(\d{10})$/;
const MEXICAN_MOBILE = /^\+521(\d{10})$/;
const NATIONAL_MEXICAN = /^(?:044|045|01|1)(\d{10})$/;

/** Countries that dialled 8 before the area code, as Russia still does, and where people write it to this day. */
const OLD_TRUNK_8 = new Set(['AM', 'AZ', 'EE', 'GE', 'KG', 'LV', 'MD', 'TJ', 'UA', 'UZ']);

/**
 * Names the line that a number in E.164 leads to: one name for all forms in which it is stored.
 *
 * Messengers and old address books have Brazilian mobiles without the ninth digit, Mexican ones with a 1 behind the country code, and Argentine
 * ones without the 9 behind theirs.
 */
export function lineOf(e164: string): string {
  return e164.replace(BRAZILIAN_NINTH_DIGIT, '+55$1$2').replace(ARGENTINE_MOBILE, '+54$1').replace(MEXICAN_MOBILE, '+52$1');
}

/** Takes out of digits, or of `+` and digits, what Mexico has given up and the numbering plans do not know any more. */
export function withoutOldPrefixes(digits: string, country: string | undefined): string {
  const international = digits.replace(MEXICAN_MOBILE, '+52$1');
  return country === 'MX' ? international.replace(NATIONAL_MEXICAN, '$1') : international;
}

/** What follows the 8 that a country has given up as its trunk prefix; undefined where there is none. */
export function behindOldTrunkPrefix(digits: string, country: string | undefined): string | undefined {
  return country !== undefined && OLD_TRUNK_8.has(country) && digits.startsWith('8') ? digits.slice(1) : undefined;
}

/**
 * Lists the forms in which the line of a number may be stored, without country code and trunk prefix, the number's own first. A text that has
 * any of them in a row may be the number.
 */
export function nationalFormsOf({ line, national }: { readonly line: string; readonly national: string }): readonly string[] {
  return [...new Set([national, ...otherFormsOf(line)])];
}

/** Lists all forms of a line in E.164, the number's own first. */
export function e164FormsOf({ e164, line }: { readonly e164: string; readonly line: string }): readonly string[] {
  const [brazilian, argentine, mexican] = [brazilianMobile(line), argentineMobile(line), mexicanMobile(line)];
  return [...new Set([e164, line, ...(brazilian ?? []), ...(argentine ?? []), ...(mexican ?? [])])];
}

function otherFormsOf(line: string): readonly string[] {
  if (brazilianMobile(line) !== null) return [line.slice(3), ...(brazilianMobile(line) ?? []).map((e164) => e164.slice(3))];
  if (argentineMobile(line) !== null) return [line.slice(3), ...argentineNational(line)];
  return mexicanMobile(line) === null ? [] : [line.slice(3)];
}

function brazilianMobile(line: string): readonly string[] | null {
  const match = /^\+55(\d{2})([016-9]\d{7})$/.exec(line);
  return match === null ? null : [`+55${match[1]}9${match[2]}`];
}

function argentineMobile(line: string): readonly string[] | null {
  return /^\+54\d{10}$/.test(line) ? [`+549${line.slice(3)}`] : null;
}

function mexicanMobile(line: string): readonly string[] | null {
  return /^\+52\d{10}$/.test(line) ? [`+521${line.slice(3)}`] : null;
}

/** Inside Argentina mobiles are dialled with 15 between area code and number. */
function argentineNational(line: string): readonly string[] {
  const formatted =
    parsePhoneNumberFromString(`+549${line.slice(3)}`)
      ?.formatNational()
      .replace(/\D/g, '') ?? '';
  return formatted.startsWith('0') ? [formatted.slice(1)] : [];
}
