import { GATEWAY_CALLER } from '../datasources/port/call.ts';
import type { CallGate } from '../datasources/governor/call-gate.ts';
import { Governor, GovernorRefusal, type CallGovernor, type PayingClaim, type Permit } from '../datasources/governor/governor.ts';
import type { GateLimits, GateRefusal, ReportedQuota } from '../datasources/governor/limits.ts';
import { WINDOW_MS } from '../datasources/governor/limits.ts';
import { sleep } from '../platform/timers.ts';
import { Counter } from './counter.ts';
import { SharedCalls, type TakenPlace } from './shared-calls.ts';
import { SharedGate } from './shared-gate.ts';
import type { RedisLink } from './redis-link.ts';

/** Whoever waits looks again after so long: a place may have become free, or Redis gone away. */
const LOOK_AGAIN_MS = 250;
const GATEWAY_CLAIM: PayingClaim = { caller: GATEWAY_CALLER, priority: 'SMALL' };

/** How a shared governor divides what there is. */
export interface SharedGovernorOptions {
  readonly link: RedisLink;
  /** The most replicas that ever run at once. */
  readonly replicas: number;
  readonly callerShare?: number;
  /** After so long a call is over, whatever became of the process that sent it. */
  readonly callMsMax: number;
}

/** When a call may go, and what keeps it back. */
interface Waiting {
  readonly at: number;
  readonly refusal: GateRefusal;
}

/**
 * The governor of one of several processes. Its own governor decides whose turn it is here, and Redis whether there is a place for one more call of
 * any process; while Redis is away each process keeps to its own share of every limit.
 */
export class SharedGovernor implements CallGovernor {
  readonly #local: Governor;
  readonly #calls: SharedCalls;
  readonly #counters = new WeakMap<readonly CallGate[], { readonly counter: Counter; readonly gates: readonly SharedGate[] }>();

  constructor({ link, replicas, callerShare = 0, callMsMax }: SharedGovernorOptions) {
    const calls = new SharedCalls({ link, replicas, leaseMs: callMsMax });
    this.#calls = calls;
    this.#local = new Governor({ callerShare, createGate: (key, reserve) => calls.createGate(key, reserve) });
  }

  gates(keys: readonly string[], limits: GateLimits): readonly CallGate[] {
    const gates = this.#local.gates(keys, limits);
    this.#counters.set(gates, { counter: new Counter(), gates: gates.filter((gate) => gate instanceof SharedGate) });
    return gates;
  }

  /** Nobody knows without asking Redis. */
  tryAcquire(): null {
    return null;
  }

  async acquire(gates: readonly CallGate[], deadline: number, signal?: AbortSignal, claim: PayingClaim = GATEWAY_CLAIM): Promise<Permit> {
    const permit = await this.#local.acquire(gates, deadline, signal, claim);
    try {
      return await this.#atCounter(gates, permit, deadline, signal);
    } catch (error) {
      permit.cancel();
      throw error;
    }
  }

  /** Ends the heartbeats. */
  close(): void {
    this.#calls.close();
  }

  async #atCounter(all: readonly CallGate[], permit: Permit, deadline: number, signal: AbortSignal | undefined): Promise<Permit> {
    const line = this.#counters.get(all);
    if (line === undefined) throw new Error('These gates were not made by this governor.');
    const leave = await line.counter.enter(deadline, signal);
    try {
      signal?.throwIfAborted();
      if (leave === null) throw new GovernorRefusal('RATE_LIMITED', LOOK_AGAIN_MS);
      return new SharedPermit(permit, await this.#wait(line.gates, deadline, signal), this.#calls);
    } finally {
      leave?.();
    }
  }

  async #wait(gates: readonly SharedGate[], deadline: number, signal: AbortSignal | undefined): Promise<TakenPlace> {
    for (;;) {
      signal?.throwIfAborted();
      const place = await this.#calls.take(gates);
      if ('gates' in place) return place;
      const waitMs = Math.max(1, place.at - performance.now());
      adopt(gates, place);
      if (place.at >= deadline) throw new GovernorRefusal(place.refusal, waitMs);
      await sleep(Math.min(waitMs, LOOK_AGAIN_MS), signal);
    }
  }
}

/** Whoever comes later waits as well, or hears at once that it would be in vain. */
function adopt(gates: readonly SharedGate[], { at, refusal }: Waiting): void {
  for (const gate of gates) {
    if (refusal === 'BLOCKED') gate.adoptBlock(at);
    else gate.hold(Math.min(at, performance.now() + LOOK_AGAIN_MS));
  }
}

/** One call's place here and among all replicas. */
class SharedPermit implements Permit {
  readonly #permit: Permit;
  readonly #place: TakenPlace;
  readonly #calls: SharedCalls;
  #hasArrived = false;

  constructor(permit: Permit, place: TakenPlace, calls: SharedCalls) {
    this.#permit = permit;
    this.#place = place;
    this.#calls = calls;
    permit.restart();
  }

  restart(): void {
    this.#permit.restart();
  }

  noteArrival(): void {
    this.#permit.noteArrival();
    this.#end(true);
  }

  noteQuotas(gate: CallGate, quotas: readonly ReportedQuota[]): void {
    this.#permit.noteQuotas(gate, quotas);
    this.#calls.report(this.#place, gate, quotas.map(withEnd));
  }

  release(): void {
    this.#end(true);
    this.#permit.release();
  }

  cancel(): void {
    this.#end(false);
    this.#permit.cancel();
  }

  #end(wasSent: boolean): void {
    if (this.#hasArrived) return;
    this.#hasArrived = true;
    this.#calls.end(this.#place, wasSent);
  }
}

/** A window is over when it is over, whatever the CRM says of it. */
function withEnd(quota: ReportedQuota): ReportedQuota {
  const { window, resetsInMs } = quota;
  if (resetsInMs === null) return window === 'MINUTE' ? { ...quota, resetsInMs: WINDOW_MS.MINUTE } : quota;
  return { ...quota, resetsInMs: Math.min(resetsInMs, WINDOW_MS[window]) };
}
