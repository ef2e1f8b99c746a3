import type { CallPriority, CallTurn } from '../datasources/port/call.ts';

/** Calls of one request to one source that are small reads: a single contact or a page needs no more as a rule. What comes after them is a scan. */
const SMALL_CALLS = 4;

/** The turn of one request's calls: in its caller's name, and the less urgent the more there are. */
export class RequestTurn implements CallTurn {
  readonly caller: string;
  readonly #calls = new Map<string, number>();

  constructor(caller: string) {
    this.caller = caller;
  }

  take(source: string): CallPriority {
    const calls = (this.#calls.get(source) ?? 0) + 1;
    this.#calls.set(source, calls);
    return calls <= SMALL_CALLS ? 'SMALL' : 'SCAN';
  }
}
