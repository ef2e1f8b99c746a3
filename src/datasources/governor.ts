import { CallGate, type GateLimits, type GateRefusal } from './call-gate.ts';
import type { ReportedQuota } from './source-http.ts';

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

interface Waiter {
  readonly gates: readonly CallGate[];
  readonly deadline: number;
  grant(): void;
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
  async acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal): Promise<{ release(): void }> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      gates,
      deadline,
      grant: () => resolve(),
      refuse: (refusal, retryAfterMs) => reject(new GovernorRefusal(refusal, retryAfterMs)),
    };
    const leave = () => {
      this.#remove(waiter);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    this.#waiters.push(waiter);
    this.#pump();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
    return {
      release: () => {
        for (const gate of gates) gate.leave();
        this.#pump();
      },
    };
  }

  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void {
    gate.noteQuotas(quotas, performance.now());
    this.#pump();
  }

  #remove(waiter: Waiter): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /** Lets through whoever may go, refuses whoever cannot go in time, and comes back when the next place opens. */
  #pump(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const ahead = new Map<CallGate, number>();
    let next = Infinity;
    for (const waiter of this.#waiters.slice()) {
      const forecasts = waiter.gates.map((gate) => gate.forecast(ahead.get(gate) ?? 0, now));
      const latest = forecasts.reduce((a, b) => (b.at > a.at ? b : a));
      const isFirst = waiter.gates.every((gate) => (ahead.get(gate) ?? 0) === 0);
      const hasRoom = waiter.gates.every((gate) => gate.hasRoom());
      if (latest.at <= now && isFirst && hasRoom) {
        for (const gate of waiter.gates) gate.enter(now);
        this.#remove(waiter);
        waiter.grant();
        continue;
      }
      if (latest.at >= waiter.deadline || now >= waiter.deadline) {
        this.#remove(waiter);
        waiter.refuse(latest.at > now ? latest.refusal : 'TIMEOUT', latest.at - now);
        continue;
      }
      for (const gate of waiter.gates) ahead.set(gate, (ahead.get(gate) ?? 0) + 1);
      next = Math.min(next, waiter.deadline, latest.at > now ? latest.at : Infinity);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), Math.max(1, Math.ceil(next - now)));
    else this.#timer = undefined;
  }
}
