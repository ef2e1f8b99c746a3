import type { Forecast, GatePermit } from './gate-permit.ts';
import type { RateLimit } from '../http/source-http.ts';

/** What a round does with the gate that it is at. */
interface Gate {
  /** Whether one more call may be under way. */
  hasRoom(): boolean;
  enter(now: number): GatePermit;
}

/** What keeps calls back until a moment: all of them, or those with at least `behind` others before them. */
export interface Hold extends Forecast {
  readonly behind?: number;
}

/** What a gate looks like when a round begins. */
export interface GateState {
  readonly now: number;
  readonly holds: readonly Hold[];
  /** Each limit with the arrivals within its window, oldest first; the round adds to them. */
  readonly sliding: readonly (RateLimit & { readonly times: number[] })[];
}

/**
 * One round at one gate: those who wait are looked at in their order, and each is let through or keeps its place before those behind it. What
 * does not change within a round is worked out once, so that a long queue behind a silent CRM costs little.
 */
export class GateRound {
  readonly #gate: Gate;
  readonly #state: GateState;
  /** Those of this round who came before the one who is looked at: they have gone, or wait in front of it. */
  #before = 0;
  #isHeld = false;

  constructor(gate: Gate, state: GateState) {
    this.#gate = gate;
    this.#state = state;
  }

  /** Whether the next one may go now: nothing stands in its way, and nobody waits before it. */
  isOpen(): boolean {
    return !this.#isHeld && this.#gate.hasRoom() && this.forecast().at <= this.#state.now;
  }

  /** When the next one may go. */
  forecast(): Forecast {
    const { now, holds } = this.#state;
    let forecast: Forecast = { at: now, refusal: 'RATE_LIMITED' };
    for (const limit of this.#state.sliding) {
      const at = this.#slidingForecast(limit);
      if (at > forecast.at) forecast = { at, refusal: 'RATE_LIMITED' };
    }
    for (const hold of holds) {
      if (this.#before >= (hold.behind ?? 0) && hold.at > forecast.at) forecast = hold;
    }
    return forecast;
  }

  /** Lets the next one through. */
  enter(): GatePermit {
    this.#pass();
    return this.#gate.enter(this.#state.now);
  }

  /** The next one waits here, before all who come after it. */
  hold(): void {
    this.#isHeld = true;
    this.#pass();
  }

  #pass(): void {
    for (const limit of this.#state.sliding) limit.times.push(this.#slidingForecast(limit));
    this.#before += 1;
  }

  #slidingForecast({ windowMs, limit, times }: GateState['sliding'][number]): number {
    const leaving = times[times.length - limit];
    return leaving === undefined ? this.#state.now : Math.max(this.#state.now, leaving + windowMs);
  }
}
