import type { SharedGate } from './shared-gate.ts';

/** A place that was taken ahead is used within this or goes back, in milliseconds. */
const SPARE_MS = 100;
/** Places that are taken at once, at most; where a limit has little room Redis gives fewer. */
const TAKEN_MAX = 16;
/** Arrivals are counted together, so much later at most, in milliseconds: until then their calls count as under way. */
const ARRIVAL_MS_MAX = 5;

/** What Redis answers: a word, then what belongs to it. */
export type Answer = readonly (string | number)[];

/** A place for a call that has been counted in Redis. */
export interface CountedPlace {
  readonly id: string;
  /** What Redis said of the gates when it was taken. */
  readonly answer: Answer;
}

/** What Redis is to hear of a line's calls. */
export interface LineNews {
  arrive(gates: readonly SharedGate[], ids: readonly string[]): void;
  cancel(gates: readonly SharedGate[], ids: readonly string[]): void;
}

/**
 * The calls that pass the same gates. Their places are taken ahead while they are used up in time, and their arrivals counted together, so that many
 * calls cost few commands. Times are on `performance.now()`'s scale.
 */
export class CallLine {
  readonly #gates: readonly SharedGate[];
  readonly #news: LineNews;
  #spares: CountedPlace[] = [];
  #wanted = 1;
  #takenAt = -Infinity;
  #arrived: string[] = [];

  constructor(gates: readonly SharedGate[], news: LineNews) {
    this.#gates = gates;
    this.#news = news;
  }

  /** Uses the oldest place that was taken ahead. */
  use(now: number): CountedPlace | undefined {
    if (now < this.#takenAt + SPARE_MS) return this.#spares.shift();
    this.returnSpares();
    return undefined;
  }

  /** Says how many places to take now. */
  wanted(now: number): number {
    return now < this.#takenAt + SPARE_MS ? this.#wanted : 1;
  }

  /** Takes in what there was beside the place that was needed. @param wanted How many were. @param askedAt When they were asked for. */
  add(spares: readonly CountedPlace[], wanted: number, askedAt: number): void {
    this.#spares.push(...spares);
    this.#takenAt = askedAt;
    this.#wanted = Math.min(TAKEN_MAX, 2 * wanted);
    if (spares.length > 0) setTimeout(() => this.#returnOld(), SPARE_MS);
  }

  /** Gives back all that was taken ahead. */
  returnSpares(): void {
    const ids = this.forgetSpares();
    if (ids.length > 0) this.#news.cancel(this.#gates, ids);
  }

  /** Redis has gone away: what was taken ahead is over. @returns What it was. */
  forgetSpares(): readonly string[] {
    const spares = this.#spares;
    this.#spares = [];
    return spares.map(({ id }) => id);
  }

  noteArrival(id: string): void {
    this.#arrived.push(id);
    if (this.#arrived.length === 1) setTimeout(() => this.reportArrivals(), ARRIVAL_MS_MAX);
  }

  /** Reports now what has arrived. */
  reportArrivals(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    if (arrived.length > 0) this.#news.arrive(this.#gates, arrived);
  }

  #returnOld(): void {
    if (performance.now() >= this.#takenAt + SPARE_MS) this.returnSpares();
  }
}
