import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readSettings } from '../src/config.ts';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { createLog } from '../src/log.ts';
import { startGateway } from '../src/server.ts';
import { createSources } from '../src/sources.ts';
import { OPERATIONS } from './soak-operations.ts';

const USAGE = `npm run soak [-- MINUTES [REQUESTS_PER_SECOND]]
  MINUTES              how long; 0.2 when left out, 30 to be sure
  REQUESTS_PER_SECOND  20 when left out`;
const STRETCHES = 10;
const MIB = 1024 * 1024;
/** What the heap may be larger by in the last stretches than in the middle ones, when what is remembered has filled up. */
const GROWTH_MAX = 1.1;
/** Before that, what is remembered is still filling up. */
const MINUTES_TO_TELL = 3;

/**
 * Keeps a constant load on a gateway in front of sandbox CRMs that fail now and then, and prints what its heap holds after a collection,
 * the load's own part included. Exits with 1 if it grows.
 */
async function main(minutes: number, requestsPerSecond: number): Promise<void> {
  const upstream = spawn(process.execPath, [fileURLToPath(new URL('./soak-upstream.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const settings = await settingsFor(upstream.stdout);
    const log = createLog('silent');
    const gateway = await startGateway({ settings, log, sources: createSources(settings, log) });
    console.log(`${minutes} minutes at ${requestsPerSecond} requests a second\n`);
    console.log('minutes  requests  failures  median ms  slowest ms  heap MiB  resident MiB');
    const heaps: number[] = [];
    for (let number = 1; number <= STRETCHES; number += 1) {
      const load = await keepLoad(gateway.url, (minutes * 60_000) / STRETCHES, requestsPerSecond);
      heaps.push(heapAfterCollection());
      console.log(lineOf((number * minutes) / STRETCHES, load, heaps.at(-1) ?? 0));
    }
    await gateway.close();
    tellVerdict(heaps, minutes);
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

interface Load {
  readonly durationsMs: number[];
  failures: number;
}

let sent = 0;

async function keepLoad(url: string, forMs: number, requestsPerSecond: number): Promise<Load> {
  const load: Load = { durationsMs: [], failures: 0 };
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const request = sendOne(url, load).finally(() => underWay.delete(request));
    underWay.add(request);
  }, 1_000 / requestsPerSecond);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  clearInterval(timer);
  await Promise.all(underWay);
  return load;
}

async function sendOne(url: string, load: Load): Promise<void> {
  sent += 1;
  const operation = OPERATIONS[sent % OPERATIONS.length];
  if (operation === undefined) return;
  const { query, variables, hangsUpAfterMs } = operation(sent);
  const startedAt = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      ...(hangsUpAfterMs !== undefined && { signal: AbortSignal.timeout(hangsUpAfterMs) }),
    });
    await response.text();
    load.durationsMs.push(performance.now() - startedAt);
  } catch {
    if (hangsUpAfterMs === undefined) load.failures += 1;
  }
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function lineOf(minute: number, { durationsMs, failures }: Load, heapBytes: number): string {
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

function tellVerdict(heaps: readonly number[], minutes: number): void {
  const growth = Math.max(...heaps.slice(-3)) / Math.max(...heaps.slice(4, 7));
  const isTold = minutes >= MINUTES_TO_TELL;
  const verdict = isTold ? (growth > GROWTH_MAX ? 'it grows' : 'it does not grow') : 'too short a time to tell anything from';
  console.log(`\nIn the last three stretches the heap is ${growth.toFixed(2)} times what it was in the middle ones: ${verdict}.`);
  if (isTold && growth > GROWTH_MAX) process.exitCode = 1;
}

const [minutes, requestsPerSecond] = [Number(process.argv[2] ?? '0.2'), Number(process.argv[3] ?? '20')];
if (minutes > 0 && requestsPerSecond > 0) await main(minutes, requestsPerSecond);
else {
  console.error(USAGE);
  process.exitCode = 2;
}
