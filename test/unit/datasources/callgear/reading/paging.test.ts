import { describe, expect, it, vi } from 'vitest';
import { SourceError } from '../../../../../src/datasources/port/source-error.ts';
import { OFFSET_MAX, readRowRange } from '../../../../../src/datasources/callgear/reading/paging.ts';

interface ListOptions {
  readonly total?: number | null;
  /** Rows left out at the end of every page that has more than one. */
  readonly shortBy?: number;
}

/** A list of `length` rows, and the pages that were asked of it. */
function listOf(length: number, { total = length, shortBy = 0 }: ListOptions = {}) {
  const pages: [offset: number, limit: number][] = [];
  return {
    pages,
    readPage: (offset: number, limit: number) => {
      pages.push([offset, limit]);
      const end = Math.min(length, offset + limit);
      const size = Math.max(0, end - offset);
      const sent = size > 1 ? Math.max(1, size - shortBy) : size;
      return Promise.resolve({ rows: rowsFrom(offset, sent), totalItems: total });
    },
  };
}

const CALLGEAR = { source: 'callgear' };
/** Rows whose ids count on from a number. */
const rowsFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: String(from + index) }));

it('a page that is refused is not read in parts, whatever its HTTP status', async () => {
  const readPage = vi.fn(() =>
    Promise.reject(new SourceError('callgear', 'FORBIDDEN', 'no right', { httpStatus: 500, errorKey: 'forbidden' })),
  );
  await expect(readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(readPage).toHaveBeenCalledOnce();
});

describe('a stretch of a list', () => {
  it('takes one page when the total says that it is the end', async () => {
    const { pages, readPage } = listOf(7);
    expect(await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage })).toEqual({
      rows: rowsFrom(0, 7),
      isEnd: true,
      isCut: false,
    });
    expect(pages).toEqual([[0, 10]]);
  });

  it('reads on after a short page, from the row after the last one received', async () => {
    const { pages, readPage } = listOf(100, { shortBy: 1 });
    expect((await readRowRange({ ...CALLGEAR, from: 20, count: 10, pageSizeMax: 1000, readPage })).rows).toEqual(rowsFrom(20, 10));
    expect(pages).toEqual([
      [20, 10],
      [29, 1],
    ]);
  });

  it('does not take a short page for the end when CallGear tells no total', async () => {
    const { pages, readPage } = listOf(7, { total: null });
    expect(await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage })).toMatchObject({ isEnd: true });
    expect(pages).toEqual([
      [0, 10],
      [7, 3],
    ]);
  });

  it('ends at an empty page although the total promises more', async () => {
    const { pages, readPage } = listOf(7, { total: 8 });
    expect(await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage })).toMatchObject({
      rows: rowsFrom(0, 7),
      isEnd: true,
    });
    expect(pages).toHaveLength(2);
  });

  it('does not believe a total below what came already', async () => {
    const { readPage } = listOf(7, { total: 3 });
    expect((await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 5, readPage })).rows).toEqual(rowsFrom(0, 7));
  });

  it('does not claim the end of a full stretch', async () => {
    const { readPage } = listOf(100, { total: null });
    expect(await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage })).toMatchObject({
      isEnd: false,
      isCut: false,
    });
  });

  it('never asks beyond the largest offset', async () => {
    const { pages, readPage } = listOf(200_000, { shortBy: 1 });
    const { rows, isCut } = await readRowRange({ ...CALLGEAR, from: OFFSET_MAX - 3, count: 253, pageSizeMax: 1000, readPage });
    expect(isCut).toBe(true);
    expect(rows).toHaveLength(252);
    expect(pages).toEqual([[OFFSET_MAX - 3, 253]]);
  });

  it('is read on where a row was added in front and the last one comes again', async () => {
    const pages = [rowsFrom(1, 9), rowsFrom(9, 1)];
    const readPage = async () => ({ rows: pages.shift() ?? [], totalItems: null });
    const range = await readRowRange({ ...CALLGEAR, from: 0, count: 10, pageSizeMax: 1000, readPage });
    expect(range.rows).toEqual([...rowsFrom(1, 9), ...rowsFrom(9, 1)]);
  });

  it('is given up when every page brings the same rows', async () => {
    let pages = 0;
    const readPage = async () => {
      pages += 1;
      return { rows: rowsFrom(1, 3), totalItems: null };
    };
    const read = readRowRange({ ...CALLGEAR, from: 0, count: 250, pageSizeMax: 1000, readPage });
    await expect(read).rejects.toMatchObject({ name: 'SourceError', source: 'callgear', code: 'BAD_RESPONSE' });
    expect(pages).toBe(2);
  });
});
