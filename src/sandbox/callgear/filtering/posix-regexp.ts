import { literalSource } from './like-pattern.ts';

/** Character classes of POSIX as Unicode sees them, to be put between brackets. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '\\p{Nd}',
  alnum: '\\p{L}\\p{Nd}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '\\p{P}\\p{S}',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\p{Cc}',
};

/**
 * Compiles a POSIX extended regular expression into a search in a string, sensitive to case.
 *
 * Only what POSIX defines is taken: no `(?…)`, no lazy quantifiers, no `\d` and the like, which some Postgres
 * versions understand and the documentation does not promise.
 *
 * @throws SyntaxError for anything else.
 */
export function compilePosixRegexp(pattern: string): (text: string) => boolean {
  let source = '';
  let rest = pattern;
  while (rest !== '') {
    const [length, translated] = translateNext(rest);
    source += translated;
    rest = rest.slice(length);
  }
  // A dot matches a line break, and ^ and $ only the ends of the text, as in Postgres.
  const expression = new RegExp(source, 'su');
  return (text) => expression.test(text);
}

function translateNext(rest: string): readonly [length: number, source: string] {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  switch (character) {
    case '\\':
      return translateEscape(rest);
    case '[':
      return translateBracket(rest);
    case '(':
      if (rest[1] === '?') throw new SyntaxError('group options are not POSIX');
      return [1, '('];
    case '*':
    case '+':
    case '?':
      return [1, quantifier(rest, 1)];
    case '{': {
      const bound = /^\{\d{1,3}(?:,\d{0,3})?\}/.exec(rest)?.[0];
      if (bound === undefined) {
        if (/^\{\d/.test(rest)) throw new SyntaxError('invalid repetition count');
        return [1, '\\{'];
      }
      return [bound.length, quantifier(rest, bound.length)];
    }
    case '}':
    case ']':
      return [1, `\\${character}`];
    case ')':
    case '|':
    case '^':
    case '$':
    case '.':
      return [1, character];
    default:
      return [character.length, literalSource(character)];
  }
}

function quantifier(rest: string, length: number): string {
  if (/^(?:[*+?]|\{\d)/.test(rest.slice(length))) throw new SyntaxError('quantifier upon quantifier');
  return rest.slice(0, length);
}

function translateEscape(rest: string): readonly [number, string] {
  const escaped = rest[1];
  if (escaped === undefined) throw new SyntaxError('pattern ends in a backslash');
  if (/[\p{L}\p{N}]/u.test(escaped)) throw new SyntaxError('escaped letters and digits are not POSIX');
  return [2, literalSource(escaped)];
}

function translateBracket(rest: string): readonly [number, string] {
  let position = 1;
  let source = '[';
  if (rest[position] === '^') {
    source += '^';
    position += 1;
  }
  const first = position;
  for (;;) {
    const tail = rest.slice(position);
    if (tail === '') throw new SyntaxError('brackets [] not balanced');
    if (tail.startsWith(']') && position > first) return [position + 1, `${source}]`];
    const [length, translated] = translateBracketMember(tail, position === first);
    source += translated;
    position += length;
  }
}

function translateBracketMember(tail: string, isFirst: boolean): readonly [number, string] {
  const named = /^\[:(\w+):\]/.exec(tail);
  if (named !== null) {
    const members = CLASSES[named[1] ?? ''];
    if (members === undefined) throw new SyntaxError('unknown character class');
    return [named[0].length, members];
  }
  if (/^\[[.=:]/.test(tail)) throw new SyntaxError('collating elements are not supported');
  if (tail.startsWith('\\')) return translateEscape(tail);
  const character = String.fromCodePoint(tail.codePointAt(0) ?? 0);
  const isRange = character === '-' && !isFirst && !tail.startsWith('-]');
  return [character.length, isRange ? '-' : literalSource(character)];
}
