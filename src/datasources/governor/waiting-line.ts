import type { CallGate, Candidate, GatePermit } from './call-gate.ts';
import type { GateRefusal } from './limits.ts';
import { hadFewer } from './recent-turns.ts';
import { priorityOf, type CallClaim } from './reserve.ts';
import type { CallPriority } from '../port/call.ts';

/** A call that waits until its gates let it through. */
export class Waiter implements Candidate {
  readonly since: number;
  readonly deadline: number;
  readonly payer: string;
  readonly claims: CallClaim[] = [];
  /** Whether a round has passed without letting it through. */
  hasQueued = false;
  /** The number of the round that looked at it last. */
  round = 0;
  readonly grant: (permits: readonly GatePermit[]) => void;
  readonly refuse: (refusal: GateRefusal, retryAfterMs: number) => void;

  constructor(payer: string, since: number, deadline: number, end: Pick<Waiter, 'grant' | 'refuse'>) {
    this.payer = payer;
    this.since = since;
    this.deadline = deadline;
    this.grant = end.grant;
    this.refuse = end.refuse;
  }

  get priority(): CallPriority {
    const [first, ...others] = this.claims;
    return first !== undefined && others.length === 0 ? first.priority : priorityOf(this.claims);
  }
}

/** The calls of one caller that wait in a line, by priority, the earliest first. */
export type CallerLine = { readonly caller: string } & Readonly<Record<CallPriority, Set<Waiter>>>;

/** The calls that wait for the same gates, by caller. */
export class WaitingLine {
  readonly gates: readonly CallGate[];
  readonly #callers = new Map<string, CallerLine>();
  #size = 0;

  constructor(gates: readonly CallGate[]) {
    this.gates = gates;
  }

  get size(): number {
    return this.#size;
  }

  add(waiter: Waiter, claim: CallClaim): void {
    this.#size += 1;
    for (const gate of this.gates) gate.waiting += 1;
    this.#enlist(waiter, claim);
  }

  /** Lets a waiter go in another turn, too. @returns False: it does not wait here any more. */
  claim(waiter: Waiter, claim: CallClaim): boolean {
    const isWaiting = waiter.claims.some(({ caller, priority }) => this.#callers.get(caller)?.[priority].has(waiter));
    if (isWaiting) this.#enlist(waiter, claim);
    return isWaiting;
  }

  /** @returns Whether it was waiting. */
  remove(waiter: Waiter): boolean {
    let wasWaiting = false;
    for (const { caller, priority } of waiter.claims) {
      const line = this.#callers.get(caller);
      if (line === undefined || !line[priority].delete(waiter)) continue;
      wasWaiting = true;
      if (line.SMALL.size + line.SCAN.size + line.BACKGROUND.size === 0) this.#callers.delete(caller);
    }
    if (!wasWaiting) return false;
    this.#size -= 1;
    for (const gate of this.gates) gate.waiting -= 1;
    return true;
  }

  /** The callers who wait, the one first who had the fewest turns lately. */
  callers(now: number): CallerLine[] {
    const callers = [...this.#callers.values()];
    const [gate] = this.gates;
    if (callers.length < 2 || gate === undefined) return callers;
    const known = callers.map((line) => ({ line, turns: gate.turnsOf(line.caller, now) }));
    return known.sort((one, other) => (hadFewer(one.turns, other.turns) ? -1 : 1)).map(({ line }) => line);
  }

  #enlist(waiter: Waiter, claim: CallClaim): void {
    const { caller, priority } = claim;
    let line = this.#callers.get(caller);
    if (line === undefined) this.#callers.set(caller, (line = { caller, SMALL: new Set(), SCAN: new Set(), BACKGROUND: new Set() }));
    line[priority].add(waiter);
    waiter.claims.push(claim);
  }
}
