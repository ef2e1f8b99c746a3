/**
 * What building contact indexes costs people's requests, and the process: `node bench/identity.ts`.
 *
 * Prints the 95th percentile of requests with and without a build under way, and, for 100,000 contacts, the memory of an index and the longest time
 * that the event loop was held while they were hashed.
 */
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { readSettings } from '../src/config/settings.ts';
import { emptyContact } from '../src/datasources/port/records/empty-contact.ts';
import { SOURCE_MODULES } from '../src/datasources/registry.ts';
import { createIdentityKit } from '../src/federation/identity/identity-kit.ts';
import { ContactTable } from '../src/indexing/contact-table.ts';
import { startGateway } from '../src/server/server.ts';
import { createSources, startIndexes } from '../src/sources.ts';
import { createLog } from '../src/telemetry/log.ts';

const REQUESTS = 120;
const AT_ONCE = 2;
const QUERY = '{ contacts(first: 25) { nodes { displayName phones { value } } isComplete } }';
const CONTACTS = 100_000;
/** As src/indexing/source-index.ts hashes them. */
const TURN_MS = 5;

const upstream = new Worker(new URL('./identity-upstream.ts', import.meta.url));
const [environment] = (await once(upstream, 'message')) as [Readonly<Record<string, string>>];
const settings = readSettings(
  {
    ...environment,
    PORT: '0',
    CACHE_TTL_MS: '0',
    ANSWER_CACHE_BYTES: '0',
    CONTACT_INDEX: 'on',
    KOMMO_RATE_LIMIT: '50',
    LOG_LEVEL: 'silent',
  },
  SOURCE_MODULES,
);
const log = createLog('silent');
const identityKit = createIdentityKit(settings);
const sources = createSources(settings, log, { identityKit });
const gateway = await startGateway({
  settings,
  log,
  auditLog: { attempt: async () => undefined, outcome: () => undefined },
  sources,
  identityKit,
  drainMs: 0,
});

await measure();
const without = await measure();
const stop = startIndexes(sources);
const during = await measure();
const states = [...sources.values()].map(({ name, index }) => `${name} ${index?.state.status} ${index?.state.rowsRead}`);
stop();
console.log(
  `p95 of ${REQUESTS} requests: ${without.toFixed(1)} ms without a build, ${during.toFixed(1)} ms with one; ratio ${(during / without).toFixed(2)}`,
);
console.log(`by then: ${states.join(', ')}`);
await gateway.close();
await upstream.terminate();
await hashMany();

async function measure(): Promise<number> {
  const times: number[] = [];
  let left = REQUESTS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const begun = performance.now();
        const response = await fetch(gateway.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY }),
        });
        await response.text();
        times.push(performance.now() - begun);
      }
    }),
  );
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length * 0.95)] ?? 0;
}

async function hashMany(): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const table = new ContactTable('bench');
  await nextTurn();
  delay.enable();
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
  delay.disable();
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `${CONTACTS} contacts hashed in ${seconds.toFixed(1)} s; the event loop was held for ${(delay.max / 1e6).toFixed(1)} ms at most, ${(delay.percentile(99) / 1e6).toFixed(1)} ms in 99 of 100`,
  );
}
