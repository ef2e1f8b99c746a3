import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readSettings } from '../src/config/settings.ts';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { LogOutput } from '../src/telemetry/log-output.ts';
import { createAuditLog, createLog } from '../src/telemetry/log.ts';
import { startGateway } from '../src/server/server.ts';
import { createSources } from '../src/sources.ts';
import { ConstantLoad, type Stretch } from './soak-load.ts';

const USAGE = `npm run soak [-- MINUTES [REQUESTS_PER_SECOND]]
  MINUTES              how long; 0.2 when left out, 30 to be sure
  REQUESTS_PER_SECOND  20 when left out`;
const STRETCHES = 30;
const MIB = 1024 * 1024;
/** What the heap may grow by in an hour; less cannot be told from chance. */
const GROWTH_MAX_MIB = 12;
/** The first third is left out: what is remembered is still filling up. In a shorter run the rest is too short to tell anything from. */
const SETTLING_SHARE = 1 / 3;
const MINUTES_TO_TELL = 10;

/**
 * Keeps a constant load on a gateway in front of sandbox CRMs that fail now and then, and prints what its heap holds after a collection,
 * the load's own part included. Exits with 1 if it grows, or if a request was lost.
 */
async function main(minutes: number, requestsPerSecond: number): Promise<void> {
  const upstream = spawn(process.execPath, [fileURLToPath(new URL('./soak-upstream.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const settings = await settingsFor(upstream.stdout);
    const log = createLog('silent');
    const gateway = await startGateway({
      settings,
      log,
      auditLog: createAuditLog(log, new LogOutput(1)),
      sources: createSources(settings, log),
    });
    console.log(`${minutes} minutes at ${requestsPerSecond} requests a second\n`);
    console.log('minutes  requests  failures  median ms  slowest ms  heap MiB  resident MiB');
    const load = new ConstantLoad(gateway.url, requestsPerSecond);
    const heaps: number[] = [];
    let failures = 0;
    for (let number = 1; number <= STRETCHES; number += 1) {
      await sleep((minutes * 60_000) / STRETCHES);
      const stretch = load.takeStretch();
      const heapBytes = heapAfterCollection();
      heaps.push(heapBytes);
      failures += stretch.failures;
      console.log(lineOf((number * minutes) / STRETCHES, stretch, heapBytes));
    }
    failures += (await load.stop()).failures;
    await gateway.close();
    tellVerdict(heaps, minutes, failures);
  } finally {
    upstream.kill();
  }
}

async function settingsFor(upstreamOutput: AsyncIterable<Buffer>) {
  for await (const line of upstreamOutput) {
    const environment = JSON.parse(line.toString()) as Record<string, string>;
    const own = { PORT: '0', LOG_LEVEL: 'silent', CALLER_RATE_LIMIT: '1000000', KOMMO_RATE_LIMIT: '50' };
    return { ...readSettings({ ...environment, ...own }, SOURCE_MODULES), isSandbox: true };
  }
  throw new Error('The sandbox did not start.');
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function lineOf(minute: number, { durationsMs, failures }: Stretch, heapBytes: number): string {
  const sorted = durationsMs.toSorted((one, other) => one - other);
  const cells: (readonly [text: string, width: number])[] = [
    [minute.toFixed(2), 7],
    [String(sorted.length), 8],
    [String(failures), 8],
    [(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0), 9],
    [(sorted.at(-1) ?? 0).toFixed(0), 10],
    [(heapBytes / MIB).toFixed(1), 8],
    [(process.memoryUsage().rss / MIB).toFixed(0), 12],
  ];
  return cells.map(([text, width]) => text.padStart(width)).join('  ');
}

function tellVerdict(heaps: readonly number[], minutes: number, failures: number): void {
  const settled = heaps.slice(Math.floor(heaps.length * SETTLING_SHARE));
  const growth = (slopeOf(settled) / MIB) * (60 / (minutes / STRETCHES));
  const isTold = minutes >= MINUTES_TO_TELL;
  const verdict = isTold ? (growth > GROWTH_MAX_MIB ? 'it grows' : 'it does not grow') : 'too short a time to tell anything from';
  console.log(`\nIn the last two thirds of the time the heap changed by ${growth.toFixed(1)} MiB an hour: ${verdict}.`);
  console.log(failures === 0 ? 'Every request was answered.' : `${failures} requests were lost, or met with a fault of the gateway.`);
  if (failures > 0 || (isTold && growth > GROWTH_MAX_MIB)) process.exitCode = 1;
}

/** By least squares, for each step. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const covariance = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return covariance / values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
}

const [minutes, requestsPerSecond] = [Number(process.argv[2] ?? '0.2'), Number(process.argv[3] ?? '20')];
if (minutes > 0 && requestsPerSecond > 0) await main(minutes, requestsPerSecond);
else {
  console.error(USAGE);
  process.exitCode = 2;
}
