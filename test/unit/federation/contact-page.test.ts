import { describe, expect, test } from 'vitest';
import type { ContactRecord } from '../../../src/datasources/port/records/contact.ts';
import { contactRecord, InMemorySource, type InMemorySourceOptions } from '../../support/in-memory-source.ts';
import { createCall } from '../../support/call.ts';
import { idsOf, namesOf, readPage } from './read-page.ts';

function sourceOf(name: string, names: readonly string[], options: Partial<InMemorySourceOptions> = {}): InMemorySource {
  const rows = names.map((displayName, at) => ({ record: contactRecord(name, String(at + 1), { displayName }) }));
  return new InMemorySource({ name, rows, ...options });
}
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${String(at).padStart(4, '0')}`);

describe('a page', () => {
  test('merges all sources by name, ties by source', async () => {
    const page = await readPage([sourceOf('b', ['ada', 'eva']), sourceOf('a', ['Ada', 'bela'])]);
    expect(idsOf(page)).toEqual(['a:1', 'b:1', 'a:2', 'b:2']);
    expect(page).toMatchObject({ hasNextPage: false, hasPreviousPage: false, totalCount: 4, isComplete: true });
  });

  test('of no sources is empty and complete', async () => {
    const page = await readPage([]);
    expect(page).toMatchObject({ edges: [], hasNextPage: false, totalCount: 0, isComplete: true, reports: [] });
    expect(page.startCursor()).toBeNull();
    await expect(readPage([], { after: page.endCursor() })).resolves.toMatchObject({ hasPreviousPage: true });
  });

  test('ends with the cursor of its last edge', async () => {
    const page = await readPage([sourceOf('a', numbered(30)), sourceOf('b', numbered(30))], { first: 7 });
    expect(page.endCursor()).toBe(page.edges.at(-1)?.cursor());
    expect(page.startCursor()).toBe(page.edges[0]?.cursor());
  });

  test('of size 0 counts, and its cursor is the beginning', async () => {
    const sources = [sourceOf('a', numbered(7)), sourceOf('b', [])];
    const counted = await readPage(sources, { first: 0 });
    expect(counted).toMatchObject({ edges: [], hasNextPage: true, totalCount: 7 });
    expect((await readPage(sources, { after: counted.endCursor() })).edges).toHaveLength(7);
  });

  test('gives a row once though the source repeats it', async () => {
    const source = sourceOf('a', ['ada', 'bela']);
    const [row] = source.rows;
    if (row) source.rows.push(row, row);
    expect(namesOf(await readPage([source]))).toEqual(['ada', 'bela']);
  });

  test('ends, and says so, when a source repeats its rows without end', async () => {
    const source = sourceOf('a', numbered(5), { blockSize: 5 });
    const endless = Object.assign(source, {
      readBlock: async () => ({
        rows: source.rows.map(({ record }): ContactRecord => record),
        overlap: [],
        isLast: false,
        totalCount: null,
        droppedRows: 0,
        asOf: new Date(),
        isWhole: true,
      }),
    });
    const page = await readPage([endless]);
    expect(page.edges).toHaveLength(5);
    expect(page.reports[0]).toMatchObject({ status: 'PARTIAL', error: { code: 'BAD_RESPONSE' } });
  });
});

describe('what a page reads', () => {
  test('is the first block of each source, all at once, and no more than the rows need', async () => {
    const sources = [sourceOf('a', numbered(500), { blockSize: 50 }), sourceOf('b', numbered(500), { blockSize: 100 })];
    const page = await readPage(sources, { first: 90 });
    expect(page.hasNextPage).toBe(true);
    expect(sources.map(({ reads }) => reads)).toEqual([[0], [0]]);
  });

  test('is nothing of a source that an earlier page has given to the end', async () => {
    const sources = [sourceOf('a', ['ada']), sourceOf('b', numbered(9), { blockSize: 50 })];
    const firstPage = await readPage(sources, { first: 3 });
    const nextPage = await readPage(sources, { first: 3, after: firstPage.endCursor() });
    expect(sources[0]?.reads).toEqual([0]);
    expect(nextPage.reports[0]).toMatchObject({ status: 'OK', totalCount: 1, isComplete: true, asOf: null });
    expect(nextPage.totalCount).toBe(10);
  });

  test('is one block for each page inside a block', async () => {
    const source = sourceOf('a', numbered(100), { blockSize: 100 });
    let after: string | null = null;
    for (let page = 0; page < 4; page += 1) after = (await readPage([source], { after, first: 20 })).endCursor();
    expect(source.reads).toEqual([0, 0, 0, 0]);
  });

  test('is the next block when one is used up exactly, to know whether there is a next page', async () => {
    const source = sourceOf('a', numbered(100), { blockSize: 50 });
    const page = await readPage([source], { first: 50 });
    expect(page.hasNextPage).toBe(true);
    expect(source.reads).toEqual([0, 1]);
    source.reads.length = 0;
    await readPage([source], { first: 20, after: page.endCursor() });
    expect(source.reads).toEqual([1]);
  });

  test('is no next block when another source already tells that there is a next page', async () => {
    const sources = [sourceOf('a', numbered(100), { blockSize: 10 }), sourceOf('b', ['zoe'])];
    const page = await readPage(sources, { first: 10 });
    expect(page.hasNextPage).toBe(true);
    expect(sources[0]?.reads).toEqual([0]);
  });

  test('begins with the sources whose rows take a second step', async () => {
    const asked: string[] = [];
    const source = (name: string, entities: readonly string[]) =>
      Object.assign(sourceOf(name, ['ada'], { beforeRead: () => asked.push(name) }), {
        readsManyAtOnce: (entity: string) => entities.includes(entity),
      });
    const sources = [source('a', []), source('b', ['user']), sourceOf('c', ['ada']), source('d', ['company', 'user'])];
    const page = await readPage(sources);
    expect(asked).toEqual(['b', 'd', 'a']);
    expect(page.reports.map(({ source: { name } }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(idsOf(page)).toEqual(['a:1', 'b:1', 'c:1', 'd:1']);
  });

  test('starts with all sources in parallel', async () => {
    let waiting = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const beforeRead = async (): Promise<void> => {
      waiting += 1;
      if (waiting === 3) resolve();
      await promise;
    };
    const page = await readPage(['a', 'b', 'c'].map((name) => sourceOf(name, ['ada'], { beforeRead })));
    expect(page.edges).toHaveLength(3);
  });

  test('is nothing when only ids of other sources are asked for', async () => {
    const sources = [sourceOf('a', ['ada']), sourceOf('b', ['bela'])];
    const call = createCall();
    const page = await readPage(sources, { call, filter: { statusIds: [{ source: 'c', entity: 'status', idInSource: '1' }] } });
    expect(call.counted).toEqual([]);
    expect(page).toMatchObject({ edges: [], totalCount: 0, isComplete: true, hasNextPage: false });
    expect(page.reports.map(({ status }) => status)).toEqual(['OK', 'OK']);
  });
});

describe('a plan that leaves a member of the filter out', () => {
  const forgetful = sourceOf('b', ['ada', 'eva'], {
    plan: (query) => ({
      outcome: 'runnable',
      key: '',
      shape: 'blocks',
      blockSize: 5,
      members: new Map(query.filter.kind && [['KIND', 'PUSHED']]),
      isComplete: true,
    }),
  });

  test('is not run: the source is reported as skipped, with the member, and the others are whole', async () => {
    const able = new InMemorySource({ name: 'a', rows: [{ record: contactRecord('a', '1', { lastName: 'Lovelace' }) }] });
    const page = await readPage([able, forgetful], { filter: { kind: 'PERSON', lastName: 'Lovelace' } });
    expect(idsOf(page)).toEqual(['a:1']);
    expect(page.reports[0]).toMatchObject({ status: 'OK' });
    expect(page.reports[1]).toMatchObject({
      status: 'SKIPPED',
      error: { code: 'FILTER_UNSUPPORTED', wasSent: false },
      unsupportedFilters: ['LAST_NAME'],
      isComplete: false,
      totalCount: null,
    });
    expect(forgetful.reads).toEqual([]);
  });

  test('is run where the forgotten member is no condition', async () => {
    expect(idsOf(await readPage([forgetful], { filter: { kind: 'PERSON', search: ' ' } }))).toEqual(['b:1', 'b:2']);
  });
});

describe('a cursor', () => {
  const sources = [sourceOf('a', numbered(30)), sourceOf('b', numbered(30))];

  test('of one query is refused by another', async () => {
    const after = (await readPage(sources, { first: 3 })).endCursor();
    const refused = expect.objectContaining({ code: 'INVALID_CURSOR' });
    await expect(readPage(sources, { after, order: { field: 'DISPLAY_NAME', direction: 'DESC' } })).rejects.toEqual(refused);
    await expect(readPage(sources, { after, filter: { kind: 'PERSON' } })).rejects.toEqual(refused);
    await expect(readPage(sources.slice(0, 1), { after })).rejects.toEqual(refused);
    await expect(readPage(sources.toReversed(), { after })).rejects.toEqual(refused);
    await expect(readPage([sourceOf('a', numbered(30), { blockSize: 7 }), ...sources.slice(1)], { after })).rejects.toEqual(refused);
  });

  test('serves any page size, any details, and the same filter written otherwise', async () => {
    const after = (await readPage(sources, { first: 3, filter: { kind: 'PERSON' } })).endCursor();
    const page = await readPage(sources, {
      after,
      first: 50,
      details: new Set(['leads']),
      filter: { tags: [], kind: 'PERSON', search: ' ' },
    });
    expect(page.edges).toHaveLength(50);
  });

  test('holds neither names nor ids', async () => {
    const source = sourceOf('secretsource', ['Ada Lovelace', 'Grace Hopper']);
    const plain = Buffer.from((await readPage([source], { first: 1 })).endCursor() ?? '', 'base64url').toString('latin1');
    expect(plain).not.toMatch(/secret|ada|lovelace/i);
  });
});

describe('rows that move while a page is read', () => {
  test('are not lost at a block edge, and the report tells', async () => {
    const source: InMemorySource = sourceOf('a', numbered(10), {
      blockSize: 5,
      hasOverlap: true,
      beforeRead: (index, readsBefore) => {
        if (index === 1 && readsBefore === 1) source.rows.splice(0, 1);
      },
    });
    const page = await readPage([source]);
    expect(namesOf(page)).toEqual(numbered(10));
    expect(page.reports[0]).toMatchObject({ status: 'OK', hasMoved: true });
  });
});

describe('order', () => {
  test('is told to be broken when a source sorts otherwise, and the others are not blamed', async () => {
    const binary = sourceOf('a', ['Zoe', 'ada']);
    const page = await readPage([binary, sourceOf('b', ['bela', 'eva'])]);
    expect(page.reports.map(({ isOrdered }) => isOrdered)).toEqual([false, true]);
  });

  test('is told to be broken across two pages too', async () => {
    const binary = sourceOf('a', ['Zoe', 'ada']);
    const firstPage = await readPage([binary], { first: 1 });
    const nextPage = await readPage([binary], { first: 1, after: firstPage.endCursor() });
    expect([firstPage, nextPage].map(({ reports }) => reports[0]?.isOrdered)).toEqual([true, false]);
  });

  test('of a source without its own is made here', async () => {
    const page = await readPage([sourceOf('a', ['Zoe', 'ada', 'Éva'], { shape: 'collected' }), sourceOf('b', ['bela'])]);
    expect(namesOf(page)).toEqual(['ada', 'bela', 'Éva', 'Zoe']);
  });
});
