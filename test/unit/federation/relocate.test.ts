import { describe, expect, test } from 'vitest';
import type { Block } from '../../../src/datasources/port/list-plan.ts';
import { START_STATE, type StreamState } from '../../../src/federation/cursor.ts';
import { anchorHash, relocate, type BlockList } from '../../../src/federation/relocate.ts';
import { contactRecord } from '../../support/in-memory-source.ts';

/** A list of rows named by single letters; a blank is a hole. */
function listOf(letters: string, blockSize: number, hasOverlap = false): BlockList & { readonly reads: number[] } {
  const reads: number[] = [];
  const read = async (index: number): Promise<Block> => {
    reads.push(index);
    const start = index * blockSize;
    return {
      rows: letters
        .slice(start, start + blockSize)
        .split('')
        .map((letter) => (letter === ' ' ? null : contactRecord('crm', letter))),
      overlap: hasOverlap ? letters.slice(Math.max(0, start - 3), start).split('') : [],
      isLast: start + blockSize >= letters.length,
      totalCount: null,
      droppedRows: 0,
      asOf: new Date(0),
      isWhole: true,
    };
  };
  return { sourceName: 'crm', blockSize, read, reads };
}

function stateAfter(letters: string, next: string | null = null): StreamState {
  const anchors = letters
    .replaceAll(' ', '')
    .slice(-3)
    .split('')
    .map((letter) => anchorHash('crm', letter));
  return { ...START_STATE, offset: letters.length, anchors, next: next === null ? null : anchorHash('crm', next) };
}

describe('a place in a list that stands still', () => {
  test('at the start costs no read', async () => {
    const list = listOf('abcdef', 4);
    await expect(relocate(START_STATE, list)).resolves.toEqual({ state: START_STATE, hasMoved: false });
    expect(list.reads).toEqual([]);
  });

  test.each([
    ['inside a block', listOf('abcdefghij', 4), stateAfter('abcdef'), [1]],
    ['at the start of a block with overlap', listOf('abcdefghij', 4, true), stateAfter('abcd'), [1]],
    ['at the start of a block whose first row is known', listOf('abcdefghij', 4), stateAfter('abcd', 'e'), [1]],
    ['at the start of a block of which nothing is known', listOf('abcdefghij', 4), stateAfter('abcd'), [1, 0]],
    ['behind a block of holes', listOf('abcd    ij', 4), stateAfter('abcd    '), [2, 1, 0]],
  ])('%s is found with the blocks it takes', async (_case, list, state, reads) => {
    const found = await relocate(state, list);
    expect(found.hasMoved).toBe(false);
    expect(found.state.offset).toBe(state.offset);
    expect([...new Set(list.reads)]).toEqual(reads);
  });
});

describe('a place in a list that has changed', () => {
  test.each([
    ['a row before it was deleted', 'bcdefghij', 'abcdef', 'g'],
    ['the last row before it was deleted', 'abcdeghij', 'abcdef', 'g'],
    ['the middle anchor was deleted', 'abcdfghij', 'abcdef', 'g'],
    ['a row was inserted before it', 'Xabcdefghij', 'abcdef', 'g'],
    ['it lies at a block edge and a row before it was deleted', 'bcdefghij', 'abcd', 'e'],
    ['it lies at a block edge and a row was inserted before it', 'Xabcdefghij', 'abcd', 'e'],
    ['the last anchor moved to the next block', 'abcdeghijf', 'abcdef', 'g'],
    ['the middle anchor moved to the end', 'abcdfghije', 'abcdef', 'g'],
    ['two blocks of rows were inserted before the anchors', 'VWXYabcdefghij', 'abcdef', 'g'],
  ])('is found right before the next row when %s', async (_case, letters, before, next) => {
    const found = await relocate(stateAfter(before), listOf(letters, 4));
    expect(found.hasMoved).toBe(true);
    expect(letters[found.state.offset]).toBe(next);
  });

  test('is looked for from the start when it was near it', async () => {
    const found = await relocate(stateAfter('a'), listOf('bcdefa', 4));
    expect(found).toEqual({ state: START_STATE, hasMoved: true });
  });

  test('is taken three rows earlier when only one anchor is left, far ahead: it may be the row that moved', async () => {
    const found = await relocate(stateAfter('abcdef'), listOf('abcXYghijf', 4));
    expect(found.state.offset).toBe(3);
  });

  test('is taken three rows earlier when no anchor is left', async () => {
    const found = await relocate(stateAfter('abcdef'), listOf('ABCDEFGHIJ', 4));
    expect(found).toMatchObject({ state: { offset: 3 }, hasMoved: true });
  });

  test('is never before the list when a source sends more overlap than there are rows', async () => {
    const list = listOf('abcdef', 2, true);
    const odd: BlockList = { ...list, read: async (index) => ({ ...(await list.read(index)), overlap: ['x', 'y', 'z'] }) };
    const found = await relocate(stateAfter('abcd'), odd);
    expect(found.state.offset).toBeGreaterThanOrEqual(found.state.anchors.length);
  });
});

test('hashes names beyond ASCII by their bytes, as cursors that clients hold have it', () => {
  expect(anchorHash('crm', '42')).toBe(fnv1a('crm:42'));
  expect(anchorHash('büro', 'ключ-7')).toBe(fnv1a('büro:ключ-7'));
});

function fnv1a(text: string): number {
  return Buffer.from(text, 'utf8').reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
