import type { CallGate } from './call-gate.ts';
import type { GateRound } from './gate-round.ts';
import { comesBefore, LineRound } from './line-round.ts';
import { NOTHING_KEPT } from './reserve.ts';
import type { Waiter, WaitingLine } from './waiting-line.ts';
import { TIMER_MS_MAX } from '../../platform/timers.ts';

/**
 * A call that has to queue goes out only while there is time for so many times the usual answer, so that none is sent to be cut off; but no more
 * than this share of its time is kept for that.
 */
const ANSWER_RESERVE = 2;
const RESERVE_SHARE_MAX = 0.5;

/** In a queue that is longer whole rounds are this far apart, so that its length costs little. */
const LONG_QUEUE = 50;
const WHOLE_ROUND_MS = 20;

/** The lines of all sources that have gates in common. */
export class CallQueue {
  readonly #lines = new Set<WaitingLine>();
  /** Numbers rounds, and the calls that are let through. */
  readonly #nextTurn: () => number;
  #round = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #isRoundDue = false;
  #isWholeDue = false;
  #wholeAt = -Infinity;
  #restrictions = 0;

  constructor(nextTurn: () => number) {
    this.#nextTurn = nextTurn;
  }

  get lines(): ReadonlySet<WaitingLine> {
    return this.#lines;
  }

  addLine(line: WaitingLine): void {
    this.#lines.add(line);
  }

  /** Ends it. @returns Its lines, which have to wait elsewhere. */
  close(): readonly WaitingLine[] {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    const lines = [...this.#lines];
    this.#lines.clear();
    return lines;
  }

  /**
   * Looks who may go, once for all that changes within one turn of the event loop. Costs nothing while nobody waits.
   *
   * @param hasNewcomer Somebody has come to wait, and may have to be refused.
   */
  callRound(hasNewcomer: boolean): void {
    const waiting = this.#countWaiters();
    if (waiting === 0) return;
    // Whoever can go goes at once; in a long queue whoever cannot go in time may hear it a little later.
    if (hasNewcomer && waiting > LONG_QUEUE) this.#setTimer(Math.max(performance.now(), this.#wholeAt + WHOLE_ROUND_MS));
    else if (hasNewcomer) this.#isWholeDue = true;
    if (this.#isRoundDue) return;
    this.#isRoundDue = true;
    queueMicrotask(() => {
      this.#isRoundDue = false;
      this.#runRound(this.#isWholeDue);
    });
  }

  #countWaiters(): number {
    let waiting = 0;
    for (const line of this.#lines) waiting += line.size;
    return waiting;
  }

  /** Comes back at a moment, or earlier. */
  #setTimer(at: number): void {
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    const waitMs = Math.min(Math.max(1, Math.ceil(at - performance.now())), TIMER_MS_MAX);
    this.#timer = setTimeout(() => this.#runRound(true), waitMs);
  }

  /**
   * Lets through whoever may go, and comes back when the next one may. A whole round also refuses whoever cannot go in time; one that is not whole
   * looks no further than to the first one of each caller who has to wait.
   */
  #runRound(isAskedToBeWhole: boolean): void {
    const now = performance.now();
    const isWhole = isAskedToBeWhole || this.#isHarder();
    if (isWhole) this.#startWhole(now);
    this.#round = this.#nextTurn();
    const rounds = new Map<CallGate, GateRound>();
    const lines = [...this.#lines].filter((line) => line.size > 0).map((line) => new LineRound(line, rounds, now));
    let next = Infinity;
    for (let line = firstOf(lines); line !== undefined; line = firstOf(lines)) {
      const { waiter } = line;
      let mustWait = false;
      if (waiter !== undefined && waiter.round !== this.#round) {
        waiter.round = this.#round;
        const at = this.#serve(line, waiter, now);
        mustWait = at !== null;
        next = Math.min(next, at ?? Infinity);
      }
      if (mustWait && !isWhole) line.skipCaller();
      else line.advance();
    }
    if (next < Infinity) this.#setTimer(next);
  }

  #startWhole(now: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    this.#isWholeDue = false;
    this.#wholeAt = now;
  }

  /** Whether a gate has become harder to pass since this was asked last. */
  #isHarder(): boolean {
    let restrictions = 0;
    for (const line of this.#lines) for (const gate of line.gates) restrictions += gate.restrictions;
    const isHarder = restrictions !== this.#restrictions;
    this.#restrictions = restrictions;
    return isHarder;
  }

  /** @returns When to look at the waiter again, Infinity when it waits for a call under way to end; null when it waits no more. */
  #serve(inRound: LineRound, waiter: Waiter, now: number): number | null {
    const { line, rounds, usualAnswerMs, caller } = inRound;
    const sendBy = lastMomentOf(waiter, usualAnswerMs);
    const standings = inRound.standings(waiter);
    let isOpen = now < sendBy || !waiter.hasQueued;
    let latestAt = now;
    let latest: number | undefined;
    for (const [index, round] of rounds.entries()) {
      const standing = standings[index] ?? NOTHING_KEPT;
      if (round.isOpen(standing)) continue;
      isOpen = false;
      const at = round.nextAt(standing);
      if (at <= latestAt) continue;
      latestAt = at;
      latest = index;
    }
    if (isOpen) {
      line.remove(waiter);
      const turn = this.#nextTurn();
      waiter.grant(rounds.map((round) => round.enter(waiter.payer, caller, turn)));
      return null;
    }
    if (latestAt >= sendBy || now >= sendBy) {
      line.remove(waiter);
      const refusal = latest === undefined ? 'TIMEOUT' : rounds[latest]?.refusalUntil(latestAt, standings[latest] ?? NOTHING_KEPT);
      waiter.refuse(refusal ?? 'TIMEOUT', latestAt - now);
      return null;
    }
    waiter.hasQueued = true;
    // Only the gate that holds it longest keeps a place for it: whoever waits for one source must not hold up another on the same host.
    for (const [index, round] of rounds.entries()) {
      const standing = standings[index] ?? NOTHING_KEPT;
      if (!round.isOpen(standing) && round.nextAt(standing) >= latestAt) round.hold(standing);
    }
    return Math.min(sendBy, latestAt > now ? latestAt : Infinity);
  }
}

/** The line whose next waiter is to be looked at first; undefined when there is none left. */
function firstOf(lines: readonly LineRound[]): LineRound | undefined {
  let first: LineRound | undefined;
  for (const line of lines) if (line.waiter !== undefined && (first === undefined || comesBefore(line, first))) first = line;
  return first;
}

/** The latest moment at which a call that has to queue is let out. */
function lastMomentOf({ since, deadline }: Waiter, usualAnswerMs: number): number {
  return deadline - Math.min(usualAnswerMs * ANSWER_RESERVE, (deadline - since) * RESERVE_SHARE_MAX);
}
