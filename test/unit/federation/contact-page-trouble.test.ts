import { describe, expect, test } from 'vitest';
import { SourceError, type SourceErrorOptions } from '../../../src/datasources/port/source-error.ts';
import { contactRecord, InMemorySource, type InMemorySourceOptions } from '../../support/in-memory-source.ts';
import { createCall } from '../../support/call.ts';
import type { ContactPage } from '../../../src/federation/contact-page.ts';
import { idsOf, namesOf, readPage, walk, type PageOptions } from './read-page.ts';

function sourceOf(name: string, names: readonly string[], options: Partial<InMemorySourceOptions> = {}): InMemorySource {
  const rows = names.map((displayName, at) => ({
    record: contactRecord(name, String(at + 1), { displayName, leadIds: displayName.endsWith('*') ? ['1'] : [] }),
  }));
  return new InMemorySource({ name, rows, ...options });
}
const never = (): Promise<never> => new Promise(() => {});
const failure = (code: SourceError['code'], options: SourceErrorOptions = {}) => new SourceError('a', code, 'no', options);
const failing = (error: unknown) => (): never => {
  throw error;
};

describe('a source that fails', () => {
  test('is reported, and takes nothing from the others', async () => {
    const page = await readPage([sourceOf('a', ['ada'], { beforeRead: failing(failure('UNAVAILABLE')) }), sourceOf('b', ['bela'])]);
    expect(namesOf(page)).toEqual(['bela']);
    expect(page).toMatchObject({ hasNextPage: true, totalCount: null, isComplete: false });
    expect(page.reports).toMatchObject([
      { status: 'FAILED', error: { code: 'UNAVAILABLE' }, totalCount: null, isComplete: false },
      { status: 'OK', error: null, totalCount: 1, isComplete: true },
    ]);
  });

  test('is asked again by the end cursor', async () => {
    let isDown = true;
    const beforeRead = (): void => {
      if (isDown) throw failure('UNAVAILABLE');
    };
    const sources = [sourceOf('a', ['ada'], { beforeRead }), sourceOf('b', ['bela'])];
    const firstPage = await readPage(sources);
    isDown = false;
    expect(namesOf(await readPage(sources, { after: firstPage.endCursor() }))).toEqual(['ada']);
  });

  test('in mid-page keeps what it has given, and goes on from there', async () => {
    let isDown = true;
    const beforeRead = (index: number): void => {
      if (isDown && index === 1) throw failure('RATE_LIMITED', { retryAfterMs: 700 });
    };
    const sources = [sourceOf('a', ['ada', 'bela', 'eva'], { blockSize: 2, beforeRead }), sourceOf('b', ['cyril', 'zoe'])];
    const page = await readPage(sources);
    expect(namesOf(page)).toEqual(['ada', 'bela', 'cyril', 'zoe']);
    expect(page.reports[0]).toMatchObject({ status: 'PARTIAL', error: { code: 'RATE_LIMITED', retryAfterMs: 700 }, isComplete: false });
    isDown = false;
    expect(namesOf(await readPage(sources, { after: page.endCursor() }))).toEqual(['eva']);
  });

  test('with something that is no SourceError is still only its own trouble', async () => {
    const sources = [
      sourceOf('a', ['ada'], { beforeRead: failing(new TypeError('secret')) }),
      sourceOf('b', ['bela'], { plan: failing(new TypeError('secret')) }),
      sourceOf('c', ['cyril']),
    ];
    const page = await readPage(sources);
    expect(namesOf(page)).toEqual(['cyril']);
    expect(page.reports.map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'OK']);
    expect(page.reports.map(({ error }) => error?.message).join()).not.toContain('secret');
  });
});

describe('a walk with a source that fails', () => {
  /** As docs/filters.md has it: as long as there is a next page. */
  async function readAll(sources: readonly InMemorySource[], options: PageOptions = {}, from: string | null = null) {
    const pages: ContactPage[] = [];
    for (let after = from; ;) {
      const page: ContactPage = await readPage(sources, { ...options, after });
      pages.push(page);
      if (!page.hasNextPage) return pages;
      if (pages.length > 50) throw new Error('The walk does not end.');
      after = page.endCursor();
    }
  }
  /** Is down from one read to another. */
  const downBetween = (from: number, to: number) => (_index: number, reads: number) => {
    if (reads >= from && reads < to) throw failure('UNAVAILABLE');
  };

  test.each([1, 2])('does not stop before it is back, at its third try: it fails %i times', async (times) => {
    const sources = [sourceOf('a', ['ada', 'eva'], { beforeRead: downBetween(0, times) }), sourceOf('b', ['bela'])];
    const pages = await readAll(sources);
    expect(pages.flatMap(namesOf)).toEqual(['bela', 'ada', 'eva']);
    expect(pages.at(-1)).toMatchObject({ hasNextPage: false, reports: [{ status: 'OK' }, { status: 'OK' }] });
  });

  test('stops after three tries in vain, says FAILED, and the end cursor resumes it even then', async () => {
    const sources = [sourceOf('a', ['ada'], { beforeRead: downBetween(0, 5) }), sourceOf('b', ['bela'])];
    const pages = await readAll(sources);
    expect(pages.map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false]);
    expect(pages.at(-1)?.reports).toMatchObject([{ status: 'FAILED', error: { code: 'UNAVAILABLE' } }, { status: 'OK' }]);
    const [again] = await readAll(sources, {}, pages.at(-1)?.endCursor());
    expect(again).toMatchObject({ hasNextPage: false, edges: [], reports: [{ status: 'FAILED' }, { status: 'OK' }] });
    const late = await readAll(sources, {}, again?.endCursor());
    expect(late.flatMap(namesOf)).toEqual([]);
    const rest = await readAll(sources, {}, late.at(-1)?.endCursor());
    expect(rest.map(namesOf)).toEqual([['ada']]);
  });

  test('does not count its tries while the others go on, so that it is asked again at the end', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `b${at}`);
    const sources = [sourceOf('a', ['ada'], { beforeRead: downBetween(0, 7) }), sourceOf('b', names)];
    const pages = await readAll(sources, { first: 3 });
    expect(pages.flatMap(namesOf).toSorted()).toEqual(['ada', ...names].toSorted());
  });

  test('starts counting anew when it gave rows', async () => {
    const beforeRead = (_index: number, reads: number) => {
      if (reads % 3 !== 0) throw failure('TIMEOUT');
    };
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const pages = await readAll([sourceOf('a', names, { blockSize: 2, hasOverlap: true, beforeRead })]);
    expect(pages.flatMap(namesOf)).toEqual(names);
    expect(pages.length).toBeGreaterThan(3);
  });

  test('ends when all fail, and when one cannot even be planned', async () => {
    const down = { beforeRead: failing(failure('UNAVAILABLE')) };
    expect(await readAll([sourceOf('a', ['ada'], down), sourceOf('b', ['bela'], down)])).toHaveLength(3);
    expect(await readAll([sourceOf('a', ['ada'], { plan: failing(new TypeError('no')) })])).toHaveLength(3);
  });

  test('does not go on for a source that refuses the question itself', async () => {
    const error = failure('FILTER_UNSUPPORTED', { unsupportedFilters: ['TAGS'] });
    const pages = await readAll([sourceOf('a', ['ada'], { beforeRead: failing(error) }), sourceOf('b', ['bela'])]);
    expect(pages).toHaveLength(1);
  });
});

describe('a source that cannot', () => {
  test('filter like that is skipped without a call', async () => {
    const sources = [
      sourceOf('a', ['ada'], { plan: () => ({ outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: ['TAGS', 'GROUP'] }) }),
      sourceOf('b', ['bela']),
    ];
    const call = createCall();
    const page = await readPage(sources, { call });
    expect(call.counted).toEqual(['b']);
    expect(page.totalCount).toBeNull();
    expect(page.reports[0]).toMatchObject({
      status: 'SKIPPED',
      error: { code: 'FILTER_UNSUPPORTED' },
      unsupportedFilters: ['TAGS', 'GROUP'],
      isComplete: false,
    });
  });

  test('and finds out only by calling is skipped too', async () => {
    const error = failure('FILTER_UNSUPPORTED', { unsupportedFilters: ['TAGS'] });
    const page = await readPage([sourceOf('a', ['ada'], { beforeRead: failing(error) })]);
    expect(page.reports[0]).toMatchObject({ status: 'SKIPPED', unsupportedFilters: ['TAGS'], totalCount: null });
  });

  test('have a match tells none, zero and complete', async () => {
    const page = await readPage([sourceOf('a', ['ada'], { plan: () => ({ outcome: 'none' }) })]);
    expect(page).toMatchObject({ totalCount: 0, isComplete: true, reports: [{ status: 'OK', totalCount: 0 }] });
  });
});

describe('time', () => {
  test('is up for a source that neither answers nor heeds its signal, and the others are given', async () => {
    const page = await readPage([sourceOf('a', ['ada'], { beforeRead: never }), sourceOf('b', ['bela'])], { sourceTimeoutMs: 500 });
    expect(namesOf(page)).toEqual(['bela']);
    expect(page.reports[0]).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT', source: 'a' } });
  });

  test('for the list is at most 60 % of what is left of the request', async () => {
    const deadlines: number[] = [];
    const source = sourceOf('a', ['ada'], { beforeRead: (_index, _reads, call) => deadlines.push(call.deadline) });
    const call = { ...createCall(), deadline: 11_000 };
    await readPage([source], { call, now: () => 1_000, sourceTimeoutMs: 60_000 });
    await readPage([source], { call, now: () => 1_000, sourceTimeoutMs: 500 });
    expect(deadlines).toEqual([7_000, 1_500]);
  });

  test('over before the list starts reports TIMEOUT at once', async () => {
    const page = await readPage([sourceOf('a', ['ada'])], { call: createCall({ timeMs: -1 }) });
    expect(page.reports[0]).toMatchObject({ status: 'FAILED', error: { code: 'TIMEOUT' } });
  });

  test('ends the reads under way when the client hangs up', async () => {
    const client = new AbortController();
    let seen: AbortSignal | undefined;
    const source = sourceOf('a', ['ada'], {
      beforeRead: (_index, _reads, call) => {
        seen = call.signal;
        client.abort();
        return never();
      },
    });
    await readPage([source], { call: createCall({ signal: client.signal }) });
    expect(seen?.aborted).toBe(true);
  });
});

describe('rows that could not be read', () => {
  test('are left out and told', async () => {
    const source = sourceOf('a', ['ada', 'bela', 'cyril']);
    const odd = source.rows[1];
    if (odd) source.rows[1] = { ...odd, form: 'odd' };
    const page = await readPage([source]);
    expect(namesOf(page)).toEqual(['ada', 'cyril']);
    expect(page.reports[0]).toMatchObject({ status: 'PARTIAL', error: { code: 'BAD_RESPONSE' }, isComplete: false });
  });

  test('beyond what could be collected are told, on later pages too', async () => {
    const source = sourceOf('a', ['ada', 'bela', 'cyril'], { shape: 'collected', collectedMax: 2 });
    const other = sourceOf('b', ['x', 'y', 'z']);
    const firstPage = await readPage([source, other], { first: 3 });
    const nextPage = await readPage([source, other], { first: 3, after: firstPage.endCursor() });
    for (const page of [firstPage, nextPage]) expect(page.reports[0]).toMatchObject({ status: 'PARTIAL', isComplete: false });
  });
});

describe('a list that is collected in pieces', () => {
  const piecewise = (names: readonly string[], more: object = {}) =>
    sourceOf('a', names, { shape: 'collected', collectedPiece: 2, ...more });

  test.each([1, 2, 3, 25])('comes whole, each row once, in pages of %i', async (first) => {
    const sources = [piecewise(['f', 'c', 'd', 'a', 'e', 'b', 'g']), sourceOf('b', ['c', 'x'])];
    const pages = await walk(sources, () => ({ first }));
    expect(pages.flatMap(idsOf).toSorted()).toEqual(
      sources.flatMap(({ name, rows }) => rows.map(({ record }) => `${name}:${record.idInSource}`)).toSorted(),
    );
    expect(pages[0]?.reports[0]).toMatchObject({ status: 'PARTIAL', error: null, isComplete: false });
    expect(pages.at(-1)?.reports[0]).toMatchObject({ status: 'OK', isComplete: true });
  });

  test('reads one piece for a page, and each piece once', async () => {
    const source = piecewise(['a', 'b', 'c', 'd', 'e']);
    const pages = await walk([source], () => ({}));
    expect(pages.map(namesOf)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(source.reads).toEqual([0, 1, 2]);
  });

  test('goes on behind pieces without a match', async () => {
    const source = piecewise(['a', 'b', 'c', 'd', 'e*', 'f'], { memberPlan: 'CHECKED' });
    const pages = await walk([source], () => ({ filter: { hasLeads: true } }));
    expect(pages.map(namesOf)).toEqual([[], [], ['e*']]);
    expect(pages.map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false]);
  });

  test('can be resumed at every row', async () => {
    const sources = [piecewise(['a', 'b', 'c', 'd', 'e'])];
    for (const [page, number] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      const { edges } = await readPage(sources, { first: 5 });
      const next = await readPage(sources, { after: edges[number - 1]?.cursor() ?? null });
      expect(namesOf(next)).toEqual(page === 'a' ? ['b'] : ['c', 'd']);
    }
  });
});

describe('a filter that is checked here', () => {
  const names = ['a', 'b', 'c', 'd*', 'e', 'f*', 'g'];
  const filter = { hasLeads: true };

  test('reads no further than the scan budget, and the end cursor goes on', async () => {
    const source = sourceOf('a', names, { memberPlan: 'CHECKED', blockSize: 2 });
    const firstPage = await readPage([source], { filter, scanBudget: 2 });
    expect(firstPage).toMatchObject({ edges: [], hasNextPage: true, totalCount: null, isComplete: false });
    expect(firstPage.reports[0]).toMatchObject({ status: 'PARTIAL', error: null });
    expect(source.reads).toEqual([0]);
    const nextPage = await readPage([source], { filter, scanBudget: 100, after: firstPage.endCursor() });
    expect(namesOf(nextPage)).toEqual(['d*', 'f*']);
    expect(nextPage).toMatchObject({ hasNextPage: false, isComplete: true, totalCount: null });
  });

  test('holds back the rows of others that its unread matches may precede', async () => {
    const sources = [sourceOf('a', names, { memberPlan: 'CHECKED' }), sourceOf('b', ['b*', 'z*'])];
    const firstPage = await readPage(sources, { filter, scanBudget: 3 });
    expect(namesOf(firstPage)).toEqual(['b*']);
    const nextPage = await readPage(sources, { filter, scanBudget: 100, after: firstPage.endCursor() });
    expect(namesOf(nextPage)).toEqual(['d*', 'f*', 'z*']);
  });

  test('gets on by a row for each page even without any budget', async () => {
    const source = sourceOf('a', ['a', 'b*'], { memberPlan: 'CHECKED' });
    const firstPage = await readPage([source], { filter, scanBudget: 0 });
    const nextPage = await readPage([source], { filter, scanBudget: 0, after: firstPage.endCursor() });
    expect(namesOf(nextPage)).toEqual(['b*']);
  });

  test('charges rows that the CRM narrowed only when they do not match', async () => {
    const source = sourceOf('a', ['a*', 'b*', 'c*'], { memberPlan: 'PUSHED_AND_CHECKED' });
    const page = await readPage([source], { filter, scanBudget: 1 });
    expect(page).toMatchObject({ hasNextPage: false, reports: [{ status: 'OK' }] });
    expect(page.edges).toHaveLength(3);
  });

  test('tells what was pushed, checked, read and dropped', async () => {
    const page = await readPage([sourceOf('a', names, { memberPlan: 'CHECKED', blockSize: 50 })], { filter });
    expect(page.reports[0]?.explain).toEqual({ pushed: [], checked: ['HAS_LEADS'], rowsRead: 7, rowsDropped: 5, calls: 1 });
  });

  test('is not complete when a row does not show what is asked', async () => {
    const source = sourceOf('a', ['ada'], { memberPlan: 'CHECKED' });
    const [row] = source.rows;
    if (row) source.rows[0] = { record: { ...row.record, leadIds: undefined } };
    const page = await readPage([source], { filter });
    expect(page).toMatchObject({ edges: [], isComplete: false, reports: [{ status: 'OK', isComplete: false }] });
  });

  test('is not complete where the CRM may miss spellings, though nothing went wrong', async () => {
    const page = await readPage([sourceOf('a', ['ada'], { isComplete: false })]);
    expect(page).toMatchObject({ isComplete: false, reports: [{ status: 'OK', isComplete: false }] });
  });
});
