import { CallGate, type Forecast, type GateLimits, type GateRefusal, type Passage } from './call-gate.ts';
import type { ReportedQuota } from './source-http.ts';

/** The longest that a Node timer can wait. */
const TIMER_MS_MAX = 2_147_483_647;

/** Waits under the deadline, or says why not and for how long. */
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

/** A place that was granted to one call. */
export interface Place {
  /** Call it when the CRM begins to answer. */
  noteArrival(): void;
  /** Takes what this call's answer says of the CRM's quotas. */
  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void;
  /** Call it when the call is over, however it ended. */
  release(): void;
}

interface Waiter {
  readonly gates: readonly CallGate[];
  readonly deadline: number;
  grant(passages: readonly Passage[]): void;
  refuse(refusal: GateRefusal, retryAfterMs: number): void;
}

/**
 * Decides when a call may go out, for every source of the gateway: one gate for each credential and one for each egress host, so that two
 * sources on one key or one host share their limits. First come, first served at each gate.
 */
export class Governor {
  readonly #gates = new Map<string, CallGate>();
  readonly #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

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
   * Waits until every gate lets one call through and takes a place in each. Call `release` when the answer is in.
   *
   * @param deadline On `performance.now()`'s scale: a place that comes later is no use, and is refused at once.
   * @throws GovernorRefusal RATE_LIMITED, QUOTA_EXHAUSTED or BLOCKED, with the time until a place can be had; TIMEOUT when the calls under way left no room.
   * @throws the signal's reason when it aborts.
   */
  async acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal): Promise<Place> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<readonly Passage[]>();
    const waiter: Waiter = {
      gates,
      deadline,
      grant: resolve,
      refuse: (refusal, retryAfterMs) => reject(new GovernorRefusal(refusal, retryAfterMs)),
    };
    const leave = () => {
      this.#remove(waiter);
      this.#pump();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiters.push(waiter);
    this.#pump();
    try {
      return this.#place(gates, await promise);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Takes what a CRM says of its quotas apart from any one call. */
  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void {
    gate.noteQuotas(quotas, performance.now());
    this.#pump();
  }

  #place(gates: readonly CallGate[], passages: readonly Passage[]): Place {
    const each = (visit: (gate: CallGate, passage: Passage) => void) => {
      for (const [index, gate] of gates.entries()) {
        const passage = passages[index];
        if (passage !== undefined) visit(gate, passage);
      }
    };
    return {
      noteArrival: () => each((gate, passage) => gate.arrive(passage, performance.now())),
      noteQuotas: (gate, quotas) => {
        gate.noteQuotas(quotas, performance.now(), passages[gates.indexOf(gate)]);
        this.#pump();
      },
      release: () => {
        each((gate, passage) => gate.leave(passage, performance.now()));
        this.#pump();
      },
    };
  }

  #remove(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /** Lets through whoever may go, refuses whoever cannot go in time, and comes back when the next place opens. */
  #pump(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    const ahead = new Map<CallGate, number>();
    let next = Infinity;
    for (const waiter of this.#waiters.slice()) {
      const held = waiter.gates.map((gate) => ({ gate, ...whenThrough(gate, ahead.get(gate) ?? 0, now) }));
      const latest = held.reduce((one, other) => (other.at > one.at ? other : one));
      if (held.every(({ isOpen }) => isOpen)) {
        this.#remove(waiter);
        waiter.grant(waiter.gates.map((gate) => gate.enter(now)));
        continue;
      }
      if (latest.at >= waiter.deadline || now >= waiter.deadline) {
        this.#remove(waiter);
        waiter.refuse(latest.at > now ? latest.refusal : 'TIMEOUT', latest.at - now);
        continue;
      }
      // Only the gate that holds it keeps a place for it: whoever waits for one source must not hold up another on the same host.
      for (const { gate, isOpen } of held) if (!isOpen) ahead.set(gate, (ahead.get(gate) ?? 0) + 1);
      next = Math.min(next, waiter.deadline, latest.at > now ? latest.at : Infinity);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), Math.min(Math.max(1, Math.ceil(next - now)), TIMER_MS_MAX));
  }
}

interface GateForecast extends Forecast {
  /** Whether the gate lets the call through now. */
  readonly isOpen: boolean;
}

function whenThrough(gate: CallGate, ahead: number, now: number): GateForecast {
  const forecast = gate.forecast(ahead, now);
  // Others who wait at this gate are served first.
  return { ...forecast, isOpen: forecast.at <= now && ahead === 0 && gate.hasRoom() };
}
