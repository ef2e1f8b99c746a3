/**
 * How two names compare.
 *
 * - `FITS`: one holds all words of the other.
 * - `CONTRADICTS`: both have two words at least, and none in common, not even misspelled.
 * - `DIFFERS`: anything between.
 * - `MISSING`: one of them is no name.
 */
export type NameRelation = 'FITS' | 'DIFFERS' | 'CONTRADICTS' | 'MISSING';

/**
 * A digest of a word is one number: of its letters in any order, of which letters they are, and of its first letter. It is negative where the word
 * is written without most of its vowels.
 */
export const WORD_VALUES = 2 ** 16;
export const LETTER_BITS = 28;
export const INITIAL_VALUES = 2 ** 8;
const LETTERS = 2 ** LETTER_BITS;
/** Words are alike that have as much of their letters in common: of four letters one may be another. */
const SIMILAR_MIN = 0.6;
/** Of a word without vowels so many letters have to be in the other one. */
const COMMON_MIN = 2;

/** What a word's digest is put together of. */
export interface WordDigestParts {
  /** Of its letters in any order, below WORD_VALUES. */
  readonly word: number;
  /** One bit for each letter that it has. */
  readonly letters: number;
  /** Of its first letter, below INITIAL_VALUES. */
  readonly initial: number;
}

/** Puts a digest together; of an initial it is that of the letter alone. */
export function wordDigest({ word, letters, initial }: WordDigestParts): number {
  return ((word + 1) * LETTERS + letters) * INITIAL_VALUES + initial;
}

/** Compares the digests of two names. Each word counts once, and an initial fits a word that begins with it. */
export function compareNames(one: readonly number[], other: readonly number[]): NameRelation {
  if (one.length === 0 || other.length === 0) return 'MISSING';
  const [few, many] = one.length <= other.length ? [one, other] : [other, one];
  const equal = few.filter((word) => many.some((another) => areOneWord(word, another)));
  if (equal.length > 0) {
    const left = many.filter((word) => !equal.some((another) => areOneWord(word, another)));
    const open = few.filter((word) => !equal.includes(word));
    return standFor(open, left) ? 'FITS' : 'DIFFERS';
  }
  const isAlike = few.some((word) => many.some((another) => areOneInitial(word, another) || areSimilar(word, another)));
  return few.length >= 2 && !isAlike ? 'CONTRADICTS' : 'DIFFERS';
}

/** Whether each of two names has a word that is nowhere in the other, not even misspelled or as an initial: as relatives have, or married names. */
export function areOfTwo(one: readonly number[], other: readonly number[]): boolean {
  const hasItsOwn = (name: readonly number[], another: readonly number[]): boolean =>
    name.some((word) => !another.some((known) => areOneWord(word, known) || areOneInitial(word, known) || areSimilar(word, known)));
  return hasItsOwn(one, other) && hasItsOwn(other, one);
}

/** Whether two names are made of the same words. */
export function areSameNames(one: readonly number[], other: readonly number[]): boolean {
  return one.length > 0 && one.length === other.length && one.every((word, index) => word === other[index]);
}

function isWhole(word: number): boolean {
  return Math.abs(word) >= INITIAL_VALUES;
}

function initialOf(word: number): number {
  return Math.abs(word) % INITIAL_VALUES;
}

function areOneWord(one: number, other: number): boolean {
  return isWhole(one) && isWhole(other) && wordOf(one) === wordOf(other);
}

function areSimilar(one: number, other: number): boolean {
  if (!isWhole(one) || !isWhole(other)) return false;
  const [left, right] = [lettersOf(one), lettersOf(other)];
  const common = bitsOf(left & right);
  // Vowels that are not written are no difference. That is too little for names that fit, and enough for names that need not contradict.
  if (one < 0 !== other < 0) return common >= COMMON_MIN && common >= SIMILAR_MIN * bitsOf(one < 0 ? left : right);
  return common >= SIMILAR_MIN * bitsOf(left | right);
}

function wordOf(digest: number): number {
  return Math.floor(Math.abs(digest) / (LETTERS * INITIAL_VALUES));
}

function lettersOf(digest: number): number {
  return Math.floor(Math.abs(digest) / INITIAL_VALUES) % LETTERS;
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let left = set; left !== 0; left &= left - 1) bits += 1;
  return bits;
}

/**
 * Whether each of some words has a word of its own among others of which it is the initial, or which is its initial. An initial takes either, a
 * whole word an initial only: counted, so that the order of the words does not matter.
 */
function standFor(words: readonly number[], others: readonly number[]): boolean {
  return words.every((word) => {
    const [open, left] = [words, others].map((all) => all.filter((one) => initialOf(one) === initialOf(word)));
    const initialsLeft = left?.filter((one) => !isWhole(one)).length ?? 0;
    return (open?.filter(isWhole).length ?? 0) <= initialsLeft && (open?.length ?? 0) <= (left?.length ?? 0);
  });
}

function areOneInitial(one: number, other: number): boolean {
  return (!isWhole(one) || !isWhole(other)) && initialOf(one) === initialOf(other);
}
