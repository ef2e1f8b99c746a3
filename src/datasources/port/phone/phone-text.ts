import { isSupportedCountry, parsePhoneNumberFromString as parseByFullTables } from 'libphonenumber-js/max';
import { parsePhoneNumberFromString as parseBySmallTables, type PhoneNumber as Parsed } from 'libphonenumber-js/min';
import { behindOldTrunkPrefix, lineOf, withoutOldPrefixes } from './phone-line.ts';

/** One number that a text may stand for. */
export interface PhoneNumber {
  /** As it is dialled from abroad: `+` and digits. */
  readonly e164: string;
  /** The same for all forms of one line: see `lineOf`. */
  readonly line: string;
  /** Its digits without the country code, as they are written inside the country, less the trunk prefix. */
  readonly national: string;
  readonly extension: string | null;
  /** False where the same digits are a number of another country too, or the country is anybody's guess. */
  readonly isCertain: boolean;
}

/** What a text says about phones. */
export interface PhoneReading {
  /** The one number of the text, in E.164; null when there is none, or when it holds several. */
  readonly e164: string | null;
  /** Every number that the text may stand for, the likeliest first; [] when none can be read. */
  readonly numbers: readonly PhoneNumber[];
}

/** A number with its extension has no more; nor has a text more numbers that anybody asks for. */
const NUMBERS_MAX = 4;
const DIGITS_MIN = 4;
const DIGITS_MAX = 17;
/** What stands between two numbers in one field. A slash also stands in German numbers, so the whole is tried first. */
const BETWEEN_NUMBERS = /[,;|\n\r/&]|\s(?:or|oder|und|and|или|и|ou|et|o|y|e|u)\s|(?=[+＋])/iu;

/** Reads a text as `readPhones` does. Cost: one to four look-ups in the numbering plans for each number in it. */
export function readPhoneText(text: string, defaultCountry: string | undefined): PhoneReading {
  const country = defaultCountry !== undefined && isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  const whole = readOne(text, country);
  if (whole.length > 0) return { e164: whole[0]?.e164 ?? null, numbers: whole };
  const read = piecesOf(text)
    .map((piece) => readOne(piece, country))
    .filter((numbers) => numbers.length > 0);
  const [only] = read;
  return { e164: read.length === 1 ? (only?.[0]?.e164 ?? null) : null, numbers: read.slice(0, NUMBERS_MAX).flat() };
}

function piecesOf(text: string): readonly string[] {
  const pieces = text.split(BETWEEN_NUMBERS).filter((piece) => /\d/.test(piece));
  return pieces.length === 1 ? halvesOf(pieces[0] ?? '') : pieces.slice(0, 2 * NUMBERS_MAX);
}

/** Two numbers with nothing but a blank between them: the blank that leaves as many digits on either side. */
function halvesOf(text: string): readonly string[] {
  const words = text.trim().split(/\s+/);
  const count = (parts: readonly string[]): number => parts.join('').replace(/\D/g, '').length;
  for (let at = 1; at < words.length; at += 1) {
    const [left, right] = [words.slice(0, at), words.slice(at)];
    if (count(left) === count(right)) return [left.join(' '), right.join(' ')];
  }
  return [];
}

type Country = NonNullable<Parsed['country']>;

/** Every number that a text with one number may stand for. */
function readOne(text: string, country: Country | undefined): PhoneNumber[] {
  const parts = partsOf(text);
  if (parts === null) return [];
  const { number, extension } = parts;
  const digits = number.replace(/\D/g, '');
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return [];
  const isInternational = /^[\s(]*[+＋]/u.test(number);
  if (isInternational)
    return found(
      [parse(`+${digits}`, undefined)].filter((one) => one?.isPossible()),
      extension,
      true,
    );
  const national = country === undefined ? undefined : parse(digits, country);
  const abroad = isGroupedAs(number, digits, parse(`+${digits.replace(/^00/, '')}`, undefined));
  const valid = [national, abroad].filter((one) => one !== undefined && isInUse(one));
  const readings = valid.length > 0 ? valid : [national, abroad].filter((one) => one?.isValid()).slice(0, 1);
  if (readings.length === 0) return found([readBehindOldTrunkPrefix(digits, country)], extension, false);
  const [first, second] = readings;
  const isOne = second === undefined || first?.number === second.number;
  const isCertain = isOne && (country !== undefined || digits.startsWith('00'));
  const isAbroadLikelier = !isOne && second !== undefined && isLikelierAbroad(number, digits, second, first);
  return found(isOne ? [first] : isAbroadLikelier ? [second, first] : [first, second], extension, isCertain);
}

function readBehindOldTrunkPrefix(digits: string, country: Country | undefined): Parsed | undefined {
  const rest = behindOldTrunkPrefix(digits, country);
  const number = rest === undefined ? undefined : parse(rest, country);
  return number !== undefined && isInUse(number) ? number : undefined;
}

/**
 * Of digits that are valid in the default country and abroad: whether the country code is written apart from the rest, or is the default
 * country's own. Otherwise they are national.
 */
function isLikelierAbroad(text: string, digits: string, abroad: Parsed, national: Parsed | undefined): boolean {
  const groups = text.match(/\d+/g) ?? [];
  if (groups.length > 1 && groups[0] === abroad.countryCallingCode) return true;
  return digits.startsWith(abroad.countryCallingCode) && abroad.countryCallingCode === national?.countryCallingCode;
}

/** An international number without `+` is not grouped across its country code: `8 (495) …` is nobody's +84. */
function isGroupedAs(text: string, digits: string, abroad: Parsed | undefined): Parsed | undefined {
  const first = /\d+/.exec(text)?.[0] ?? '';
  const isApart = first !== digits && !digits.startsWith('00');
  return isApart && abroad !== undefined && !first.startsWith(abroad.countryCallingCode) ? undefined : abroad;
}

function found(numbers: readonly (Parsed | undefined)[], extension: string | null, isCertain: boolean): PhoneNumber[] {
  return numbers.flatMap((number) => {
    if (number === undefined) return [];
    const { number: e164, nationalNumber: national } = number;
    return [{ e164, line: lineOf(e164), national, extension, isCertain }];
  });
}

function parse(digits: string, country: Country | undefined): Parsed | undefined {
  const text = withoutOldPrefixes(digits, country);
  return parseBySmallTables(text, { ...(country !== undefined && { defaultCountry: country }), extract: false });
}

/** By the full tables, which know each range; the small ones know little more than lengths. */
function isInUse(number: Parsed): boolean {
  return number.isPossible() && (parseByFullTables(number.number)?.isValid() ?? false);
}

interface Parts {
  readonly number: string;
  readonly extension: string | null;
}

/** What no number is made of: neither a digit nor what groups digits. */
const OTHER_SIGN = /[^\d\p{Zs}\t().+\-/~\u2010-\u2015\u2212\u30fc\uff0b]/u;
const EXTENSION_DIGITS_MAX = 7;

/** Takes a text apart: a label in front is left out, an extension behind is given apart. null when it is made otherwise. */
function partsOf(text: string): Parts | null {
  const start = text.search(/[\d+＋(]/u);
  if (start < 0 || !/^[^\d]*$/u.test(text.slice(0, start))) return null;
  const rest = text.slice(start).trim();
  const end = rest.search(OTHER_SIGN);
  if (end < 0) return withBracketedExtension(rest);
  const number = rest.slice(0, end);
  const tail = rest.slice(end);
  if (!/\d/.test(tail)) return { number, extension: null };
  const extension = /^[^\d+＋]*(\d+)[^\d+＋]*$/u.exec(tail)?.[1];
  return extension === undefined || extension.length > EXTENSION_DIGITS_MAX || isListOfNumbers(tail, extension)
    ? null
    : { number, extension };
}

/** Behind a comma or the like, many digits are another number. */
function isListOfNumbers(tail: string, digits: string): boolean {
  return /^[,;|\n]/.test(tail) && digits.length > 5;
}

/** `+7 (495) 123-45-67 (12)` */
function withBracketedExtension(text: string): Parts {
  const open = text.lastIndexOf('(');
  const digits = /^\((\d{1,5})\)$/.exec(text.slice(open))?.[1];
  const before = text.slice(0, open);
  if (open < 0 || digits === undefined || before.replace(/\D/g, '').length < 10) return { number: text, extension: null };
  return { number: before, extension: digits };
}
