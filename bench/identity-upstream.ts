/** The sandbox CRMs of bench/identity.ts, in a thread of their own: what they compute is not the gateway's. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PopulationOptions } from '../src/sandbox/population.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';

const sandbox = await startSandbox({
  population: workerData as PopulationOptions,
  callgear: { quotas: { minute: 100_000, day: 10_000_000 } },
});
parentPort?.postMessage(sandbox.environment);
