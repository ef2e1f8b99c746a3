import { CallGate, type GateLimits } from './call-gate.ts';
import type { Forecast, GatePermit, GateRefusal } from './gate-permit.ts';
import type { GateRound } from './gate-round.ts';
import type { ReportedQuota } from '../http/source-http.ts';
import { TIMER_MS_MAX } from '../../platform/timers.ts';

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
  /** Call it when the CRM begins to answer. */
  noteArrival(): void;
  /** Takes what this call's answer says of the CRM's quotas. */
  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void;
  /** Call it when the call is over, however it ended. */
  release(): void;
  /** In place of `release`, for a call that was not sent: it counts for nothing. */
  cancel(): void;
}

/**
 * A call that has to queue goes out only while there is time for so many times the usual answer, so that none is sent to be cut off; but no more
 * than this share of its time is kept for that.
 */
const ANSWER_RESERVE = 2;
const RESERVE_SHARE_MAX = 0.5;

interface Waiter {
  readonly gates: readonly CallGate[];
  readonly since: number;
  readonly deadline: number;
  /** Whether a round has passed without letting it through. */
  hasQueued: boolean;
  grant(permits: readonly GatePermit[]): void;
  refuse(refusal: GateRefusal, retryAfterMs: number): void;
}

/**
 * Decides when a call may go out, for every source of the gateway: one gate for each credential and one for each egress host, so that two
 * sources on one key or one host share their limits. First come, first served at each gate.
 */
export class Governor {
  readonly #gates = new Map<string, CallGate>();
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #isRoundDue = false;

  /** The gates of one source; `keys` name its credential and its host. */
  gates(keys: readonly string[], limits: GateLimits): readonly CallGate[] {
    return keys.map((key) => {
      let gate = this.#gates.get(key);
      if (gate === undefined) this.#gates.set(key, (gate = new CallGate()));
      gate.tighten(limits);
      return gate;
    });
  }

  /**
   * Waits until every gate lets one call through. Call `release` of the permit when the answer is in.
   *
   * @param deadline On `performance.now()`'s scale: a permit that would come later is no use, and is refused at once.
   * @throws GovernorRefusal RATE_LIMITED, QUOTA_EXHAUSTED or BLOCKED, with the time until a call may go; TIMEOUT when the calls under way left no room.
   * @throws the signal's reason when it aborts.
   */
  async acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal): Promise<Permit> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<readonly GatePermit[]>();
    const waiter: Waiter = {
      gates,
      since: performance.now(),
      deadline,
      hasQueued: false,
      grant: resolve,
      refuse: (refusal, retryAfterMs) => reject(new GovernorRefusal(refusal, retryAfterMs)),
    };
    const leave = () => {
      this.#waiters.delete(waiter);
      this.#callRound();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiters.add(waiter);
    this.#callRound();
    try {
      return this.#permit(gates, await promise);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #permit(gates: readonly CallGate[], permits: readonly GatePermit[]): Permit {
    const each = (visit: (gate: CallGate, permit: GatePermit) => void) => {
      for (const [index, gate] of gates.entries()) {
        const permit = permits[index];
        if (permit !== undefined) visit(gate, permit);
      }
    };
    return {
      noteArrival: () => each((gate, permit) => gate.arrive(permit, performance.now())),
      noteQuotas: (teller, quotas) => {
        each((gate, permit) => {
          if (gate === teller) gate.noteQuotas(quotas, performance.now(), permit);
        });
        this.#callRound();
      },
      release: () => {
        each((gate, permit) => gate.leave(permit, performance.now()));
        this.#callRound();
      },
      cancel: () => {
        each((gate, permit) => gate.cancel(permit));
        this.#callRound();
      },
    };
  }

  /** Whatever changes within one turn of the event loop is looked at once. */
  #callRound(): void {
    if (this.#isRoundDue) return;
    this.#isRoundDue = true;
    queueMicrotask(() => {
      this.#isRoundDue = false;
      this.#runRound();
    });
  }

  /** Lets through whoever may go, refuses whoever cannot go in time, and comes back when the next one may. */
  #runRound(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    const rounds = new Map<CallGate, GateRound>();
    const roundAt = (gate: CallGate): GateRound => {
      const known = rounds.get(gate);
      if (known !== undefined) return known;
      const round = gate.startRound(now);
      rounds.set(gate, round);
      return round;
    };
    let next = Infinity;
    for (const waiter of this.#waiters) next = Math.min(next, this.#serve(waiter, waiter.gates.map(roundAt), now));
    if (next < Infinity) this.#timer = setTimeout(() => this.#runRound(), Math.min(Math.max(1, Math.ceil(next - now)), TIMER_MS_MAX));
  }

  /** @returns When to look at the waiter again; Infinity when it is served, or waits for a call under way to end. */
  #serve(waiter: Waiter, rounds: readonly GateRound[], now: number): number {
    const closed = rounds.filter((round) => !round.isOpen());
    const sendBy = lastMomentOf(waiter);
    if (closed.length === 0 && (now < sendBy || !waiter.hasQueued)) {
      this.#waiters.delete(waiter);
      waiter.grant(rounds.map((round) => round.enter()));
      return Infinity;
    }
    const latest = closed
      .map((round) => round.forecast())
      .reduce<Forecast>((one, other) => (other.at > one.at ? other : one), { at: now, refusal: 'TIMEOUT' });
    if (latest.at >= sendBy || now >= sendBy) {
      this.#waiters.delete(waiter);
      waiter.refuse(latest.refusal, latest.at - now);
      return Infinity;
    }
    waiter.hasQueued = true;
    // Only the gate that holds it longest keeps a place for it: whoever waits for one source must not hold up another on the same host.
    for (const round of closed) if (round.forecast().at >= latest.at) round.hold();
    return Math.min(sendBy, latest.at > now ? latest.at : Infinity);
  }
}

/** The latest moment at which a call that has to queue is let out. */
function lastMomentOf({ gates, since, deadline }: Waiter): number {
  const usualMs = Math.max(...gates.map((gate) => gate.usualAnswerMs));
  return deadline - Math.min(usualMs * ANSWER_RESERVE, (deadline - since) * RESERVE_SHARE_MAX);
}
