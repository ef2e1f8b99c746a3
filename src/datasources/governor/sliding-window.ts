import type { RateLimit } from './limits.ts';

/** Left entries that are kept before the log is cut, so that cutting it costs little for each call. */
const LEFT_MAX = 1_000;

/** The arrivals within one limit's window. Times are on `performance.now()`'s scale and never go back. */
export class SlidingWindow {
  #limit: RateLimit;
  readonly #arrivedAt: number[] = [];
  /** Of the oldest arrival that is still within. */
  #first = 0;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  get limit(): RateLimit {
    return this.#limit;
  }

  /** Takes a limit of the same window in place of its own where it is smaller. */
  tighten(limit: RateLimit): void {
    if (limit.limit < this.#limit.limit) this.#limit = limit;
  }

  note(at: number): void {
    this.#leave(at);
    this.#arrivedAt.push(at);
  }

  count(now: number): number {
    this.#leave(now);
    return this.#arrivedAt.length - this.#first;
  }

  /** When the oldest leaves; undefined when there is none. */
  firstLeavesAt(now: number): number | undefined {
    this.#leave(now);
    const oldest = this.#arrivedAt[this.#first];
    return oldest === undefined ? undefined : oldest + this.#limit.windowMs;
  }

  /**
   * Says when a call may go out that has others before it.
   *
   * @param underWay Calls of which nobody knows yet when they arrive: it may be at any moment.
   * @param before Calls that wait in front of it.
   * @param kept Places that it must leave free; fewer than there are.
   */
  nextAt(now: number, underWay: number, before: number, kept: number): number {
    const { windowMs } = this.#limit;
    const places = this.#limit.limit - kept;
    const arrived = this.count(now);
    const taken = arrived + underWay;
    if (taken + before < places) return now;
    // As many windows of waiting calls pass before the one in which the leaving of a real call makes room.
    const windows = Math.floor(before / places) + 1;
    const leaving = taken + before - windows * places;
    if (leaving < 0) return now + (windows - 1) * windowMs;
    const at = leaving < arrived ? (this.#arrivedAt[this.#first + leaving] ?? now) : now;
    return at + windows * windowMs;
  }

  #leave(now: number): void {
    const { windowMs } = this.#limit;
    for (let at = this.#arrivedAt[this.#first]; at !== undefined && at <= now - windowMs; at = this.#arrivedAt[this.#first]) {
      this.#first += 1;
    }
    if (this.#first <= LEFT_MAX) return;
    this.#arrivedAt.splice(0, this.#first);
    this.#first = 0;
  }
}
