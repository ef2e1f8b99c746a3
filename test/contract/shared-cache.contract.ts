import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CachingSource } from '../../src/datasources/cache/caching-source.ts';
import type { Call, WriteCall } from '../../src/datasources/port/call.ts';
import type { DeletionTarget } from '../../src/datasources/port/deletion.ts';
import type { RunnablePlan } from '../../src/datasources/port/list-plan.ts';
import type { ContactRecord } from '../../src/datasources/port/records/contact.ts';
import type { Entity, RecordOf } from '../../src/datasources/port/records/entity.ts';
import { SourceError } from '../../src/datasources/port/source-error.ts';
import { createCall } from '../support/call.ts';
import { eventually } from '../support/eventually.ts';
import { InMemorySource, contactRecord, type InMemorySourceOptions } from '../support/in-memory-source.ts';

/** The cache of one CRM account as two requests see it, be they sent to one process or to two. */
export interface CacheSubject extends AsyncDisposable {
  /** The cache as a request finds it that has just begun. */
  one(): Promise<CachingSource>;
  other(): Promise<CachingSource>;
}

/** Makes the caches over an account. */
export type CreateCache = (inner: InMemorySource, ttlMs: number) => Promise<CacheSubject>;

const TTL_MS = 60_000;
/** Far more than two replicas' estimates of Redis' clock differ by, on a busy machine too. */
const CLOCKS_DIFFER_MS = 1_000;
const DELETED: DeletionTarget = { entity: 'contact', idInSource: '1', before: 'absent' };
const WRITE: WriteCall = { deadline: Infinity, meter: { count: () => undefined } };
const QUERY = { filter: {}, order: { field: 'DISPLAY_NAME', direction: 'ASC' }, details: new Set<never>() } as const;
const NO_DETAILS = new Set<never>();
const DAMAGED = new SourceError('crm', 'BAD_RESPONSE', 'It cannot be read.', { httpStatus: 200, scope: 'RECORD' });

/** A CRM that finds contacts by id too, and counts how often it is asked. */
class CountingSource extends InMemorySource {
  readonly finds: (readonly string[])[] = [];
  lists = 0;

  override async findByIds<E extends Entity>(_entity: E, ids: readonly string[]): Promise<ReadonlyMap<string, RecordOf<E>>> {
    this.finds.push(ids);
    await sleep(1);
    const known = this.rows.filter(({ record }) => ids.includes(record.idInSource));
    return new Map(known.map(({ record }) => [record.idInSource, record as RecordOf<E>]));
  }

  override async listReferences(): Promise<readonly never[]> {
    this.lists += 1;
    return [{ idInSource: '1', name: 'New', description: null, color: null, position: DAMAGED }] as readonly object[] as readonly never[];
  }
}

function createInner(options: Partial<InMemorySourceOptions> = {}): CountingSource {
  const rows = Array.from({ length: 12 }, (_none, index) => ({
    record: contactRecord('crm', String(index + 1), {
      displayName: `Name ${String(index + 10)}`,
      createdAt: new Date(1_700_000_000_000 + index),
      about: index % 2 === 0 ? DAMAGED : `Ünïcode ${index}`,
      damaged: new Set(index % 2 === 0 ? ['about'] : []),
    }),
  }));
  return new CountingSource({ name: 'crm', rows, blockSize: 5, hasOverlap: true, ...options });
}

const planOf = (inner: InMemorySource) => inner.planList(QUERY) as RunnablePlan;
const idsOf = (rows: readonly (ContactRecord | null)[]) => rows.map((row) => row?.idInSource);

/** A read that goes on until it is let go. */
function heldRead() {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  return { letGo, beforeRead: (_index: number, readsBefore: number) => (readsBefore === 0 ? held : undefined) };
}

/** What every cache promises, in one process or in several. */
export function describeSharedCache(create: CreateCache): void {
  test('gives what one has read to the other, as it was read', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    const read = await (await cache.one()).readBlock(planOf(inner), 0, createCall());
    const again = await (await cache.other()).readBlock(planOf(inner), 0, createCall());
    expect(inner.reads).toEqual([0]);
    expect(again).toEqual(read);
    expect(again.rows[0]?.about).toEqual(DAMAGED);
    expect(again.rows[0]?.about).toBeInstanceOf(SourceError);
    expect(again.rows[0]?.leadIds).toBeUndefined();
    expect(again.rows[1]?.createdAt).toEqual(new Date(1_700_000_000_001));
  });

  test('makes equal reads at the same time one, which is paid for once', async () => {
    const { letGo, beforeRead } = heldRead();
    const inner = createInner({ beforeRead });
    await using cache = await create(inner, TTL_MS);
    const calls = [createCall(), createCall(), createCall()];
    const seats = [await cache.one(), await cache.other(), await cache.other()];
    const reads = seats.map((seat, index) => seat.readBlock(planOf(inner), 0, calls[index] as Call));
    await eventually(() => expect(inner.reads).toEqual([0]));
    // Time enough for the others to read, if they did.
    await sleep(500);
    letGo();
    const blocks = await Promise.all(reads);
    expect(inner.reads).toEqual([0]);
    expect(calls.flatMap(({ counted }) => counted)).toEqual(['crm']);
    expect(blocks[2]).toEqual(blocks[0]);
  });

  test('lets nobody wait for the read of another beyond his own deadline', async () => {
    const { letGo, beforeRead } = heldRead();
    const inner = createInner({ beforeRead });
    await using cache = await create(inner, TTL_MS);
    const read = (await cache.one()).readBlock(planOf(inner), 0, createCall());
    await eventually(() => expect(inner.reads).toEqual([0]));
    const impatient = (await cache.other()).readBlock(planOf(inner), 0, createCall({ timeMs: 500 }));
    await expect(impatient).rejects.toMatchObject({ code: 'TIMEOUT' });
    letGo();
    await read;
    expect(inner.reads).toEqual([0]);
  });

  test('keeps no failure: whoever waited for the read fails with it, or reads anew, and the next one reads', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const failure = new SourceError('crm', 'UNAVAILABLE', 'It is away.');
    const inner = createInner({
      beforeRead: async (_index, readsBefore) => {
        if (readsBefore > 0) return;
        await held;
        throw failure;
      },
    });
    await using cache = await create(inner, TTL_MS);
    const first = (await cache.one()).readBlock(planOf(inner), 0, createCall());
    const failed = first.catch((error: unknown) => error);
    await eventually(() => expect(inner.reads).toEqual([0]));
    const waiting = (await cache.other()).readBlock(planOf(inner), 0, createCall()).catch((error: unknown) => error);
    letGo();
    expect(await failed).toBe(failure);
    await waiting;
    expect(idsOf((await (await cache.one()).readBlock(planOf(inner), 0, createCall())).rows)).toHaveLength(5);
  });

  test('finds records that the other has read, remembers ids that the CRM does not know, and reads only the others', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    await (await cache.one()).findByIds('contact', ['1', '2', '99'], NO_DETAILS, createCall());
    await (await cache.other()).findByIds('contact', ['1', '2', '99'], NO_DETAILS, createCall());
    const found = await (await cache.other()).findByIds('contact', ['1', '99', '3'], NO_DETAILS, createCall());
    expect(inner.finds).toEqual([['1', '2', '99'], ['3']]);
    expect([...found.keys()].toSorted()).toEqual(['1', '3']);
    expect(found.get('1')).toEqual(inner.rows[0]?.record);
  });

  test('keeps reference data', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    const read = await (await cache.one()).listReferences('statuses', createCall());
    expect(await (await cache.other()).listReferences('statuses', createCall())).toEqual(read);
    expect(inner.lists).toBe(1);
  });

  test('gives nothing that was read before a deletion to whoever asks after it', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    await (await cache.one()).readBlock(planOf(inner), 0, createCall());
    await (await cache.other()).findByIds('contact', ['1'], NO_DETAILS, createCall());
    inner.rows.splice(0, 1);
    await (await cache.one()).deleteContacts([DELETED], WRITE);
    for (const seat of [await cache.other(), await cache.one()]) {
      expect(idsOf((await seat.readBlock(planOf(inner), 0, createCall())).rows)).not.toContain('1');
      expect((await seat.findByIds('contact', ['1'], NO_DETAILS, createCall())).size).toBe(0);
    }
    expect(inner.reads).toEqual([0, 0]);
  });

  test('keeps nothing that was being read when something was deleted', async () => {
    const { letGo, beforeRead } = heldRead();
    const inner = createInner({ beforeRead });
    await using cache = await create(inner, TTL_MS);
    const before = (await cache.other()).readBlock(planOf(inner), 0, createCall());
    await eventually(() => expect(inner.reads).toEqual([0]));
    await (await cache.one()).deleteContacts([DELETED], WRITE);
    await (await cache.other()).readBlock(planOf(inner), 0, createCall());
    letGo();
    await before;
    expect(inner.reads).toEqual([0, 0]);
    inner.rows.splice(0, 1);
    await (await cache.one()).deleteContacts([DELETED], WRITE);
    for (const seat of [await cache.one(), await cache.other()]) {
      expect(idsOf((await seat.readBlock(planOf(inner), 0, createCall())).rows)).not.toContain('1');
    }
  });

  test('gives nothing that is older than its time', async () => {
    const inner = createInner();
    await using cache = await create(inner, 600);
    await (await cache.one()).readBlock(planOf(inner), 0, createCall());
    await sleep(700);
    await (await cache.other()).readBlock(planOf(inner), 0, createCall());
    expect(inner.reads).toEqual([0, 0]);
  });

  test('reads the blocks of a list again that another block shows to have moved', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    await (await cache.one()).readBlock(planOf(inner), 0, createCall());
    await sleep(CLOCKS_DIFFER_MS);
    inner.rows.splice(0, 2);
    const seat = await cache.other();
    await seat.readBlock(planOf(inner), 0, createCall());
    await seat.readBlock(planOf(inner), 1, createCall());
    expect(idsOf((await seat.readBlock(planOf(inner), 0, createCall())).rows)).toEqual(['3', '4', '5', '6', '7']);
    expect(inner.reads).toEqual([0, 1, 0]);
  });

  test('gives what decides about a write from the CRM itself', async () => {
    const inner = createInner();
    await using cache = await create(inner, TTL_MS);
    await (await cache.one()).readBlock(planOf(inner), 0, createCall());
    await sleep(CLOCKS_DIFFER_MS);
    const strict: Call = { ...createCall({ freshAfter: Date.now() }), isFreshnessStrict: true };
    await (await cache.other()).readBlock(planOf(inner), 0, strict);
    expect(inner.reads).toEqual([0, 0]);
  });
}
