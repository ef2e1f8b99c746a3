import { describe, expect, test } from 'vitest';
import { compareRanked, orderKey, ranked } from '../../../src/federation/order-key.ts';
import { contactRecord } from '../../support/in-memory-source.ts';

function sorted(rows: readonly [source: string, id: string, name: string][], direction: 'ASC' | 'DESC'): string[] {
  return rows
    .map(([source, id, displayName]) => ranked(contactRecord(source, id, { displayName }), 'DISPLAY_NAME'))
    .toSorted((left, right) => compareRanked(left, right, direction))
    .map(({ record }) => `${record.source}:${record.idInSource}`);
}

describe('the order key', () => {
  test.each([
    ['Élodie', 'elodie'],
    ['Žižka', 'zizka'],
    ['ÅNGSTRÖM', 'angstrom'],
    ['Ёлкин', 'елкин'],
    ['ﬁnn', 'finn'],
    ['İpek', 'ipek'],
    [' Ada', 'ada'],
  ])('of %s is %s', (displayName, key) => {
    expect(orderKey(contactRecord('crm', '1', { displayName }), 'DISPLAY_NAME')).toBe(key);
  });

  test('of a missing name is the empty text, of a missing date before all dates', () => {
    const record = contactRecord('crm', '1');
    expect(orderKey(record, 'LAST_NAME')).toBe('');
    expect(orderKey(record, 'CREATED_AT')).toBe(Number.NEGATIVE_INFINITY);
  });

  test('of a date is its time', () => {
    expect(orderKey(contactRecord('crm', '1', { updatedAt: new Date(1_000) }), 'UPDATED_AT')).toBe(1_000);
  });
});

describe('the merged order', () => {
  const rows: [string, string, string][] = [
    ['b', '9', 'ada'],
    ['a', '10', 'Ada'],
    ['a', '9', 'Áda'],
    ['a', '1', 'Eva'],
  ];

  test('goes by key, then source, then id as a number', () => {
    expect(sorted(rows, 'ASC')).toEqual(['a:9', 'a:10', 'b:9', 'a:1']);
  });

  test('is read backwards in descending order', () => {
    expect(sorted(rows, 'DESC')).toEqual(['a:1', 'b:9', 'a:10', 'a:9']);
  });
});
