/**
 * What building contact indexes costs people's requests, and the process: `node bench/identity.ts`.
 *
 * Prints the 95th percentile of requests with and without a build under way, in rounds that take turns, since machines have moods; and, for a
 * reading of all sources and for 100,000 contacts, the longest time that one turn of the event loop took. That is counted twice: as the clock shows
 * it, and as the time that the thread had a processor, which other programs on the machine add little to.
 */
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readSettings } from '../src/config/settings.ts';
import { emptyContact } from '../src/datasources/port/records/empty-contact.ts';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { createIdentityKit } from '../src/federation/identity/identity-kit.ts';
import { ContactTable } from '../src/indexing/contact-table.ts';
import { SourceIndex } from '../src/indexing/source-index.ts';
import { startGateway } from '../src/server/server.ts';
import { letOthersGoFirst } from '../src/platform/timers.ts';
import { createSources } from '../src/sources.ts';
import { createLog } from '../src/telemetry/log.ts';

const ROUNDS = 7;
/** As long as a build takes, at fixed times: who sends as many as the process can take measures the queue. */
const REQUESTS = 60;
const EVERY_MS = 200;
const QUERY = '{ contacts(first: 25) { nodes { displayName phones { value } } isComplete } }';
const CONTACTS = 100_000;
/** As src/indexing/source-index.ts hashes them. */
const TURN_MS = 2;
const CALL_TIME_MS = 60_000;

const upstream = await startUpstream({ onlyoffice: 3_000, kommo: 1_500, callgear: 9_000 });
const { settings, identityKit, log, sources } = upstream;
const gateway = await startGateway({
  settings,
  log,
  auditLog: { attempt: async () => undefined, outcome: () => undefined },
  sources,
  identityKit,
  drainMs: 0,
});

// The first reading and the first requests fill what keeps the CRMs' replies.
await readAll(upstream);
await measure();
const rows = await watchTurns(() => readAll(upstream));
console.log(`${rows.value} contacts read from the sources: ${rows.text}`);
const ratios: number[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  const isFirst = round % 2 === 0;
  const before = isFirst ? await measureDuringBuild() : await measure();
  const after = isFirst ? await measure() : await measureDuringBuild();
  const [quiet, busy] = isFirst ? [after, before] : [before, after];
  ratios.push(p95(busy) / p95(quiet));
  console.log(
    `round ${round}: p50 ${quantile(quiet, 0.5).toFixed(1)} and p95 ${p95(quiet).toFixed(1)} ms without a build, ${quantile(busy, 0.5).toFixed(1)} and ${p95(busy).toFixed(1)} ms with one`,
  );
}
console.log(
  `${ROUNDS} rounds of ${REQUESTS} requests with and without a build: the median of the ratios of the p95 is ${quantile(ratios, 0.5).toFixed(2)} (${ratios
    .toSorted((one, other) => one - other)
    .map((ratio) => ratio.toFixed(2))
    .join(', ')})`,
);
await gateway.close();
await upstream.worker.terminate();
const hashed = await watchTurns(hashMany);
console.log(`${CONTACTS} contacts hashed in ${(hashed.value / 1_000).toFixed(1)} s: ${hashed.text}`);

/** The sandbox's CRMs with so many contacts, and the gateway's ways to them. */
async function startUpstream(workerData: { readonly onlyoffice: number; readonly kommo: number; readonly callgear: number }) {
  const worker = new Worker(new URL('./identity-upstream.ts', import.meta.url), { workerData });
  const [environment] = (await once(worker, 'message')) as [Readonly<Record<string, string>>];
  const own = readSettings(
    { ...environment, PORT: '0', CACHE_TTL_MS: '0', ANSWER_CACHE_BYTES: '0', KOMMO_RATE_LIMIT: '50', LOG_LEVEL: 'silent' },
    SOURCE_MODULES,
  );
  const silent = createLog('silent');
  const kit = createIdentityKit(own);
  return { worker, settings: own, identityKit: kit, log: silent, sources: createSources(own, silent, { identityKit: kit }) };
}

/** Builds an index of each source, as the gateway does. */
function startBuilds({ sources, settings, log, identityKit }: Awaited<ReturnType<typeof startUpstream>>): readonly SourceIndex[] {
  return [...sources.values()].map((source) => {
    const index = new SourceIndex({
      source,
      settings: { maxAgeMs: settings.contactIndexMaxAgeMs, quotaShare: settings.contactIndexQuotaShare, callTimeMs: CALL_TIME_MS },
      clock: { now: Date.now, sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }), giveWay: letOthersGoFirst },
      log,
      hash: (record) => identityKit.hashed(record),
    });
    void index.run();
    return index;
  });
}

/** Builds go on, one after the other, as long as it takes. */
async function measureDuringBuild(): Promise<readonly number[]> {
  let indexes = startBuilds(upstream);
  const again = setInterval(() => {
    if (indexes.some((index) => index.state.status !== 'READY')) return;
    for (const index of indexes) index.stop();
    indexes = startBuilds(upstream);
  }, 50);
  const times = await measure();
  clearInterval(again);
  for (const index of indexes) index.stop();
  return times;
}

/** Times requests, in milliseconds. */
async function measure(): Promise<readonly number[]> {
  const begun = performance.now();
  return Promise.all(
    Array.from({ length: REQUESTS }, async (_, index) => {
      await sleep(Math.max(1, begun + index * EVERY_MS - performance.now()));
      const sentAt = performance.now();
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: QUERY }),
      });
      await response.text();
      return performance.now() - sentAt;
    }),
  );
}

function p95(times: readonly number[]): number {
  return quantile(times, 0.95);
}

function quantile(times: readonly number[], share: number): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? 0;
}

/** Does some work, and looks at each turn of the event loop meanwhile. */
async function watchTurns(work: () => Promise<number>): Promise<{ readonly value: number; readonly text: string }> {
  const busy: number[] = [];
  const clock: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const [cpuBefore, before] = [process.threadCpuUsage(), performance.now()];
      await nextTurn();
      const { user, system } = process.threadCpuUsage(cpuBefore);
      busy.push((user + system) / 1_000);
      clock.push(performance.now() - before);
    }
  })();
  const value = await work();
  isOver = true;
  await watching;
  const most = (times: readonly number[]) => times.reduce((max, time) => Math.max(max, time), 0).toFixed(1);
  const over = busy.filter((time) => time > 50).length;
  return {
    value,
    text: `a turn of the event loop took ${most(busy)} ms of processor time at most, ${over} of ${busy.length} more than 50 ms (${most(clock)} ms by the clock)`,
  };
}

async function readAll(upstream: Awaited<ReturnType<typeof startUpstream>>): Promise<number> {
  const indexes = startBuilds(upstream);
  while (indexes.some((index) => index.state.status !== 'READY')) await sleep(5);
  for (const index of indexes) index.stop();
  return indexes.reduce((sum, index) => sum + index.size, 0);
}

async function hashMany(): Promise<number> {
  const table = new ContactTable('bench');
  const begun = performance.now();
  let turnBegan = performance.now();
  for (let index = 0; index < CONTACTS; index += 1) {
    if (performance.now() - turnBegan > TURN_MS) {
      await nextTurn();
      turnBegan = performance.now();
    }
    const phone = `+4915${String(100_000_000 + index)}`;
    const info = { idInSource: null, category: null, categoryName: null, isPrimary: null } as const;
    table.put(
      identityKit.hashed({
        ...emptyContact({ source: 'bench', entity: 'contact', kind: 'PERSON', idInSource: String(2_150_000_000 + index) }),
        firstName: `Anna${index % 977}`,
        lastName: `Weber${index}`,
        contactInfos: [
          { ...info, type: 'PHONE', value: phone, normalizedValue: phone },
          { ...info, type: 'EMAIL', value: `a${index}@x.example`, normalizedValue: `a${index}@x.example` },
          { ...info, type: 'EMAIL', value: `b${index}@y.example`, normalizedValue: `b${index}@y.example` },
        ],
      }),
    );
  }
  return performance.now() - begun;
}
