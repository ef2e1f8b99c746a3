import { giveWay } from '../../platform/timers.ts';
import { parseText } from './json-text.ts';
import { JSON_VALUES_MAX } from './json-values.ts';

/** How many characters of a list are parsed at once: a fraction of a millisecond. */
const CHUNK_LENGTH = 32 * 1024;
const TURN_MS = 2;
/** What is left of a text without its long lists is parsed at once. */
const REST_LENGTH_MAX = 256 * 1024;
/** Lists that are deeper than this are parsed with what they are in. */
const DEPTH_MAX = 5;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Parses a large JSON text in many turns of the event loop, by parts of its long lists, so that other work goes on meanwhile.
 *
 * @param parts The text in parts, cut anywhere: to put a large one together alone takes milliseconds.
 * @returns What `parseText` returns for the whole; undefined where the parts do not show that, above all where the text is not JSON or has more
 *   values than a reply may have.
 */
export async function parseInTurns(parts: readonly string[]): Promise<unknown> {
  const lists = new LongLists();
  let until = performance.now() + TURN_MS;
  try {
    for (const part of parts) {
      lists.read(part);
      if (performance.now() < until) continue;
      await giveWay();
      until = performance.now() + TURN_MS;
    }
    return lists.whole();
  } catch (error) {
    // A text that is too deep for the digits of its numbers to be kept is refused as that of a small reply is.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Walks over a text once, and parses the elements of each long list that stands in objects only. */
class LongLists {
  /** What stands for a list in the rest: no CRM can have sent it. */
  readonly #mark = crypto.randomUUID();
  readonly #lists = new Map<unknown, unknown[]>();
  /** The text without the elements of long lists. */
  readonly #rest: string[] = [];
  /** What was read since the last cut, but for the part that is being read: of that it begins at `from`. */
  #pieces: string[] = [];
  #piecesLength = 0;
  #part = '';
  #from = 0;
  #isInString = false;
  /** Whether the part before ended with a backslash that changes what follows. */
  #isEscaped = false;
  #values = 1;
  #depth = 0;
  /** The depth of the elements of the list that the walk is in; 0: none. */
  #listDepth = 0;
  #elements: unknown[] = [];

  /** @throws SyntaxError */
  read(part: string): void {
    this.#part = part;
    this.#from = 0;
    for (let index = this.#isInString ? this.#endOfString(0) + 1 : 0; index < part.length; index += 1) {
      const unit = part.charCodeAt(index);
      if (unit === QUOTE) index = this.#endOfString(index + 1);
      else if (unit === COMMA) this.#passComma(index);
      else if (unit === OPENING_BRACKET || unit === OPENING_BRACE) this.#open(unit, index);
      else if (unit === CLOSING_BRACKET || unit === CLOSING_BRACE) this.#close(unit, index);
    }
    this.#keep(part.length, part.length);
  }

  /** @returns The whole value, once everything was read. @throws SyntaxError */
  whole(): unknown {
    const rest = [...this.#rest, ...this.#pieces].join('');
    if (this.#listDepth > 0 || rest.length > REST_LENGTH_MAX) throw new SyntaxError('not a text of long lists');
    const behindMarks = rest.split(`"${this.#mark} `).slice(1);
    if (
      behindMarks.some((text) =>
        text
          .slice(text.indexOf('"') + 1)
          .trimStart()
          .startsWith(':'),
      )
    ) {
      throw new SyntaxError('a list stands where a name belongs');
    }
    const whole = parseText(rest);
    this.#putBack(whole, 1);
    return this.#lists.get(whole) ?? whole;
  }

  #putBack(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEPTH_MAX) return;
    for (const [name, member] of Object.entries(value)) {
      const list = this.#lists.get(member);
      // Not assigned: a member may be called __proto__.
      if (list !== undefined) Object.defineProperty(value, name, { value: list, writable: true, enumerable: true, configurable: true });
      else this.#putBack(member, depth + 1);
    }
  }

  /** @param start Of what is in the string. @returns The index of the quote that ends it; the length of a part in which it goes on. */
  #endOfString(start: number): number {
    const part = this.#part;
    const from = this.#isEscaped ? start + 1 : start;
    this.#isEscaped = false;
    const isAfterBackslash = (end: number): boolean => {
      let at = end;
      while (at > from && part.charCodeAt(at - 1) === BACKSLASH) at -= 1;
      return (end - at) % 2 === 1;
    };
    let end = part.indexOf('"', from);
    while (end !== -1 && isAfterBackslash(end)) end = part.indexOf('"', end + 1);
    this.#isInString = end === -1;
    if (end !== -1) return end;
    this.#isEscaped = from > part.length || isAfterBackslash(part.length);
    return part.length;
  }

  #passComma(index: number): void {
    this.#countValue();
    if (this.#listDepth === 0 || this.#depth !== this.#listDepth) return;
    if (this.#piecesLength + index - this.#from >= CHUNK_LENGTH) this.#cut(index);
  }

  #open(unit: number, index: number): void {
    this.#countValue();
    this.#depth += 1;
    if (unit !== OPENING_BRACKET || this.#listDepth > 0 || this.#depth > DEPTH_MAX) return;
    this.#listDepth = this.#depth;
    this.#rest.push(this.#take(index));
  }

  #close(unit: number, index: number): void {
    const isEndOfList = this.#listDepth > 0 && this.#depth === this.#listDepth;
    this.#depth -= 1;
    if (!isEndOfList) return;
    if (unit !== CLOSING_BRACKET) throw new SyntaxError('a list ends as an object');
    this.#listDepth = 0;
    if (this.#elements.length === 0) {
      this.#rest.push(`[${this.#take(index)}]`);
      return;
    }
    this.#cut(index);
    const mark = `${this.#mark} ${this.#lists.size}`;
    this.#rest.push(`"${mark}"`);
    this.#lists.set(mark, this.#elements);
    this.#elements = [];
  }

  /** Parses the elements up to a comma or the end of the list. */
  #cut(index: number): void {
    const chunk = this.#take(index);
    if (chunk.trim() === '') throw new SyntaxError('an element is missing');
    for (const element of parseText(`[${chunk}]`) as unknown[]) this.#elements.push(element);
  }

  /** Takes what was read up to an index; what is there is left out. */
  #take(index: number): string {
    this.#keep(index, index + 1);
    const taken = this.#pieces.join('');
    this.#pieces = [];
    this.#piecesLength = 0;
    return taken;
  }

  #keep(to: number, next: number): void {
    if (to > this.#from) this.#pieces.push(this.#part.slice(this.#from, to));
    this.#piecesLength += Math.max(0, to - this.#from);
    this.#from = next;
  }

  #countValue(): void {
    this.#values += 1;
    if (this.#values > JSON_VALUES_MAX) throw new SyntaxError('too many values');
  }
}
