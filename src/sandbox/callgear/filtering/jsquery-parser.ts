import { tokenizeJsquery, type JsqueryToken } from './jsquery-tokens.ts';

/** A literal of jsquery. */
export type JsqueryScalar = string | number | boolean | null;

/** One step from a value to values inside it. */
export type JsqueryStep =
  | { readonly kind: 'any' | 'all'; readonly of: 'elements' | 'members' | 'everything' }
  | { readonly kind: 'itself' }
  | { readonly kind: 'length' }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'member'; readonly key: string }
  | { readonly kind: 'only'; readonly expression: JsqueryExpression };

/** What is asked of a value at the end of a path. */
export type JsqueryTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'equals'; readonly value: JsqueryScalar }
  | { readonly kind: 'equals list' | 'contains' | 'contained' | 'overlaps' | 'in'; readonly values: readonly JsqueryScalar[] }
  | { readonly kind: '<' | '>' | '<=' | '>='; readonly value: number }
  | { readonly kind: 'is'; readonly type: string }
  | { readonly kind: 'satisfies'; readonly expression: JsqueryExpression };

/** A jsquery, taken apart. */
export type JsqueryExpression =
  | { readonly kind: 'and' | 'or'; readonly left: JsqueryExpression; readonly right: JsqueryExpression }
  | { readonly kind: 'not'; readonly operand: JsqueryExpression }
  | { readonly kind: 'path'; readonly steps: readonly JsqueryStep[]; readonly test: JsqueryTest };

/**
 * Parses a jsquery text.
 *
 * @throws SyntaxError when it is none; `&`, `|` and `!` are no words for AND, OR and NOT.
 * @see https://github.com/postgrespro/jsquery
 */
export function parseJsquery(text: string): JsqueryExpression {
  const parser = new JsqueryParser(tokenizeJsquery(text));
  return parser.parseWhole();
}

const TYPES = ['array', 'numeric', 'object', 'string', 'boolean'];
const PLACEHOLDERS: Readonly<Record<string, 'elements' | 'members' | 'everything'>> = {
  '#': 'elements',
  '%': 'members',
  '*': 'everything',
};

class JsqueryParser {
  readonly #tokens: readonly JsqueryToken[];
  #position = 0;

  constructor(tokens: readonly JsqueryToken[]) {
    this.#tokens = tokens;
  }

  parseWhole(): JsqueryExpression {
    const expression = this.#parseOr();
    if (this.#position < this.#tokens.length) throw new SyntaxError('unexpected text after the query');
    return expression;
  }

  #parseOr(): JsqueryExpression {
    let left = this.#parseAnd();
    while (this.#takeKeyword('or')) left = { kind: 'or', left, right: this.#parseAnd() };
    return left;
  }

  #parseAnd(): JsqueryExpression {
    let left = this.#parseUnary();
    while (this.#takeKeyword('and')) left = { kind: 'and', left, right: this.#parseUnary() };
    return left;
  }

  #parseUnary(): JsqueryExpression {
    if (this.#isKeyword('not') && !this.#isNotAKey()) {
      this.#position += 1;
      return { kind: 'not', operand: this.#parseUnary() };
    }
    if (this.#takeSymbol('(')) return this.#parseGroup();
    const steps = [this.#parseStep()];
    while (this.#takeSymbol('.')) steps.push(this.#parseStep());
    return { kind: 'path', steps, test: this.#parseTest() };
  }

  /** Before a dot or an operator, `not` is the name of a member. */
  #isNotAKey(): boolean {
    return (
      this.#isSymbol('.', 1) ||
      this.#isSymbol('=', 1) ||
      this.#isSymbol('<', 1) ||
      this.#isSymbol('>', 1) ||
      this.#isSymbol('&', 1) ||
      (this.#isSymbol('@', 1) && this.#isSymbol('>', 2)) ||
      this.#isKeyword('in', 1) ||
      this.#isKeyword('is', 1)
    );
  }

  #parseGroup(): JsqueryExpression {
    const expression = this.#parseOr();
    this.#expectSymbol(')');
    return expression;
  }

  #parseStep(): JsqueryStep {
    const token = this.#next();
    if (token.kind !== 'symbol') return { kind: 'member', key: token.text };
    const of = PLACEHOLDERS[token.text];
    if (of !== undefined) {
      const index = this.#tokens[this.#position];
      if (of === 'elements' && index?.kind === 'number' && index.isIndex) {
        this.#position += 1;
        return { kind: 'element', index: Number(index.text) };
      }
      return { kind: this.#takeSymbol(':') ? 'all' : 'any', of };
    }
    if (token.text === '$') return { kind: 'itself' };
    if (token.text === '@' && this.#takeSymbol('#')) return { kind: 'length' };
    if (token.text === '?' && this.#takeSymbol('(')) return { kind: 'only', expression: this.#parseGroup() };
    throw new SyntaxError('no path');
  }

  #parseTest(): JsqueryTest {
    if (this.#takeSymbol('(')) return { kind: 'satisfies', expression: this.#parseGroup() };
    if (this.#takeSymbol('=')) return this.#parseEquality();
    if (this.#takeSymbol('<')) {
      if (this.#takeSymbol('@')) return { kind: 'contained', values: this.#parseArray() };
      return { kind: this.#takeSymbol('=') ? '<=' : '<', value: this.#parseNumber() };
    }
    if (this.#takeSymbol('>')) return { kind: this.#takeSymbol('=') ? '>=' : '>', value: this.#parseNumber() };
    if (this.#takeSymbol('@')) {
      this.#expectSymbol('>');
      return { kind: 'contains', values: this.#parseArray() };
    }
    if (this.#takeSymbol('&')) {
      this.#expectSymbol('&');
      return { kind: 'overlaps', values: this.#parseArray() };
    }
    if (this.#takeKeyword('in')) {
      this.#expectSymbol('(');
      return { kind: 'in', values: this.#parseList(')') };
    }
    if (this.#takeKeyword('is')) {
      const type = this.#next();
      if (type.kind !== 'keyword' || !TYPES.includes(type.keyword)) throw new SyntaxError('no type');
      return { kind: 'is', type: type.keyword };
    }
    return { kind: 'exists' };
  }

  #parseEquality(): JsqueryTest {
    if (this.#takeSymbol('*')) return { kind: 'exists' };
    if (this.#isSymbol('[')) return { kind: 'equals list', values: this.#parseArray() };
    return { kind: 'equals', value: this.#parseScalar() };
  }

  #parseArray(): JsqueryScalar[] {
    this.#expectSymbol('[');
    return this.#parseList(']');
  }

  #parseList(end: string): JsqueryScalar[] {
    const values = [this.#parseScalar()];
    while (this.#takeSymbol(',')) values.push(this.#parseScalar());
    this.#expectSymbol(end);
    return values;
  }

  #parseNumber(): number {
    const token = this.#next();
    if (token.kind !== 'number') throw new SyntaxError('no number');
    return Number(token.text);
  }

  #parseScalar(): JsqueryScalar {
    const token = this.#next();
    if (token.kind === 'symbol') throw new SyntaxError('no value');
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'keyword' && token.keyword === 'null') return null;
    if (token.kind === 'keyword' && (token.keyword === 'true' || token.keyword === 'false')) return token.keyword === 'true';
    return token.text;
  }

  #next(): JsqueryToken {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new SyntaxError('unexpected end');
    this.#position += 1;
    return token;
  }

  #isSymbol(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#position + ahead];
    return token?.kind === 'symbol' && token.text === text;
  }

  #isKeyword(keyword: string, ahead = 0): boolean {
    const token = this.#tokens[this.#position + ahead];
    return token?.kind === 'keyword' && token.keyword === keyword;
  }

  #takeSymbol(text: string): boolean {
    if (!this.#isSymbol(text)) return false;
    this.#position += 1;
    return true;
  }

  #takeKeyword(keyword: string): boolean {
    if (!this.#isKeyword(keyword)) return false;
    this.#position += 1;
    return true;
  }

  #expectSymbol(text: string): void {
    if (!this.#takeSymbol(text)) throw new SyntaxError(`${text} expected`);
  }
}
