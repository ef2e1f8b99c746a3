import { giveWay } from '../../platform/timers.ts';
import { parseText } from './json-text.ts';
import { endOfString, JSON_VALUES_MAX } from './json-values.ts';

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
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Parses a large JSON text in many turns of the event loop, by parts of its long lists, so that other work goes on meanwhile.
 *
 * @returns What `parseText` returns for it; undefined where the parts do not show that, above all where the text is not JSON or has more values
 *   than a reply may have.
 */
export async function parseInTurns(text: string): Promise<unknown> {
  const lists = new LongLists(text);
  try {
    while (lists.readOn()) await giveWay();
    return lists.whole();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Walks over a text once, and parses the elements of each long list that stands in objects only. */
class LongLists {
  readonly #json: string;
  /** What stands for a list in the rest: no CRM can have sent it. */
  readonly #mark = crypto.randomUUID();
  /** The text without the elements of long lists. */
  #rest = '';
  #restFrom = 0;
  readonly #lists = new Map<unknown, unknown[]>();
  #index = 0;
  #values = 1;
  #depth = 0;
  /** The depth of the elements of the list that the walk is in; 0: none. */
  #listDepth = 0;
  #listFrom = 0;
  #chunkFrom = 0;
  #elements: unknown[] = [];

  constructor(json: string) {
    this.#json = json;
  }

  /** Goes on for a turn. @returns Whether something is left. @throws SyntaxError */
  readOn(): boolean {
    const until = performance.now() + TURN_MS;
    const json = this.#json;
    let index = this.#index;
    let pauseAt = index + CHUNK_LENGTH;
    for (; index < json.length; index += 1) {
      if (index >= pauseAt) {
        if (performance.now() >= until) break;
        pauseAt = index + CHUNK_LENGTH;
      }
      const unit = json.charCodeAt(index);
      if (unit === QUOTE) index = endOfString(json, index);
      else if (unit === COMMA) this.#passComma(index);
      else if (unit === OPENING_BRACKET || unit === OPENING_BRACE) this.#open(unit, index);
      else if (unit === CLOSING_BRACKET || unit === CLOSING_BRACE) this.#close(unit, index);
    }
    this.#index = index;
    return index < json.length;
  }

  /** @returns The whole value, once nothing is left. @throws SyntaxError */
  whole(): unknown {
    const rest = this.#rest + this.#json.slice(this.#restFrom);
    if (this.#listDepth > 0 || rest.length > REST_LENGTH_MAX) throw new SyntaxError('not a text of long lists');
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

  #passComma(index: number): void {
    this.#countValue();
    if (this.#listDepth > 0 && this.#depth === this.#listDepth && index - this.#chunkFrom >= CHUNK_LENGTH) this.#cut(index);
  }

  #open(unit: number, index: number): void {
    this.#countValue();
    this.#depth += 1;
    if (unit !== OPENING_BRACKET || this.#listDepth > 0 || this.#depth > DEPTH_MAX) return;
    this.#listDepth = this.#depth;
    this.#listFrom = index;
    this.#chunkFrom = index + 1;
  }

  #close(unit: number, index: number): void {
    const isEndOfList = this.#listDepth > 0 && this.#depth === this.#listDepth;
    this.#depth -= 1;
    if (!isEndOfList) return;
    if (unit !== CLOSING_BRACKET) throw new SyntaxError('a list ends as an object');
    this.#listDepth = 0;
    if (this.#elements.length === 0) return;
    this.#cut(index);
    const mark = `${this.#mark} ${this.#lists.size}`;
    this.#rest += `${this.#json.slice(this.#restFrom, this.#listFrom)}"${mark}"`;
    this.#restFrom = index + 1;
    this.#lists.set(mark, this.#elements);
    this.#elements = [];
  }

  #cut(index: number): void {
    const chunk = this.#json.slice(this.#chunkFrom, index);
    if (chunk.trim() === '') throw new SyntaxError('an element is missing');
    for (const element of parseText(`[${chunk}]`) as unknown[]) this.#elements.push(element);
    this.#chunkFrom = index + 1;
  }

  #countValue(): void {
    this.#values += 1;
    if (this.#values > JSON_VALUES_MAX) throw new SyntaxError('too many values');
  }
}
