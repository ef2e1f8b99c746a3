import { expect, test } from 'vitest';
import { rowsOf } from '../../../../src/datasources/wire/numbered-rows.ts';

test('rows come as a list, as a map whose keys are numbers, or as the one row itself', () => {
  expect(rowsOf([1, 2])).toEqual([1, 2]);
  expect(rowsOf({ 0: 'a', 7: 'b' })).toEqual(['a', 'b']);
  expect(rowsOf({ id: 5, name: 'Ada' })).toEqual([{ id: 5, name: 'Ada' }]);
});

test('nothing else is rows', () => {
  for (const value of [null, undefined, 'x', 7, { ok: true }, { id: null }, { contacts: [] }]) expect(rowsOf(value)).toBeNull();
});
