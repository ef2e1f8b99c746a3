import { LRUCache } from 'lru-cache';
import { readPhoneText, type PhoneNumber, type PhoneReading } from './phone-text.ts';

export type { PhoneNumber, PhoneReading };

/** How two texts with phones compare. */
export type PhoneComparison =
  /** The same number, beyond doubt. */
  | 'SAME'
  /**
   * The same line, most likely. Beyond the digits something is left open: digits that are a number of two countries, or of a country that is not
   * known; a Brazilian mobile without its ninth digit, an Argentine number without its 9, an extension that only one of them has.
   */
  | 'LIKELY'
  /** Perhaps: a text that lacks the country or area code, or cannot be read, ends in the same digits as the other, or holds them. */
  | 'UNKNOWN'
  | 'DIFFERENT';

const CACHE_BYTES = 8 * 1024 * 1024;
/** What a reading, and each number in it, takes beside the text. */
const ENTRY_BYTES = 250;

/** Reading a text costs some 0.1 ms, and lists hold the same texts again and again. */
const readings = new LRUCache<string, PhoneReading>({
  maxSize: CACHE_BYTES,
  sizeCalculation: ({ numbers }, key) => ENTRY_BYTES * (1 + numbers.length) + 2 * key.length,
});

/** All forms of a line end in this many equal digits: Argentina has numbers of six behind an area code and a 15. Fewer in common say nothing. */
const COMMON_DIGITS_MIN = 6;
/** The numbers of small islands have no more. */
const NATIONAL_DIGITS_MIN = 4;
/** As many equal digits at the end are no chance, whatever stands before them: `8 0` in Belarus, a 15 in the middle in Argentina. */
const TELLING_DIGITS = 8;
/** `8`, `80`, `0`. */
const TRUNK_PREFIX_DIGITS_MAX = 2;
/** Longer texts are no phone numbers: reading them is a waste. */
const TEXT_LENGTH_MAX = 120;
const NOTHING: PhoneReading = { e164: null, numbers: [] };

/**
 * Reads a phone number, or several, as people write them: in international form, with or without `+`, in the national form of
 * `defaultCountry`, with an extension, with a label in front.
 *
 * Digits that are a valid number of `defaultCountry` are that number, else a valid international one whose `+` was left out; where both are
 * valid, both are given. Each text is read once and kept, within 8 MiB for the whole process.
 */
export function readPhones(text: string, defaultCountry: string | undefined): PhoneReading {
  if (text.length > TEXT_LENGTH_MAX || !/\d/.test(text)) return NOTHING;
  const key = `${defaultCountry ?? ''} ${text}`;
  const known = readings.get(key);
  if (known) return known;
  const reading = readPhoneText(text, defaultCountry);
  readings.set(key, reading);
  return reading;
}

/**
 * Compares two texts with phones; texts that cannot be read by their digits. Cost: see `readPhones`, and only where their digits have an end in
 * common.
 *
 * Whoever joins records by phones must not take `LIKELY` for certain.
 */
export function comparePhones(one: string, other: string, defaultCountry: string | undefined): PhoneComparison {
  const right = readPhones(other, defaultCountry).numbers;
  const digits = digitsOf(one);
  // Most texts have none of the other's digits: these need no reading.
  if (right.length > 0 && !right.some(({ national }) => digits.includes(national.slice(-COMMON_DIGITS_MIN)))) return 'DIFFERENT';
  const otherDigits = digitsOf(other);
  if (digits === otherDigits && right.length === 0) return digits === '' ? 'DIFFERENT' : 'SAME';
  const left = readPhones(one, defaultCountry).numbers;
  let isLikely = false;
  for (const number of left) {
    for (const another of right) {
      if (number.line !== another.line || !mayBeSameExtension(number, another)) continue;
      if (isSureOf(number, another)) return 'SAME';
      isLikely = true;
    }
  }
  if (isLikely) return 'LIKELY';
  if (mayLackCode(digits, left, otherDigits) || mayLackCode(otherDigits, right, digits)) return 'UNKNOWN';
  return mayHold(one, left, right) || mayHold(other, right, left) ? 'UNKNOWN' : 'DIFFERENT';
}

function isSureOf(one: PhoneNumber, other: PhoneNumber): boolean {
  return one.isCertain && other.isCertain && one.e164 === other.e164 && one.extension === other.extension;
}

function mayBeSameExtension({ extension: one }: PhoneNumber, { extension: other }: PhoneNumber): boolean {
  return one === null || other === null || one === other;
}

/** Whether digits of which the country is a guess may be the other ones: these end so, but perhaps for a trunk prefix. */
function mayLackCode(digits: string, numbers: readonly PhoneNumber[], whole: string): boolean {
  if (numbers.some(({ isCertain }) => isCertain) || digits.length < NATIONAL_DIGITS_MIN || digits.length > whole.length) return false;
  return whole.endsWith(digits.replace(/^0/, '')) || (digits.length >= TELLING_DIGITS && whole.endsWith(digits.slice(-TELLING_DIGITS)));
}

/**
 * Whether a text that cannot be read for certain holds another number. Groups of digits hold its telling end: with something behind it (an extension, a
 * second number), or with a trunk prefix in front that is not known, or not any more. Digits in a row end with all of it, behind such a prefix.
 */
function mayHold(text: string, numbers: readonly PhoneNumber[], others: readonly PhoneNumber[]): boolean {
  if (numbers.some(({ isCertain }) => isCertain)) return false;
  const digits = digitsOf(text);
  const isBehindPrefix = (national: string) => digits.endsWith(national) && digits.length <= national.length + TRUNK_PREFIX_DIGITS_MAX;
  const isHeld = ({ national }: PhoneNumber) =>
    digits === text ? isBehindPrefix(national) : digits.includes(national.slice(-TELLING_DIGITS));
  return others.some((number) => number.national.length >= TELLING_DIGITS && isHeld(number));
}

/** The ASCII digits of a text, in a row; '' when it has none. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
