import type { CallerCount } from './reserve.ts';

/** A turn counts half as much after so long. */
const HALF_LIFE_MS = 2_000;
/** Callers whose turns are known; one that is forgotten is taken for one that had none. */
const CALLERS_MAX = 10_000;

interface CallerTurns {
  /** Turns, weighted by age as of `at`. */
  weight: number;
  at: number;
  /** The number of the last one. */
  last: number;
}

/** How many turns a caller had lately. */
export interface TurnCount {
  readonly weight: number;
  /** The number of the last one; 0: none. */
  readonly last: number;
}

const NO_TURNS: TurnCount = { weight: 0, last: 0 };

/** The turns that callers had lately at one gate. Times are on `performance.now()`'s scale. */
export class RecentTurns {
  readonly #callers = new Map<string, CallerTurns>();

  of(caller: string, now: number): TurnCount {
    const turns = this.#callers.get(caller);
    return turns === undefined ? NO_TURNS : { weight: weightAt(turns, now), last: turns.last };
  }

  /** The weight of callers' turns at a moment. */
  countAt(now: number): CallerCount {
    return { usedBy: (caller) => this.of(caller, now).weight };
  }

  /** @param turn Its number, which grows with each turn. */
  note(caller: string, turn: number, now: number): void {
    const turns = this.#callers.get(caller);
    if (turns !== undefined) {
      turns.weight = weightAt(turns, now) + 1;
      turns.at = now;
      turns.last = turn;
      return;
    }
    if (this.#callers.size >= CALLERS_MAX) this.#forgetIdle(now);
    this.#callers.set(caller, { weight: 1, at: now, last: turn });
  }

  /** Forgets whoever had less than a tenth of a turn lately; where that does not help, all. */
  #forgetIdle(now: number): void {
    for (const [caller, turns] of this.#callers) if (weightAt(turns, now) < 0.1) this.#callers.delete(caller);
    if (this.#callers.size >= CALLERS_MAX) this.#callers.clear();
  }
}

/** The weight that a caller keeps who has so many turns in a millisecond all the time. */
export function weightOfRate(turnsPerMs: number): number {
  return (turnsPerMs * HALF_LIFE_MS) / Math.LN2;
}

/** Whether a caller with these turns comes before another one: who had fewer lately, or whose last one was longer ago. */
export function hadFewer(one: TurnCount, other: TurnCount): boolean {
  return one.weight === other.weight ? one.last < other.last : one.weight < other.weight;
}

function weightAt({ weight, at }: CallerTurns, now: number): number {
  return now === at ? weight : weight * 2 ** ((at - now) / HALF_LIFE_MS);
}
