import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import type { ContactPage } from '../../../src/federation/contact-page.ts';
import type { InMemorySource } from '../../support/in-memory-source.ts';
import { idsOf, readPage, type PageOptions } from './read-page.ts';
import { idOf, makeSource, sourceShapeArbitrary, sourceShapesArbitrary, type SourceShape } from './source-arbitraries.ts';

const LIST_MS = 5_000;
const STEP_MS = 25;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/** Lets the fake time pass until the page is there. @returns The page, and how long it took. */
async function timed(reading: Promise<ContactPage>): Promise<{ page: ContactPage; ms: number }> {
  const startedAt = performance.now();
  let page: ContactPage | undefined;
  void reading.then((read) => (page = read));
  for (;;) {
    // The sources answer from the event loop: what is there without waiting comes first.
    for (let turn = 0; turn < 12; turn += 1) await setImmediate();
    if (page !== undefined) return { page, ms: performance.now() - startedAt };
    if (performance.now() - startedAt > 2 * LIST_MS) throw new Error('The page does not come.');
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const never = (): Promise<never> => new Promise(() => {});

/** What a source does from its n-th read on. */
const trouble = fc.record({
  from: fc.integer({ min: 0, max: 2 }),
  kind: fc.constantFrom('silent', 'slow', 'failing late'),
  ms: fc.integer({ min: 2_000, max: 4_900 }),
});
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;

async function suffer({ kind, ms }: Trouble): Promise<void> {
  if (kind === 'silent') await never();
  await wait(ms);
  if (kind === 'failing late') throw new SourceError('x', 'UNAVAILABLE', 'no');
}

const healthyMs = fc.integer({ min: 0, max: 75 });
const first = fc.integer({ min: 0, max: 40 });
const page = (sources: readonly InMemorySource[], options: PageOptions) =>
  timed(readPage(sources, { sourceTimeoutMs: LIST_MS, now: () => performance.now(), ...options }));

test('a source that is silent, slow or failing costs the others no row and no time, whichever and however many they are', async () => {
  const sick = fc.array(fc.record({ shape: sourceShapeArbitrary, trouble }), { minLength: 1, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(sourceShapesArbitrary, sick, healthyMs, first, async (healthyShapes, sickOnes, ms, size) => {
      const healthy = healthyShapes.map((shape, at) => makeSource(shape, at, { beforeRead: () => wait(ms) }));
      const others = sickOnes.map((one, at) =>
        makeSource(one.shape, 10 + at, { beforeRead: (_index, reads) => (reads >= one.trouble.from ? suffer(one.trouble) : wait(ms)) }),
      );
      const { page: got, ms: took } = await page([...others, ...healthy], { first: size });
      expect(took).toBeLessThanOrEqual(LIST_MS + 2 * STEP_MS);
      for (const report of got.reports.slice(others.length)) expect(report.error?.code ?? 'BAD_RESPONSE').toBe('BAD_RESPONSE');
      // Their rows are those of their own list, as far as the others' rows leave place for them.
      const { page: alone } = await page(healthy, { first: size });
      const ofHealthy = idsOf(got).filter((id) => healthy.some(({ name }) => id.startsWith(`${name}:`)));
      expect(ofHealthy).toEqual(idsOf(alone).slice(0, ofHealthy.length));
      const isFull = got.edges.length === size;
      const isWhole = ofHealthy.length === alone.edges.length;
      const isHeldBack = got.reports.some(({ status, error }) => status === 'PARTIAL' && error === null);
      expect(isFull || isWhole || isHeldBack).toBe(true);
    }),
    { seed: 20_261_128, numRuns: 150 },
  );
}, 60_000);

test('sources that answer in time are asked for no block more than the page needs', async () => {
  await fc.assert(
    fc.asyncProperty(sourceShapesArbitrary, healthyMs, first, async (shapes, ms, size) => {
      const make = (beforeRead: () => unknown) => shapes.map((shape, at) => makeSource(shape, at, { beforeRead }));
      const [timely, instant] = [make(() => wait(ms)), make(() => undefined)];
      await page(timely, { first: size });
      // With all the time in the world nobody ever reads ahead.
      await page(instant, { first: size, sourceTimeoutMs: 1e9 });
      expect(timely.map(({ reads }) => reads)).toEqual(instant.map(({ reads }) => reads));
    }),
    { seed: 20_261_128, numRuns: 100 },
  );
}, 60_000);

const plain = (count: number, prefix: string): SourceShape => ({
  names: Array.from({ length: count }, (_, at) => ({ name: `${prefix}${String(at).padStart(3, '0')}`, form: undefined, isTagged: false })),
  blockSize: 50,
  collation: 'byKey',
  hasOverlap: false,
  hasPhantomNext: false,
  shape: 'blocks',
});

test('while one is silent the others read ahead what the page needs, each block once', async () => {
  const silent = makeSource(plain(5, 'a'), 0, { beforeRead: never });
  const others = [makeSource(plain(70, 'a'), 1), makeSource(plain(120, 'b'), 2)];
  const { page: got } = await page([silent, ...others], { first: 100 });
  expect(idsOf(got)).toEqual(others.flatMap(({ rows }) => rows.map(({ record }) => idOf(record))).slice(0, 100));
  expect(others.map(({ reads }) => reads)).toEqual([[0, 1], [0]]);
  expect(got.reports.map(({ status }) => status)).toEqual(['FAILED', 'OK', 'OK']);
});

test('one that falls silent while another already is does not hold up the third', async () => {
  const silentAtOnce = makeSource(plain(5, 'a'), 0, { beforeRead: never });
  const silentLater = makeSource(plain(70, 'a'), 1, { beforeRead: (index) => (index > 0 ? never() : undefined) });
  const healthy = makeSource(plain(70, 'b'), 2);
  const { page: got } = await page([silentAtOnce, silentLater, healthy], { first: 200 });
  expect(got.reports.map(({ status }) => status)).toEqual(['FAILED', 'PARTIAL', 'OK']);
  expect(got.edges).toHaveLength(120);
});

test('what was read ahead in vain is aborted with the page', async () => {
  const signals: AbortSignal[] = [];
  const slow = makeSource(plain(100, 'a'), 0, { beforeRead: () => wait(2_000) });
  const other = makeSource(plain(200, 'b'), 1, {
    beforeRead: (index, _reads, call) => {
      if (index === 0) return undefined;
      signals.push(call.signal);
      return never();
    },
  });
  const { page: got, ms } = await page([slow, other], { first: 100 });
  expect(ms).toBeLessThan(LIST_MS);
  expect(got.edges).toHaveLength(100);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
