import type { CallMeter } from '../../datasources/port/call.ts';
import { SourceError } from '../../datasources/port/source-error.ts';

/** What the parts of replies beyond the byte cap may have besides, in characters: twice that cap. */
const PARTS_CHARACTERS_MAX = 16_777_216;

/** Counts the upstream calls of one request, by source, and refuses those over its budget. */
export class RequestMeter implements CallMeter {
  readonly limit: number;
  readonly #charactersMax: number;
  readonly #calls = new Map<string, number>();
  #total = 0;
  #characters = 0;
  #isReadInParts = false;

  /**
   * @param limit Calls.
   * @param charactersMax Characters of replies: reading them takes most of a request's time.
   */
  constructor(limit: number, charactersMax: number) {
    this.limit = limit;
    this.#charactersMax = charactersMax;
  }

  /** @throws SourceError COST_EXCEEDED */
  count(source: string): void {
    if (this.#total >= this.limit) {
      throw new SourceError(source, 'COST_EXCEEDED', `This request has used up its ${this.limit} calls to the CRMs; ask for less at once.`);
    }
    this.#refuseMoreReplies(source);
    this.#total += 1;
    this.#calls.set(source, (this.#calls.get(source) ?? 0) + 1);
  }

  /** The reply that goes over the limit is read, no other. @throws SourceError COST_EXCEEDED */
  countReply(source: string, length: number): void {
    this.#refuseMoreReplies(source);
    this.#characters += length;
  }

  /** Holds for the whole request: further replies beyond the byte cap add nothing. */
  noteTooLarge(): void {
    this.#isReadInParts = true;
  }

  #refuseMoreReplies(source: string): void {
    if (this.#characters <= this.#charactersMax + (this.#isReadInParts ? PARTS_CHARACTERS_MAX : 0)) return;
    const message = `This request has read its ${this.#charactersMax} characters of the CRMs' replies; ask for less at once.`;
    throw new SourceError(source, 'COST_EXCEEDED', message);
  }

  get total(): number {
    return this.#total;
  }

  get bySource(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }
}
