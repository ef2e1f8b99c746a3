/** The sandbox CRMs of bench/identity.ts, in a thread of their own: what they compute is not the gateway's. */
import { parentPort } from 'node:worker_threads';
import { startSandbox } from '../src/sandbox/sandbox.ts';

const sandbox = await startSandbox({
  population: { onlyoffice: 3_000, kommo: 1_500, callgear: 9_000 },
  callgear: { quotas: { minute: 100_000, day: 10_000_000 } },
});
parentPort?.postMessage(sandbox.environment);
