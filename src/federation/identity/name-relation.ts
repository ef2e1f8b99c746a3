/**
 * How two names compare.
 *
 * - `FITS`: one holds all words of the other.
 * - `CONTRADICTS`: both have two words at least, and none in common.
 * - `DIFFERS`: anything between.
 * - `MISSING`: one of them is no name.
 */
export type NameRelation = 'FITS' | 'DIFFERS' | 'CONTRADICTS' | 'MISSING';

const INITIAL_MASK = 0xff;

/** Compares the digests of two names; see `wordDigest`. Each word counts once, and an initial fits a word that begins with it. */
export function compareNames(one: readonly number[], other: readonly number[]): NameRelation {
  if (one.length === 0 || other.length === 0) return 'MISSING';
  const [few, many] = one.length <= other.length ? [one, other] : [other, one];
  const equal = few.filter((word) => isWhole(word) && many.includes(word));
  if (equal.length > 0) {
    const left = many.filter((word) => !equal.includes(word));
    const open = few.filter((word) => !equal.includes(word));
    if (open.every((word) => takeInitial(word, left))) return 'FITS';
    return 'DIFFERS';
  }
  return few.length >= 2 && few.every((word) => !many.some((another) => areOneInitial(word, another))) ? 'CONTRADICTS' : 'DIFFERS';
}

/** Whether two names are made of the same words. */
export function areSameNames(one: readonly number[], other: readonly number[]): boolean {
  return one.length > 0 && one.length === other.length && one.every((word, index) => word === other[index]);
}

function isWhole(word: number): boolean {
  return word > INITIAL_MASK;
}

/** Takes out of `left` a word that an initial stands for, or the initial of a word. */
function takeInitial(word: number, left: number[]): boolean {
  const at = left.findIndex((another) => areOneInitial(word, another));
  if (at !== -1) left.splice(at, 1);
  return at !== -1;
}

function areOneInitial(one: number, other: number): boolean {
  return (!isWhole(one) || !isWhole(other)) && (one & INITIAL_MASK) === (other & INITIAL_MASK);
}
