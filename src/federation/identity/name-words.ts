import { normalForm } from '../../datasources/port/normal-form.ts';
import { valueOr } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { isWithoutVowels, toLatin } from './scripts.ts';

/** Titles, and the forms of companies, which some write and some do not. */
const NO_NAMES = new Set(
  'mr mrs ms miss dr prof herr frau mme sir gmbh ag kg ltd limited inc llc llp plc corp co ooo oao zao pao ao sia uab oy ab as sa srl sarl bv nv ip'.split(
    ' ',
  ),
);
const PATRONYMIC = /(?:ovich|evich|ovna|evna|ichna)$|^(?:il|kuzm|luk|fom|nikit|sav)ich$/;
const WORDS_MAX = 9;
const NAME_LENGTH_MAX = 300;

/** Marks a word of Hebrew or Arabic letters, which leave out most vowels. */
export const WITHOUT_VOWELS = '~';

/**
 * Makes the words of a name in a form in which spellings are equal: accents, case, order, script (see `toLatin`) and the usual ways to write
 * one sound do not count. Titles, forms of companies and patronymics are left out. A word of one letter is an initial.
 *
 * @returns At most nine words, each once, sorted; those in Hebrew or Arabic letters begin with WITHOUT_VOWELS. [] for a text without letters,
 *   such as a phone number.
 */
export function nameWords(name: string): readonly string[] {
  const plain = normalForm(name.slice(0, NAME_LENGTH_MAX).toLowerCase(), 'NFC').replace(/['’ʼ`׳״]/g, '');
  const words = plain.split(/[^\p{L}\p{N}\p{M}]+/u).flatMap((word) => {
    const mark = isWithoutVowels(word) ? WITHOUT_VOWELS : '';
    return latinWords(word).map((latin) => (latin.length > 1 ? mark : '') + skeletonOf(latin));
  });
  const known = words.length > 2 ? words.filter((word) => !PATRONYMIC.test(word)) : words;
  return [...new Set(known.length > 0 ? known : words)].sort().slice(0, WORDS_MAX);
}

/** й and ё fall apart in NFKD, and are to be read first. Some letters fall apart into several words. */
function latinWords(word: string): readonly string[] {
  return normalForm(toLatin(word), 'NFKD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((latin) => /\p{L}/u.test(latin) && !NO_NAMES.has(latin));
}

/** Writes a word as it sounds, roughly: Julia, Yulia and Юлия are one, so are Müller and Mueller. */
function skeletonOf(word: string): string {
  if (word.length === 1) return word === 'j' || word === 'y' ? 'i' : word;
  return word
    .replace(/[yj]/g, 'i')
    .replace(/ii+/g, 'i')
    .replace(/kh/g, 'h')
    .replace(/shch/g, 'sch')
    .replace(/ph/g, 'f')
    .replace(/w/g, 'v')
    .replace(/x/g, 'ks')
    .replace(/(?<=[aou])e/g, '')
    .replace(/i(?=[aeou])/g, '')
    .replace(/(.)\1/g, '$1')
    .replace(/(?<=.)ii?$/, 'i');
}

/** Reads the words of a contact's name. What only stands in for a name (a phone, an address, an id) gives none. */
export function nameWordsOf(record: ContactRecord): readonly string[] {
  const [first, last] = [valueOr(record.firstName, null), valueOr(record.lastName, null)];
  const own = [first, last].filter((part) => part !== null && part !== '-').join(' ');
  const words = nameWords(own);
  if (words.length > 0) return words;
  const { displayName } = record;
  const isStandIn = displayName.includes('@') || displayName === record.idInSource || !/\p{L}/u.test(displayName);
  return isStandIn ? [] : nameWords(displayName);
}
