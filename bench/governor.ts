import { Governor } from '../src/datasources/governor/governor.ts';

/**
 * What the governor itself costs a call, in CPU: `node bench/governor.ts`. No network; each figure is the median of rounds.
 *
 * - free: a call that can go at once, with nobody waiting, through two gates with ONLYOFFICE's limits.
 * - queue: a call that is let out of a queue of 600, one at a time (concurrency 1).
 */
const ROUNDS = 15;
const LIMITS = { rateLimits: [{ window: 'TEN_SECONDS' as const, windowMs: 10_000, limit: 500 }], concurrencyMax: 10 };

async function freeCall(): Promise<number> {
  const count = 450;
  const governor = new Governor();
  const gates = governor.gates(['credential a', 'host a'], LIMITS);
  const startedAt = process.cpuUsage();
  for (let number = 0; number < count; number += 1) {
    const permit = await governor.acquire(gates, performance.now() + 60_000);
    permit.noteArrival();
    permit.release();
  }
  return microsSince(startedAt) / count;
}

async function queuedCall(): Promise<number> {
  const waiting = 600;
  const governor = new Governor();
  const gates = governor.gates(['credential a', 'host a'], {
    rateLimits: [{ window: 'DAY', windowMs: 86_400_000, limit: 5_000 }],
    concurrencyMax: 1,
  });
  const deadline = performance.now() + 60_000;
  const calls = Array.from({ length: waiting }, () => governor.acquire(gates, deadline));
  // As soon as one is let out, another one comes.
  const startedAt = process.cpuUsage();
  const count = 300;
  for (let number = 0; number < count; number += 1) {
    calls.push(governor.acquire(gates, deadline));
    const permit = await calls[number];
    permit?.noteArrival();
    permit?.release();
  }
  const micros = microsSince(startedAt) / count;
  void Promise.all(calls.slice(count).map(async (call) => (await call).release()));
  await new Promise((resolve) => setTimeout(resolve, 0));
  return micros;
}

function microsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) figures.push(await measure());
  return figures.toSorted((left, right) => left - right)[Math.floor(ROUNDS / 2)] ?? 0;
}

console.log(`free: ${(await median(freeCall)).toFixed(2)} µs a call; queue of 600: ${(await median(queuedCall)).toFixed(1)} µs a call`);
process.exit(0);
