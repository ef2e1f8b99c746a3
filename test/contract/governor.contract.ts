import { expect, test } from 'vitest';
import { GovernorRefusal, type CallGovernor, type Permit } from '../../src/datasources/governor/governor.ts';
import type { CallGate } from '../../src/datasources/governor/call-gate.ts';

/** What a governor is tested with. */
export interface GovernorSubject extends AsyncDisposable {
  readonly governor: CallGovernor;
}

const LIMITS = { rateLimits: [{ window: 'SECOND' as const, windowMs: 1_010, limit: 7 }], concurrencyMax: 8 };
const FREE = { rateLimits: [], concurrencyMax: 4 };
const soon = () => performance.now() + 20_000;

async function refusalOf(call: Promise<Permit>): Promise<GovernorRefusal> {
  const error: unknown = await call.then(
    () => null,
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(GovernorRefusal);
  return error as GovernorRefusal;
}

async function call(governor: CallGovernor, gates: readonly CallGate[]): Promise<number> {
  const permit = await governor.acquire(gates, soon());
  const at = performance.now();
  permit.noteArrival();
  permit.release();
  return at;
}

/** What every governor promises, be it of one process or of several. */
export function describeGovernor(create: () => Promise<GovernorSubject>): void {
  test('lets no more calls through in any window than the limit allows', async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a', 'host a'], LIMITS);
    const at = (await Promise.all(Array.from({ length: 16 }, () => call(subject.governor, gates)))).toSorted((one, other) => one - other);
    for (let first = 0; first + 7 < at.length; first += 1) expect(at[first + 7]! - at[first]!).toBeGreaterThan(1_000);
  });

  test('keeps the place of a call that has no answer yet', async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a'], { ...LIMITS, rateLimits: [{ ...LIMITS.rateLimits[0]!, limit: 1 }] });
    const first = await subject.governor.acquire(gates, soon());
    const second = subject.governor.acquire(gates, soon());
    let hasGone = false;
    void second.then(() => {
      hasGone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(hasGone).toBe(false);
    first.noteArrival();
    first.release();
    (await second).release();
  });

  test('gives the place of a call that was not sent to the next one at once', async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a'], { ...LIMITS, rateLimits: [{ ...LIMITS.rateLimits[0]!, limit: 1 }] });
    (await subject.governor.acquire(gates, soon())).cancel();
    const startedAt = performance.now();
    await call(subject.governor, gates);
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  test('refuses at once, with the time to wait, what cannot go before its deadline', async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a'], FREE);
    const permit = await subject.governor.acquire(gates, soon());
    gates[0]!.pause(performance.now(), 30_000, 'RATE_LIMITED');
    permit.release();
    const refusal = await refusalOf(subject.governor.acquire(gates, performance.now() + 5_000));
    expect(refusal.refusal).toBe('RATE_LIMITED');
    expect(refusal.retryAfterMs).toBeGreaterThan(20_000);
  });

  test('keeps all calls back that a block meets', async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a'], FREE);
    gates[0]!.block(performance.now() + 60_000);
    expect((await refusalOf(subject.governor.acquire(gates, performance.now() + 5_000))).refusal).toBe('BLOCKED');
  });

  test("never lets out more calls than are left of the CRM's own quota", async () => {
    await using subject = await create();
    const gates = subject.governor.gates(['credential a'], FREE);
    const reporter = await subject.governor.acquire(gates, soon());
    reporter.noteArrival();
    reporter.noteQuotas(gates[0]!, [{ window: 'DAY', limit: 10, remaining: 3, resetsInMs: 60_000 }]);
    reporter.release();
    for (let calls = 0; calls < 3; calls += 1) await call(subject.governor, gates);
    const refusal = await refusalOf(subject.governor.acquire(gates, soon()));
    expect(refusal.refusal).toBe('QUOTA_EXHAUSTED');
  });
}
