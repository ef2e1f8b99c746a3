import type { CallMeter } from '../datasources/port/call.ts';
import { SourceError } from '../datasources/port/source-error.ts';

/** Counts the upstream calls of one request, by source, and refuses those over its budget. */
export class RequestMeter implements CallMeter {
  readonly limit: number;
  readonly #calls = new Map<string, number>();
  #total = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @throws SourceError COST_EXCEEDED */
  count(source: string): void {
    if (this.#total >= this.limit) {
      throw new SourceError(source, 'COST_EXCEEDED', `This request has used up its ${this.limit} calls to the CRMs; ask for less at once.`);
    }
    this.#total += 1;
    this.#calls.set(source, (this.#calls.get(source) ?? 0) + 1);
  }

  get total(): number {
    return this.#total;
  }

  get bySource(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls);
  }
}
