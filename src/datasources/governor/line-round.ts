import type { CallGate } from './call-gate.ts';
import { GateRound } from './gate-round.ts';
import { hadFewer, type TurnCount } from './recent-turns.ts';
import type { Standing } from './reserve.ts';
import type { CallPriority } from '../port/call.ts';
import type { Waiter, WaitingLine } from './waiting-line.ts';

/** Those who wait in a round: one caller's calls of one or more priorities, one after the other. */
class Turns {
  readonly caller: string;
  readonly isBackground: boolean;
  readonly #queues: Iterator<Waiter>[];
  /** What a call of one caller and priority must leave free, and how many calls were let through when that was worked out. */
  readonly #standings = new Map<CallPriority, { readonly byGate: readonly Standing[]; readonly entered: number }>();

  constructor(caller: string, isBackground: boolean, queues: Iterator<Waiter>[]) {
    this.caller = caller;
    this.isBackground = isBackground;
    this.#queues = queues;
  }

  next(): Waiter | undefined {
    for (let queue = this.#queues[0]; queue !== undefined; queue = this.#queues[0]) {
      const { done, value } = queue.next();
      if (done !== true) return value;
      this.#queues.shift();
    }
    return undefined;
  }

  standings(waiter: Waiter, rounds: readonly GateRound[]): readonly Standing[] {
    if (waiter.claims.length > 1) return rounds.map((round) => round.standing(waiter));
    let entered = 0;
    for (const round of rounds) entered += round.entered;
    const { priority } = waiter;
    const known = this.#standings.get(priority);
    if (known !== undefined && known.entered === entered) return known.byGate;
    const byGate = rounds.map((round) => round.standing(waiter));
    this.#standings.set(priority, { byGate, entered });
    return byGate;
  }
}

/**
 * One line in one round. It gives the waiters in their order: callers take turns, the one first who had the fewest lately; of one caller small
 * reads come before scans. Background calls come after all others. Waiters may leave the line meanwhile.
 */
export class LineRound {
  readonly line: WaitingLine;
  readonly rounds: readonly GateRound[];
  readonly usualAnswerMs: number;
  readonly #now: number;
  #going: Turns[];
  #stayed: Turns[] = [];
  #background: Turns[];
  #index = -1;
  #turns: Turns | undefined;
  /** Turns that each caller has had before. */
  cycle = 0;
  /** The next one to look at; undefined: there is none left. */
  waiter: Waiter | undefined;

  constructor(line: WaitingLine, rounds: Map<CallGate, GateRound>, now: number) {
    this.line = line;
    this.rounds = line.gates.map((gate) => {
      let round = rounds.get(gate);
      if (round === undefined) rounds.set(gate, (round = new GateRound(gate, now)));
      return round;
    });
    this.usualAnswerMs = Math.max(0, ...line.gates.map((gate) => gate.usualAnswerMs));
    this.#now = now;
    const callers = line.callers(now);
    this.#going = callers.map((one) => new Turns(one.caller, false, [one.SMALL.values(), one.SCAN.values()]));
    this.#background = callers
      .filter((one) => one.BACKGROUND.size > 0)
      .map((one) => new Turns(one.caller, true, [one.BACKGROUND.values()]));
    this.advance();
  }

  /** In whose turn the next one goes. */
  get caller(): string {
    return this.#turns?.caller ?? '';
  }

  get isBackground(): boolean {
    return this.#turns?.isBackground ?? true;
  }

  /** The turns that the caller had lately, at the gate where it had the most. */
  get turns(): TurnCount {
    const counts = this.line.gates.map((gate) => gate.turnsOf(this.caller, this.#now));
    return counts.reduce((most, count) => (hadFewer(most, count) ? count : most), { weight: 0, last: 0 });
  }

  /** What a waiter that `waiter` gave must leave free at each gate. */
  standings(waiter: Waiter): readonly Standing[] {
    return this.#turns?.standings(waiter, this.rounds) ?? [];
  }

  /** Looks at no more calls of the caller whose turn it is. */
  skipCaller(): void {
    if (this.#stayed.at(-1) === this.#turns) this.#stayed.pop();
    this.advance();
  }

  advance(): void {
    for (;;) {
      this.#index += 1;
      const turns = this.#going[this.#index];
      if (turns === undefined) {
        if (!this.#startCycle()) return;
        continue;
      }
      const waiter = turns.next();
      if (waiter === undefined) continue;
      this.#turns = turns;
      this.waiter = waiter;
      this.#stayed.push(turns);
      return;
    }
  }

  /** @returns False when nobody is left. */
  #startCycle(): boolean {
    this.#index = -1;
    this.cycle += 1;
    this.#going = this.#stayed;
    this.#stayed = [];
    if (this.#going.length > 0) return true;
    this.#going = this.#background;
    this.#background = [];
    if (this.#going.length > 0) return true;
    this.#turns = undefined;
    this.waiter = undefined;
    return false;
  }
}

/** Whether the next one of a line comes before that of another one: callers take turns across lines, too. */
export function comesBefore(line: LineRound, other: LineRound): boolean {
  if (line.isBackground !== other.isBackground) return other.isBackground;
  const isOlder = (line.waiter?.since ?? Infinity) < (other.waiter?.since ?? Infinity);
  if (line.caller === other.caller) return isOlder;
  if (line.cycle !== other.cycle) return line.cycle < other.cycle;
  const [turns, otherTurns] = [line.turns, other.turns];
  return hadFewer(turns, otherTurns) || (isOlder && !hadFewer(otherTurns, turns));
}
