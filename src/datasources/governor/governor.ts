import { GATEWAY_CALLER } from '../port/call.ts';
import { CallGate, type Candidate, type GatePermit } from './call-gate.ts';
import { CallQueue } from './call-queue.ts';
import type { GateLimits, GateRefusal, ReportedQuota } from './limits.ts';
import { isAsUrgent, Reserve, type CallClaim } from './reserve.ts';
import { Waiter, WaitingLine } from './waiting-line.ts';

/** Why a call may not go out before its deadline, and after how long one may. */
export class GovernorRefusal extends Error {
  override readonly name = 'GovernorRefusal';
  readonly refusal: GateRefusal;
  readonly retryAfterMs: number;

  constructor(refusal: GateRefusal, retryAfterMs: number) {
    super(refusal);
    this.refusal = refusal;
    this.retryAfterMs = Math.max(1, Math.ceil(retryAfterMs));
  }
}

/** What lets one call out. */
export interface Permit {
  /** Call it when the call goes out later than it was let out. */
  restart(): void;
  /** Call it when the CRM begins to answer. */
  noteArrival(): void;
  /** Takes what this call's answer says of the CRM's quotas. */
  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void;
  /** Call it when the call is over, however it ended. */
  release(): void;
  /** In place of `release`, for a call that was not sent: it counts for nothing. */
  cancel(): void;
}

/** In whose turn a call goes out, who pays for it, and how urgent it is. */
export interface PayingClaim extends CallClaim {
  /** Reports others who wait for the same call, at once and later. It may then go out in their turns, too. @returns Ends the reports. */
  onJoin?(listener: (joined: CallClaim) => void): () => void;
}

const GATEWAY_CLAIM: PayingClaim = { caller: GATEWAY_CALLER, priority: 'SMALL' };

/** Decides when a call may go out, for every source of the gateway. */
export interface CallGovernor {
  /**
   * Makes the gates of one source, and has them for later calls. `keys` name its credential and its host: two sources on one key or one host share
   * a gate, and with it its limits.
   */
  gates(keys: readonly string[], limits: GateLimits): readonly CallGate[];
  /** Lets a call out that can go at once; null when it has to wait, or nobody knows yet. @param claim The gateway's own when left out. */
  tryAcquire(gates: readonly CallGate[], claim?: PayingClaim): Permit | null;
  /**
   * Waits until every gate lets one call through. Call `release` of the permit when the answer is in.
   *
   * @param deadline On `performance.now()`'s scale: a permit that would come later is no use, and is refused at once.
   * @param claim The gateway's own when left out.
   * @throws GovernorRefusal with the time until a call may go; TIMEOUT when the calls under way left no room.
   * @throws the signal's reason when it aborts.
   */
  acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal, claim?: PayingClaim): Promise<Permit>;
}

/** How a governor divides what there is. */
export interface GovernorOptions {
  /** The share of each limit that is kept for callers who have used little of it; 0 where there is one caller only. */
  readonly callerShare?: number;
  /** Makes the gate of a credential or a host; one of this process alone when left out. */
  readonly createGate?: (key: string, reserve: Reserve) => CallGate;
}

/** The governor of one process. Callers take turns at each gate, and leave each other room (see Reserve). */
export class Governor implements CallGovernor {
  readonly #reserve: Reserve;
  readonly #createGate: (key: string, reserve: Reserve) => CallGate;
  readonly #gates = new Map<string, CallGate>();
  readonly #lines = new WeakMap<readonly CallGate[], WaitingLine>();
  readonly #queues = new Map<CallGate, CallQueue>();
  #turn = 0;

  constructor({ callerShare = 0, createGate = (_key, reserve) => new CallGate(reserve) }: GovernorOptions = {}) {
    this.#reserve = new Reserve(callerShare);
    this.#createGate = createGate;
  }

  gates(keys: readonly string[], limits: GateLimits): readonly CallGate[] {
    const gates = keys.map((key) => {
      let gate = this.#gates.get(key);
      if (gate === undefined) this.#gates.set(key, (gate = this.#createGate(key, this.#reserve)));
      gate.tighten(limits);
      return gate;
    });
    const line = new WaitingLine(gates);
    this.#lines.set(gates, line);
    this.#joinQueues(line);
    return gates;
  }

  tryAcquire(gates: readonly CallGate[], claim: PayingClaim = GATEWAY_CLAIM): Permit | null {
    const now = performance.now();
    for (const gate of gates) gate.noteCaller(claim.caller, now);
    for (const gate of gates) if (gate.waiting > 0) return null;
    const candidate: Candidate = { claims: [claim], priority: claim.priority };
    for (const gate of gates) {
      const standing = gate.standing(candidate, now);
      if (!gate.hasRoom(standing) || gate.nextAt(standing, 0, now) > now) return null;
    }
    const turn = this.#nextTurn();
    return this.#permit(
      gates,
      gates.map((gate) => gate.enter(now, claim.caller, claim.caller, turn)),
    );
  }

  async acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal, claim: PayingClaim = GATEWAY_CLAIM): Promise<Permit> {
    signal?.throwIfAborted();
    return this.tryAcquire(gates, claim) ?? (await this.#wait(gates, deadline, signal, claim));
  }

  async #wait(gates: readonly CallGate[], deadline: number, signal: AbortSignal | undefined, claim: PayingClaim): Promise<Permit> {
    const line = this.#lines.get(gates);
    if (line === undefined) throw new Error('These gates were not made by this governor.');
    const { promise, resolve, reject } = Promise.withResolvers<readonly GatePermit[]>();
    const waiter = new Waiter(claim.caller, performance.now(), deadline, {
      grant: resolve,
      refuse: (refusal, retryAfterMs) => reject(new GovernorRefusal(refusal, retryAfterMs)),
    });
    const leave = () => {
      line.remove(waiter);
      this.#callRound(gates);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    line.add(waiter, claim);
    const endReports = claim.onJoin?.((joined) => this.#join(line, waiter, joined));
    this.#callRound(gates, true);
    try {
      return this.#permit(gates, await promise);
    } finally {
      endReports?.();
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Somebody else waits for a call that waits already. */
  #join(line: WaitingLine, waiter: Waiter, joined: CallClaim): void {
    const isKnown = waiter.claims.some((claim) => claim.caller === joined.caller && isAsUrgent(claim, joined));
    if (isKnown || !line.claim(waiter, joined)) return;
    for (const gate of line.gates) gate.noteCaller(joined.caller, performance.now());
    this.#callRound(line.gates);
  }

  #permit(gates: readonly CallGate[], permits: readonly GatePermit[]): Permit {
    return new GatesPermit(gates, permits, () => this.#callRound(gates));
  }

  #nextTurn(): number {
    this.#turn += 1;
    return this.#turn;
  }

  #callRound(gates: readonly CallGate[], hasNewcomer = false): void {
    const [gate] = gates;
    if (gate !== undefined && gates.some(({ waiting }) => waiting > 0)) this.#queues.get(gate)?.callRound(hasNewcomer);
  }

  /** Sources that have a gate in common, be it by way of others, wait in one queue. */
  #joinQueues(line: WaitingLine): void {
    const joined = new Set(line.gates.map((gate) => this.#queues.get(gate)).filter((queue) => queue !== undefined));
    const queue = new CallQueue(() => this.#nextTurn());
    for (const other of joined) for (const otherLine of other.close()) queue.addLine(otherLine);
    queue.addLine(line);
    for (const { gates } of queue.lines) for (const gate of gates) this.#queues.set(gate, queue);
    queue.callRound(true);
  }
}

/** One call's permits of all gates of its source. */
class GatesPermit implements Permit {
  readonly #gates: readonly CallGate[];
  readonly #permits: readonly GatePermit[];
  readonly #onChange: () => void;

  constructor(gates: readonly CallGate[], permits: readonly GatePermit[], onChange: () => void) {
    this.#gates = gates;
    this.#permits = permits;
    this.#onChange = onChange;
  }

  restart(): void {
    const now = performance.now();
    this.#each((gate, permit) => gate.restart(permit, now));
  }

  noteArrival(): void {
    const now = performance.now();
    this.#each((gate, permit) => gate.arrive(permit, now));
  }

  noteQuotas(reporter: CallGate, quotas: readonly ReportedQuota[]): void {
    const now = performance.now();
    this.#each((gate, permit) => {
      if (gate === reporter) gate.noteQuotas(quotas, now, permit);
    });
    this.#onChange();
  }

  release(): void {
    const now = performance.now();
    this.#each((gate, permit) => gate.leave(permit, now));
    this.#onChange();
  }

  cancel(): void {
    this.#each((gate, permit) => gate.cancel(permit));
    this.#onChange();
  }

  #each(visit: (gate: CallGate, permit: GatePermit) => void): void {
    for (const [index, gate] of this.#gates.entries()) {
      const permit = this.#permits[index];
      if (permit !== undefined) visit(gate, permit);
    }
  }
}
