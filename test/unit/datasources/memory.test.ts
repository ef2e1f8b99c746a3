import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunnablePlan, SourceHealth, WriteCall } from '../../../src/datasources/contact-source.ts';
import { RememberingSource, createAnswerStore } from '../../../src/datasources/memory.ts';
import { createCall } from '../../support/call.ts';
import { InMemorySource, contactRecord, type InMemorySourceOptions } from '../../support/in-memory-source.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const WRITE: WriteCall = { deadline: Infinity, meter: { count: () => undefined } };
const contactRow = (source: string, idInSource: string, displayName: string) => ({
  record: contactRecord(source, idInSource, { displayName }),
});
const QUERY = { filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: new Set<never>() } as const;

function createRemembering(options: Partial<InMemorySourceOptions> & { ttlMs?: number; health?: () => SourceHealth } = {}) {
  const rows = Array.from({ length: 12 }, (_, index) => contactRow('crm', String(index + 1), `Name ${String(index + 10)}`));
  const inner = new InMemorySource({ name: 'crm', rows, blockSize: 5, ...options });
  if (options.health) inner.health = options.health;
  const source = new RememberingSource(inner, {
    store: createAnswerStore(10_000_000),
    ttlMs: options.ttlMs ?? 30_000,
    referenceTtlMs: 300_000,
  });
  const plan = source.planList(QUERY) as RunnablePlan;
  return { inner, source, plan };
}

test('reads a block once for two clients, until its time is up', async () => {
  const { inner, source, plan } = createRemembering();
  await source.readBlock(plan, 0, createCall());
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0]);
  vi.advanceTimersByTime(30_001);
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0, 0]);
});

test('makes identical reads in flight one, even when nothing is remembered', async () => {
  const { inner, source, plan } = createRemembering({ ttlMs: 0 });
  await Promise.all([
    source.readBlock(plan, 0, createCall()),
    source.readBlock(plan, 0, createCall()),
    source.readBlock(plan, 1, createCall()),
  ]);
  expect(inner.reads).toEqual([0, 1]);
});

test('aborts a shared read only when its last waiter has left', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  let signal: AbortSignal | undefined;
  const started = Promise.withResolvers<void>();
  const { source, plan } = createRemembering({
    beforeRead: (_index, _before, call) => {
      signal = call.signal;
      started.resolve();
      return held;
    },
  });
  const first = new AbortController();
  const second = new AbortController();
  const firstRead = source.readBlock(plan, 0, createCall({ signal: first.signal }));
  const secondRead = source.readBlock(plan, 0, createCall({ signal: second.signal }));
  await started.promise;
  first.abort();
  await expect(firstRead).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(signal?.aborted).toBe(false);
  second.abort();
  await expect(secondRead).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(signal?.aborted).toBe(true);
  letGo();
});

test('reads afresh on no-cache, and at most once in five seconds', async () => {
  const { inner, source, plan } = createRemembering();
  await source.readBlock(plan, 0, createCall());
  vi.advanceTimersByTime(6_000);
  await source.readBlock(plan, 0, createCall({ freshAfter: Date.now() }));
  vi.advanceTimersByTime(4_000);
  await source.readBlock(plan, 0, createCall({ freshAfter: Date.now() }));
  expect(inner.reads).toEqual([0, 0]);
});

describe('around a deletion', () => {
  test('forgets every block of the source', async () => {
    const { inner, source, plan } = createRemembering();
    await source.readBlock(plan, 0, createCall());
    await source.deleteContacts([{ entity: 'contact', idInSource: '1', before: 'absent' }], WRITE);
    inner.rows.shift();
    const block = await source.readBlock(plan, 0, createCall());
    expect(inner.reads).toEqual([0, 0]);
    expect(block.rows.map((row) => row?.idInSource)).not.toContain('1');
  });

  test('neither keeps nor joins a read that began before it', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { inner, source, plan } = createRemembering({ beforeRead: (_index, before) => gates[before]?.promise });
    const old = source.readBlock(plan, 0, createCall());
    await source.deleteContacts([{ entity: 'contact', idInSource: '1', before: 'absent' }], WRITE);
    const fresh = source.readBlock(plan, 0, createCall());
    gates[1]?.resolve();
    await fresh;
    gates[0]?.resolve();
    await old;
    await source.readBlock(plan, 0, createCall());
    expect(inner.reads).toHaveLength(2);
  });
});

test('forgets the list when the rows before a block are not those that the block before ended with', async () => {
  const { inner, source, plan } = createRemembering({ hasOverlap: true });
  await source.readBlock(plan, 0, createCall());
  inner.rows.splice(0, 1);
  vi.advanceTimersByTime(10);
  await source.readBlock(plan, 1, createCall());
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0, 1, 0]);
});

test('stretches its time to live as a day quota runs ahead of its pace', async () => {
  const DAY_MS = 86_400_000;
  const health = (): SourceHealth => ({
    status: 'OK',
    checkedAt: null,
    latencyMs: null,
    error: null,
    // A tenth of the quota is left for half of the day.
    quotas: [{ window: 'DAY', limit: 750, remaining: 75, resetsAt: new Date(Date.now() + DAY_MS / 2) }],
  });
  const { inner, source, plan } = createRemembering({ health });
  await source.readBlock(plan, 0, createCall());
  vi.advanceTimersByTime(149_000);
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0]);
  vi.advanceTimersByTime(2_000);
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0, 0]);
});

test('stays within its bytes', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => contactRow('crm', String(index + 1), `Name ${index}`));
  const inner = new InMemorySource({ name: 'crm', rows, blockSize: 20 });
  const store = createAnswerStore(200_000);
  const source = new RememberingSource(inner, { store, ttlMs: 30_000, referenceTtlMs: 0 });
  const plan = source.planList(QUERY) as RunnablePlan;
  for (let index = 0; index < 20; index += 1) await source.readBlock(plan, index, createCall());
  expect(store.calculatedSize).toBeLessThanOrEqual(200_000);
  expect(store.size).toBeGreaterThan(0);
});
