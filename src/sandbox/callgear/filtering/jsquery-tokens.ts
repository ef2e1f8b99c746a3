/** A piece of a jsquery text. Words that are keywords keep their spelling, since they may also be keys and values. */
export type JsqueryToken =
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly isIndex: boolean }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'keyword'; readonly keyword: string; readonly text: string };

const SYMBOL = /^[?%$.[\]()|&!=<>@#,*:]/;
const BLANK = /^[ \t\n\r\f]+/;
const COMMENT = /^\/\*[\s\S]*?\*\//;
const WORD = /^(?:[^?%$.[\]()|&!=<>@#,* \t\n\r\f\\"/:]|\/(?!\*)|\\(?:["\\bfnrt]|u[0-9A-Fa-f]{4}))+/u;
const NUMBERS = [/^[+-]?\d+(?:\.\d+)?[eE][+-]?\d+/, /^[+-]?\.\d+[eE][+-]?\d+/, /^[+-]?\d*\.\d+/, /^[+-]?\d+/];
const QUOTED = /^"((?:[^"\\]|\\(?:["\\bfnrt]|u[0-9A-Fa-f]{4}))*)"/;
const KEYWORDS = ['in', 'is', 'or', 'and', 'not', 'array', 'object', 'string', 'boolean', 'numeric'];
/** Keywords only in lower case. */
const LITERALS = ['null', 'true', 'false'];
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Cuts a jsquery text into tokens.
 *
 * @throws SyntaxError for a string without end or an escape that is none.
 * @see https://github.com/postgrespro/jsquery
 */
export function tokenizeJsquery(text: string): JsqueryToken[] {
  const tokens: JsqueryToken[] = [];
  let rest = text;
  while (rest !== '') {
    const ignored = BLANK.exec(rest) ?? COMMENT.exec(rest);
    if (ignored !== null) {
      rest = rest.slice(ignored[0].length);
      continue;
    }
    const [length, token] = nextToken(rest);
    tokens.push(token);
    rest = rest.slice(length);
  }
  return tokens;
}

function nextToken(rest: string): readonly [number, JsqueryToken] {
  if (rest.startsWith('"')) {
    const quoted = QUOTED.exec(rest);
    if (quoted === null) throw new SyntaxError('bad quoted string');
    return [quoted[0].length, { kind: 'string', text: unescape(quoted[1] ?? '') }];
  }
  const word = WORD.exec(rest)?.[0] ?? '';
  const number = NUMBERS.map((expression) => expression.exec(rest)?.[0] ?? '').reduce((a, b) => (b.length > a.length ? b : a));
  // The longest match wins: 79990001122 is a number, 7999abc a word, as in the original scanner.
  if (number !== '' && number.length >= word.length) {
    return [number.length, { kind: 'number', text: number, isIndex: /^\d+$/.test(number) }];
  }
  if (word !== '') return [word.length, wordToken(unescape(word))];
  if (SYMBOL.test(rest)) return [1, { kind: 'symbol', text: rest.charAt(0) }];
  throw new SyntaxError('bad escape');
}

function wordToken(text: string): JsqueryToken {
  const lower = text.toLowerCase();
  if (KEYWORDS.includes(lower)) return { kind: 'keyword', keyword: lower, text };
  if (LITERALS.includes(text)) return { kind: 'keyword', keyword: text, text };
  return { kind: 'string', text };
}

function unescape(text: string): string {
  return text.replaceAll(/\\(?:u([0-9A-Fa-f]{4})|(.))/gsu, (_whole, unicode: string | undefined, character: string | undefined) => {
    if (unicode === '0000') throw new SyntaxError('a NUL cannot be text');
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    return ESCAPED[character ?? ''] ?? character ?? '';
  });
}
