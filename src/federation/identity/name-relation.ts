/**
 * How two names compare.
 *
 * - `FITS`: one holds all words of the other.
 * - `CONTRADICTS`: both have two words at least, and none in common, not even misspelled.
 * - `DIFFERS`: anything between.
 * - `MISSING`: one of them is no name.
 */
export type NameRelation = 'FITS' | 'DIFFERS' | 'CONTRADICTS' | 'MISSING';

/** A digest of a word in one number: of its letters in any order, of which letters they are, and of its first letter. */
const INITIAL = 2 ** 8;
export const SKETCH_SIZE = 7;
const SKETCH_VALUES = 16;
const SKETCH = SKETCH_VALUES ** SKETCH_SIZE;
/** As many of the sketch's values in common, and the words have most of their letters in common. */
const SIMILAR_MIN = 5;

/** What a word's digest is put together of. */
export interface WordDigestParts {
  /** Of its letters in any order: 16 bits. */
  readonly word: number;
  /** Values of four bits; two words have the more of them in common the more letters they have in common. */
  readonly sketch: readonly number[];
  /** Of its first letter: 8 bits. */
  readonly initial: number;
}

/** Puts a digest together; of an initial it is that of the letter alone. */
export function wordDigest({ word, sketch, initial }: WordDigestParts): number {
  const packed = sketch.reduce((sum, value) => sum * SKETCH_VALUES + value, 0);
  return (Math.max(1, word) * SKETCH + packed) * INITIAL + initial;
}

/** Compares the digests of two names. Each word counts once, and an initial fits a word that begins with it. */
export function compareNames(one: readonly number[], other: readonly number[]): NameRelation {
  if (one.length === 0 || other.length === 0) return 'MISSING';
  const [few, many] = one.length <= other.length ? [one, other] : [other, one];
  const equal = few.filter((word) => many.some((another) => areOneWord(word, another)));
  if (equal.length > 0) {
    const left = many.filter((word) => !equal.some((another) => areOneWord(word, another)));
    const open = few.filter((word) => !equal.includes(word));
    return open.every((word) => takeInitial(word, left)) ? 'FITS' : 'DIFFERS';
  }
  const isAlike = few.some((word) => many.some((another) => areOneInitial(word, another) || areSimilar(word, another)));
  return few.length >= 2 && !isAlike ? 'CONTRADICTS' : 'DIFFERS';
}

/** Whether two names are made of the same words. */
export function areSameNames(one: readonly number[], other: readonly number[]): boolean {
  return one.length > 0 && one.length === other.length && one.every((word, index) => word === other[index]);
}

function isWhole(word: number): boolean {
  return word >= INITIAL;
}

function areOneWord(one: number, other: number): boolean {
  return isWhole(one) && isWhole(other) && Math.floor(one / (SKETCH * INITIAL)) === Math.floor(other / (SKETCH * INITIAL));
}

function areSimilar(one: number, other: number): boolean {
  let [left, right] = [Math.floor(one / INITIAL), Math.floor(other / INITIAL)];
  let common = 0;
  for (let at = 0; at < SKETCH_SIZE; at += 1) {
    if (left % SKETCH_VALUES === right % SKETCH_VALUES) common += 1;
    [left, right] = [Math.floor(left / SKETCH_VALUES), Math.floor(right / SKETCH_VALUES)];
  }
  return isWhole(one) && isWhole(other) && common >= SIMILAR_MIN;
}

/** Takes out of `left` a word that an initial stands for, or the initial of a word. */
function takeInitial(word: number, left: number[]): boolean {
  const at = left.findIndex((another) => areOneInitial(word, another));
  if (at !== -1) left.splice(at, 1);
  return at !== -1;
}

function areOneInitial(one: number, other: number): boolean {
  return (!isWhole(one) || !isWhole(other)) && one % INITIAL === other % INITIAL;
}
