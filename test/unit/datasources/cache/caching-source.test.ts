import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WriteCall } from '../../../../src/datasources/port/call.ts';
import type { RunnablePlan } from '../../../../src/datasources/port/list-plan.ts';
import type { SourceHealth } from '../../../../src/datasources/port/source-health.ts';
import { createCacheStore } from '../../../../src/datasources/cache/cache-store.ts';
import { CachingSource } from '../../../../src/datasources/cache/caching-source.ts';
import type { ContactRecord } from '../../../../src/datasources/port/records/contact.ts';
import type { Entity, RecordOf } from '../../../../src/datasources/port/records/entity.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { createCall } from '../../../support/call.ts';
import { InMemorySource, contactRecord, type InMemorySourceOptions } from '../../../support/in-memory-source.ts';

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
  const source = new CachingSource(inner, {
    store: createCacheStore(10_000_000),
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

test('takes nothing for fresh that was read at a later hour, before the clock was set back', async () => {
  const { inner, source, plan } = createRemembering();
  await source.readBlock(plan, 0, createCall());
  vi.setSystemTime(Date.now() - 3_600_000);
  await source.readBlock(plan, 0, { ...createCall(), freshAfter: Date.now(), isFreshnessStrict: true });
  expect(inner.reads).toEqual([0, 0]);
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

test('asks one read of the CRM when two want fresh answers at the same time', async () => {
  const { inner, source, plan } = createRemembering();
  await source.readBlock(plan, 0, createCall());
  vi.advanceTimersByTime(6_000);
  const first = source.readBlock(plan, 0, createCall({ freshAfter: Date.now() }));
  vi.advanceTimersByTime(100);
  await Promise.all([first, source.readBlock(plan, 0, createCall({ freshAfter: Date.now() }))]);
  expect(inner.reads).toEqual([0, 0]);
});

test('counts the age of an answer from when its read began', async () => {
  const { inner, source, plan } = createRemembering({ beforeRead: () => vi.advanceTimersByTime(20_000) });
  await source.readBlock(plan, 0, createCall());
  vi.advanceTimersByTime(10_001);
  await source.readBlock(plan, 0, createCall());
  expect(inner.reads).toEqual([0, 0]);
});

describe('records by id', () => {
  /** A source that knows the ids 1 and 2, and what it was asked for. */
  function createFinding(answer: (id: string, reads: number) => ContactRecord | SourceError | null = () => null) {
    const { inner, source } = createRemembering();
    const asked: string[][] = [];
    const gate = Promise.withResolvers<void>();
    inner.findByIds = async <E extends Entity>(_entity: E, ids: readonly string[]) => {
      asked.push([...ids]);
      const reads = asked.length;
      await gate.promise;
      const known = ids.flatMap((id) => {
        const record = answer(id, reads) ?? (id === '1' || id === '2' ? contactRecord('crm', id) : null);
        return record === null ? [] : [[id, record] as const];
      });
      return new Map(known) as unknown as ReadonlyMap<string, RecordOf<E>>;
    };
    const find = (...ids: string[]) => source.findByIds('contact', ids, new Set(), createCall());
    return { asked, find, letGo: gate.resolve };
  }

  test('are read once each, those that the CRM does not know too', async () => {
    const { asked, find, letGo } = createFinding();
    letGo();
    expect([...(await find('1', '9')).keys()]).toEqual(['1']);
    expect([...(await find('9', '2', '1')).keys()].sort()).toEqual(['1', '2']);
    expect([...(await find('9')).keys()]).toEqual([]);
    expect(asked).toEqual([['1', '9'], ['2']]);
  });

  test('are read again when they failed', async () => {
    const { asked, find, letGo } = createFinding((id, reads) =>
      id === '2' && reads === 1 ? new SourceError('crm', 'BAD_RESPONSE', 'odd') : null,
    );
    letGo();
    expect((await find('1', '2')).get('2')).toBeInstanceOf(SourceError);
    expect((await find('1', '2')).get('2')).toMatchObject({ idInSource: '2' });
    expect(asked).toEqual([['1', '2'], ['2']]);
  });

  test('that are remembered are not lost when the others fail, nor is it forgotten who does not exist', async () => {
    let isDown = false;
    const { inner, source } = createRemembering();
    inner.findByIds = async <E extends Entity>(_entity: E, ids: readonly string[]) => {
      if (isDown) throw new SourceError('crm', 'UNAVAILABLE', 'down');
      const known = ids.filter((id) => id !== '9').map((id) => [id, contactRecord('crm', id)] as const);
      return new Map(known) as unknown as ReadonlyMap<string, RecordOf<E>>;
    };
    const find = (...ids: string[]) => source.findByIds('contact', ids, new Set(), createCall());
    await find('1', '9');
    isDown = true;
    const found = await find('1', '2', '9');
    expect(Object.fromEntries(found)).toEqual({ 1: expect.objectContaining({ idInSource: '1' }), 2: expect.any(SourceError) });
    await expect(find('2', '3')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('that failed by the budget of the one who began the read are read again for those who joined it', async () => {
    const { asked, find, letGo } = createFinding((id, reads) =>
      id === '2' && reads === 1 ? new SourceError('crm', 'COST_EXCEEDED', 'too much') : null,
    );
    const [beginner, joiner] = [find('1', '2'), find('2', '1')];
    letGo();
    expect((await beginner).get('2')).toMatchObject({ code: 'COST_EXCEEDED' });
    expect((await joiner).get('2')).toMatchObject({ idInSource: '2' });
    expect(asked).toEqual([['1', '2'], ['2']]);
  });
});

describe('reference data', () => {
  const user = (idInSource: string) => ({ ...emptyUser, idInSource });
  const emptyUser = { displayName: 'Vera', jobTitle: null, email: null, avatarUrl: null, profileUrl: null, group: null };

  /** A CRM that gives all its users whenever it is asked for one. */
  function createStaffed() {
    const { inner, source } = createRemembering();
    const asked: string[] = [];
    inner.findByIds = async <E extends Entity>(entity: E, ids: readonly string[]) => {
      asked.push(`${entity} ${ids.join()}`);
      return new Map(['1', '2', '3'].map((id) => [id, user(id)])) as unknown as ReadonlyMap<string, RecordOf<E>>;
    };
    inner.listReferences = async () => {
      asked.push('list');
      return [];
    };
    const find = async (...ids: string[]) => [...(await source.findByIds('user', ids, new Set(), createCall())).keys()];
    return { asked, source, find };
  }

  test('is never older than its time to live, users by id included', async () => {
    const { asked, source, find } = createStaffed();
    await find('1');
    await source.listReferences('users', createCall());
    vi.advanceTimersByTime(299_999);
    await find('1');
    await source.listReferences('users', createCall());
    expect(asked).toEqual(['user 1', 'list']);
    vi.advanceTimersByTime(1);
    await find('1');
    await source.listReferences('users', createCall());
    expect(asked).toEqual(['user 1', 'list', 'user 1', 'list']);
  });

  test('that came along with a user is not asked for again, nor given to those who did not ask', async () => {
    const { asked, find } = createStaffed();
    expect(await find('1')).toEqual(['1']);
    expect(await find('2', '3', '9')).toEqual(['2', '3']);
    expect(asked).toEqual(['user 1', 'user 9']);
  });
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

test('counts the bytes of long texts and of what callers choose', () => {
  const store = createCacheStore(1_000_000);
  const small = { answer: [contactRecord('crm', '1')], readAt: 0, generation: 0 };
  const large = { answer: [contactRecord('crm', '1', { about: 'x'.repeat(10_000) })], readAt: 0, generation: 0 };
  store.set('a', small);
  const smallBytes = store.calculatedSize;
  store.set('b', large);
  expect(store.calculatedSize - smallBytes).toBeGreaterThanOrEqual(smallBytes + 20_000 - 100);
  store.set('k'.repeat(50_000), { answer: [], readAt: 0, generation: 0 });
  expect(store.calculatedSize).toBeGreaterThan(100_000);
});

test('stays within its bytes', async () => {
  const rows = Array.from({ length: 400 }, (_, index) => contactRow('crm', String(index + 1), `Name ${index}`));
  const inner = new InMemorySource({ name: 'crm', rows, blockSize: 20 });
  const store = createCacheStore(200_000);
  const source = new CachingSource(inner, { store, ttlMs: 30_000, referenceTtlMs: 0 });
  const plan = source.planList(QUERY) as RunnablePlan;
  for (let index = 0; index < 20; index += 1) await source.readBlock(plan, index, createCall());
  expect(store.calculatedSize).toBeLessThanOrEqual(200_000);
  expect(store.size).toBeGreaterThan(0);
});
