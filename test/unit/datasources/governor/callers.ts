import type { CallGate } from '../../../../src/datasources/governor/call-gate.ts';
import { GovernorRefusal, type Governor, type PayingClaim } from '../../../../src/datasources/governor/governor.ts';
import type { CallPriority } from '../../../../src/datasources/port/call.ts';

/** For tests with fake timers. */
export const KOMMO = { rateLimits: [{ window: 'SECOND' as const, windowMs: 1_010, limit: 7 }], concurrencyMax: 8 };
export const ONE_AT_A_TIME = { rateLimits: [], concurrencyMax: 1 };
export const ANSWER_MS = 80;
export const soon = () => performance.now() + 60_000;
export const claimOf = (caller: string, priority: CallPriority = 'SMALL'): PayingClaim => ({ caller, priority });

/** What became of one call, and how long it waited for it. */
export interface Fate {
  readonly waitMs: number;
  readonly refusal: string | null;
}

/** Sends a call and answers it after a while. */
export async function send(governor: Governor, gates: readonly CallGate[], claim: PayingClaim, timeMs = 5_000): Promise<Fate> {
  const startedAt = performance.now();
  try {
    const permit = await governor.acquire(gates, startedAt + timeMs, undefined, claim);
    setTimeout(() => {
      permit.noteArrival();
      permit.release();
    }, ANSWER_MS);
    return { waitMs: performance.now() - startedAt, refusal: null };
  } catch (error) {
    return { waitMs: performance.now() - startedAt, refusal: error instanceof GovernorRefusal ? error.refusal : 'failed' };
  }
}

/** Notes who is let out, in order; each call is answered at once. */
export function queueUp(governor: Governor, gates: readonly CallGate[], order: string[]) {
  return (claim: PayingClaim, name: string = claim.caller): void => {
    void governor.acquire(gates, soon(), undefined, claim).then((permit) => {
      order.push(name);
      permit.release();
    });
  };
}

export async function takeAll(governor: Governor, gates: readonly CallGate[], claim: PayingClaim): Promise<number> {
  for (let count = 0; ; count += 1) {
    const permit = await governor.acquire(gates, soon(), undefined, claim).catch(() => null);
    if (permit === null) return count;
    permit.release();
  }
}

export async function reportDay(governor: Governor, gates: readonly CallGate[], limit: number, remaining: number): Promise<void> {
  const permit = await governor.acquire(gates, soon());
  permit.noteQuotas(gates[0]!, [{ window: 'DAY', limit, remaining, resetsInMs: 40_000_000 }]);
  permit.release();
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * share) - 1] ?? 0;
