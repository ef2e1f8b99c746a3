import { fitsWildcards, type WildcardPart } from '../../wildcards.ts';

/**
 * Compiles a SQL LIKE pattern into a test of whole strings, sensitive to case.
 *
 * `%` stands for any text, `_` for one character, a backslash takes the next one literally.
 *
 * @throws SyntaxError when the pattern ends in a lone backslash, as Postgres does.
 */
export function compileLike(pattern: string): (text: string) => boolean {
  const characters = Array.from(pattern);
  const parts: WildcardPart[] = [];
  for (let index = 0; index < characters.length; index += 1) {
    let character = characters[index] ?? '';
    if (character === '%') parts.push('many');
    else if (character === '_') parts.push('any');
    else {
      if (character === '\\') {
        index += 1;
        const escaped = characters[index];
        if (escaped === undefined) throw new SyntaxError('LIKE pattern must not end with escape character');
        character = escaped;
      }
      parts.push({ character });
    }
  }
  return (text) => fitsWildcards(parts, text);
}

/** Writes one character as a regular expression that matches just that. */
export function literalSource(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character;
}
