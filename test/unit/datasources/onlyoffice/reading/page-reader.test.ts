import { describe, expect, test } from 'vitest';
import type { ListPage, PageRange } from '../../../../../src/datasources/onlyoffice/client.ts';
import { readPages } from '../../../../../src/datasources/onlyoffice/reading/page-reader.ts';
import { TransportError } from '../../../../../src/datasources/http/http-transport.ts';
import { PortalFault } from '../../../../../src/datasources/onlyoffice/reply.ts';
import { SourceError } from '../../../../../src/datasources/port/source-error.ts';

/** A list of `size` rows, which fails where `failure` says so. */
function listOf(size: number, failure: (range: PageRange) => SourceError | null) {
  const calls: PageRange[] = [];
  const readPage = async (range: PageRange): Promise<ListPage> => {
    calls.push(range);
    const error = failure(range);
    if (error !== null) throw error;
    const { startIndex, count } = range;
    const rows = Array.from({ length: size }, (_, id) => ({ id })).slice(startIndex, startIndex + count);
    return { rows, isLast: startIndex + count >= size, total: size, rowBytes: 100 };
  };
  return { calls, read: () => readPages('onlyoffice', 1_000, readPage) };
}

const fault = () => new PortalFault('onlyoffice', 'UNAVAILABLE', 'onlyoffice failed to answer.', { httpStatus: 500 });
const tooLarge = () =>
  new SourceError('onlyoffice', 'BAD_RESPONSE', 'too large', { cause: new TransportError('too-large', true, undefined) });
const holds = ({ startIndex, count }: PageRange, row: number) => startIndex <= row && row < startIndex + count;

describe('a page at which the portal fails', () => {
  test.each(Array.from({ length: 60 }, (_, index) => index))('because of row %i of 60 gives the other 59, in order', async (bad) => {
    const { calls, read } = listOf(60, (range) => (holds(range, bad) ? fault() : null));

    const { rows, isWhole, total } = await read();

    expect(rows).toEqual(Array.from({ length: 60 }, (_, id) => (id === bad ? null : { id })));
    expect({ isWhole, total }).toEqual({ isWhole: true, total: 60 });
    // One page of up to 1,000 rows, of which the binary logarithm is 10.
    expect(calls.length - 1).toBeLessThanOrEqual(12);
    expect(calls.slice(1).every(({ isProbe }) => isProbe)).toBe(true);
  });

  test.each([
    [[5, 20]],
    [[5, 900]],
    [[0, 999]],
    [[0, 1, 2, 3]],
    [[5, 250, 500, 750]],
    [[499, 500]],
    [[996, 997, 998, 999]],
    [[0, 500, 501]],
  ])('because of the rows %j gives the others, in bounded calls', async (bad) => {
    const { calls, read } = listOf(1_000, (range) => (bad.some((row) => holds(range, row)) ? fault() : null));

    expect((await read()).rows).toEqual(Array.from({ length: 1_000 }, (_, id) => (bad.includes(id) ? null : { id })));
    expect(calls.length).toBeLessThanOrEqual(2 + bad.length * 13);
  });

  test('because of more rows than four is a failure', async () => {
    const { calls, read } = listOf(1_000, (range) => ([1, 2, 3, 600, 601].some((row) => holds(range, row)) ? fault() : null));

    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', httpStatus: 500 });
    expect(calls.length).toBeLessThanOrEqual(60);
  });

  test('because all of the portal does is a failure, after six more calls', async () => {
    const { calls, read } = listOf(60, fault);

    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', httpStatus: 500 });
    expect(calls).toHaveLength(1 + 6);
  });

  test('for a moment loses no row', async () => {
    let hasFailed = false;
    const { read } = listOf(60, () => {
      if (hasFailed) return null;
      hasFailed = true;
      return fault();
    });

    expect((await read()).rows).toEqual(Array.from({ length: 60 }, (_, id) => ({ id })));
  });

  test('in another way is not read again', async () => {
    const { calls, read } = listOf(60, () => new SourceError('onlyoffice', 'UNAVAILABLE', 'gone', { httpStatus: 502 }));

    await expect(read()).rejects.toMatchObject({ httpStatus: 502 });
    expect(calls).toHaveLength(1);
  });
});

test('a page that is too large is read in smaller ones, each row once', async () => {
  const { calls, read } = listOf(700, ({ count }) => (count > 300 ? tooLarge() : null));

  const { rows, isWhole } = await read();

  expect(rows).toEqual(Array.from({ length: 700 }, (_, id) => ({ id })));
  expect(isWhole).toBe(true);
  expect(calls.map(({ startIndex, count }) => [startIndex, count])).toEqual([
    [0, 1000],
    [0, 125],
    [125, 125],
    [250, 125],
    [375, 125],
    [500, 125],
    [625, 125],
  ]);
});

test('a row that is too large by itself is left out, and the others come in pages that grow again', async () => {
  const { calls, read } = listOf(700, (range) => (holds(range, 301) ? tooLarge() : null));

  const { rows, isWhole } = await read();

  expect(rows).toEqual(Array.from({ length: 700 }, (_, id) => (id === 301 ? null : { id })));
  expect(isWhole).toBe(true);
  expect(calls.length).toBeLessThan(40);
});

test('rows that are all too large is a failure that ends', async () => {
  const { calls, read } = listOf(3, tooLarge);

  await expect(read()).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  expect(calls.length).toBeLessThan(12);
});
