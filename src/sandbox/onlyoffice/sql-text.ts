import { fitsWildcards, type WildcardPart } from '../wildcards.ts';

const foldedLetters = new Map<string, string>();

/** Gives the weight of one character under utf8_general_ci: upper case, base letter; letters with strokes keep them. */
function foldLetter(letter: string): string {
  const known = foldedLetters.get(letter);
  if (known !== undefined) return known;
  const base = Array.from(letter.normalize('NFD'))[0] ?? letter;
  const upper = base === 'ß' ? 'S' : base.toUpperCase();
  const folded = upper.length === base.length ? upper : base;
  foldedLetters.set(letter, folded);
  return folded;
}

/** Folds text as MySQL's utf8_general_ci does, character by character, so that lengths are kept. */
export function foldGeneralCi(text: string): string {
  return Array.from(text, foldLetter).join('');
}

/** Compares as `ORDER BY` does under utf8_general_ci; equal texts give 0. */
export function compareGeneralCi(left: string, right: string): number {
  const [a, b] = [foldGeneralCi(left), foldGeneralCi(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Makes a test for `text LIKE pattern` under utf8_general_ci, with live `%`, `_` and the escape `\`. */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const parts = likeParts(pattern);
  return (text) => fitsWildcards(parts, foldGeneralCi(text));
}

function likeParts(pattern: string): WildcardPart[] {
  const letters = Array.from(pattern);
  const parts: WildcardPart[] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? '';
    const escaped = letters[index + 1];
    if (letter === '\\' && escaped !== undefined) {
      parts.push({ character: foldLetter(escaped) });
      index += 1;
    } else if (letter === '%') parts.push('many');
    else if (letter === '_') parts.push('any');
    else parts.push({ character: foldLetter(letter) });
  }
  return parts;
}
