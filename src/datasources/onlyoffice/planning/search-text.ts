import { trimmedOf } from '../../wire/trim-text.ts';

/**
 * Makes the text for `filterValue`, whose words are ANDed.
 *
 * The portal reads it up to the first comma; with its full-text index `*`, `?` and `"` have a meaning, without it `%` and the backslash have.
 * They part words here, so that a search means its words and nothing else. So does `_`, which without the index is any character, but within a
 * word: there e-mail addresses have it.
 *
 * @returns '' when no word is left.
 */
export function toFilterValue(search: string): string {
  return search
    .replace(/[,*?"%\\\p{Cc}]/gu, ' ')
    .split(/\s+/)
    .map((word) => trimmedOf(word, '_'))
    .filter((word) => word !== '')
    .join(' ');
}
