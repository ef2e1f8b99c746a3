import { normalForm } from '../../port/normal-form.ts';

/** Characters that mean something in a regular expression outside a bracket. */
const SPECIAL = /[\\^$.|?*+()[\]{}]/;
/** One capital letter with two small ones: neither of them leads to the other by changing case. */
const SIGMAS: ReadonlySet<string> = new Set(['Σ', 'σ', 'ς']);
/** A double s and a sharp s are equal where case is ignored. */
const CHARACTER = /ss|[^]/giu;
const SHARP_S = /^(ss|ß)$/iu;

/**
 * Makes a regular expression for a whole name in any case. CallGear has no operator that ignores case, so every letter becomes a class
 * of its cases: `mc` gives `^ *[Mm][Cc] *$`. Every character that means something is escaped.
 */
export function wholeNamePattern(name: string): string {
  return `^ *${anyCasePattern(name)} *$`;
}

/**
 * Makes a regular expression for a text in any case, its accents written as one character or as two.
 *
 * Plain enough for POSIX and for PostgreSQL: classes, groups and backslashes before punctuation.
 */
export function anyCasePattern(text: string): string {
  const composed = normalForm(text, 'NFC');
  const decomposed = normalForm(text, 'NFD');
  return composed === decomposed ? classes(composed) : `(${classes(composed)}|${classes(decomposed)})`;
}

function classes(text: string): string {
  return Array.from(text.matchAll(CHARACTER), ([character]) => anyCase(character)).join('');
}

function anyCase(character: string): string {
  if (SPECIAL.test(character)) return `\\${character}`;
  if (SHARP_S.test(character)) return '([Ss][Ss]|ß|ẞ)';
  const cases = SIGMAS.has(character)
    ? [...SIGMAS]
    : [...new Set([character.toUpperCase(), character.toLowerCase(), character])].filter((text) => text !== '');
  if (cases.length === 1) return character;
  // A class holds single characters only, and some letters have a case of two.
  return cases.every((text) => text.length === 1) ? `[${cases.join('')}]` : `(${cases.join('|')})`;
}
