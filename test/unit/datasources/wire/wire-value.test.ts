import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { Unreadable, type WireValue } from '../../../../src/datasources/wire/wire-value.ts';
import { wireRow } from '../../../support/read-record.ts';

const at = (raw: unknown) => wireRow({ m: raw }).wire.at('m');
/** Unreadable as a text, so that a table can hold it beside values. */
const UNREADABLE = 'unreadable';
function outcome<T>(read: () => T): T | typeof UNREADABLE {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return UNREADABLE;
    throw error;
  }
}

const READERS: Readonly<Record<string, (value: WireValue) => unknown>> = {
  text: (value) => value.text(),
  id: (value) => value.id(),
  number: (value) => value.number(),
  flag: (value) => value.flag(),
  unixTime: (value) => value.unixTime(),
  items: (value) => value.items().map(({ raw }) => raw),
};

describe.each(Object.keys(READERS))('%s', (name) => {
  const read = (raw: unknown) => outcome(() => READERS[name]?.(at(raw)));

  test.each([[undefined], [null], [''], ['  '], [[]]])('reads %j as nothing', (raw) => {
    expect(read(raw)).toEqual(name === 'items' ? [] : null);
  });

  test('reads false as nothing, unless a flag is asked for', () => {
    expect(read(false)).toEqual(name === 'flag' ? false : name === 'items' ? [] : null);
  });

  test.each([[{ value: 12 }], [[1, { a: 2 }]]])('cannot read %j', (raw) => {
    if (name === 'items' && Array.isArray(raw)) expect(read(raw)).toEqual(raw);
    else expect(read(raw)).toBe(UNREADABLE);
  });
});

test.each<[keyof typeof READERS, unknown, unknown]>([
  ['text', ' Ada ', 'Ada'],
  ['text', 371, '371'],
  ['text', true, UNREADABLE],
  ['text', 'x'.repeat(72_000), 'x'.repeat(72_000)],
  ['id', 0, '0'],
  ['id', 9_007_199_254_740_991, '9007199254740991'],
  ['id', '9223372036854775807', '9223372036854775807'],
  ['id', ' 17 ', '17'],
  ['id', 9_007_199_254_740_992, UNREADABLE],
  ['id', -5, UNREADABLE],
  ['id', 1.5, UNREADABLE],
  ['id', '../7', UNREADABLE],
  ['id', '0x1f', UNREADABLE],
  ['number', '-2.50', -2.5],
  ['number', '1e3', 1000],
  ['number', '1,5', UNREADABLE],
  ['number', '9'.repeat(400), UNREADABLE],
  ['flag', ' TRUE ', true],
  ['flag', '0', false],
  ['flag', 2, UNREADABLE],
  ['unixTime', 0, null],
  ['unixTime', -62_169_993_017, null],
  ['unixTime', '1735689600', new Date('2025-01-01T00:00:00Z')],
  ['unixTime', 'yesterday', UNREADABLE],
  ['unixTime', 1_700_000_000_000, UNREADABLE],
  ['items', { 0: 'a', 2: 'b' }, ['a', 'b']],
  ['items', {}, []],
  ['items', { first: 'a' }, UNREADABLE],
  ['items', 'a', UNREADABLE],
])('%s reads %j as %j', (name, raw, value) => {
  expect(outcome(() => READERS[name]?.(at(raw)))).toEqual(value);
});

test('a member of nothing is nothing, and a member of a text or a list with something in it cannot be read', () => {
  for (const raw of [undefined, null, false, '', [], {}]) expect(at(raw).at('deep').at('deeper').text()).toBeNull();
  for (const raw of ['x', 7, true, [1]]) expect(outcome(() => at(raw).at('deep'))).toBe(UNREADABLE);
});

test('a list leaves out what cannot be read, and reports its JSON path', () => {
  const { wire, damage } = wireRow({ tags: [{ id: 1 }, null, { id: -1 }, { id: '4' }, 'x'] });
  expect(wire.at('tags').list((tag) => tag.object().at('id').requiredId())).toEqual(['1', '4']);
  expect(damage).toEqual(['$.tags[1]', '$.tags[2].id', '$.tags[4]']);
  expect(wire.damages).toBe(3);
});

test('a nullable part that cannot be read is an error without a word of the value, and is reported', () => {
  const { wire, damage } = wireRow({ color: { canary: 1 } });
  const color = wire.at('color').member((value) => value.text());
  expect(color).toBeInstanceOf(SourceError);
  expect(color).toMatchObject({ code: 'BAD_RESPONSE', source: 'kommo', scope: 'RECORD', message: expect.not.stringContaining('canary') });
  expect(damage).toEqual(['$.color']);
});

test('what several members are made of is read once, and each of them bears its damage', () => {
  const { wire, damage } = wireRow({ fields: [7] });
  let reads = 0;
  const read = () =>
    wire.once('fields', () => {
      reads += 1;
      return wire.at('fields').list((field) => field.object());
    });
  read();
  expect(wire.damages).toBe(1);
  read();
  expect([reads, wire.damages, damage.length]).toEqual([1, 2, 1]);
});

test('a list may stand in the place of the one object in it, and an object in the place of a list of one', () => {
  expect(
    at([{ id: '7' }])
      .at('id')
      .id(),
  ).toBe('7');
  expect(at([{ id: '7' }]).object().raw).toEqual({ id: '7' });
  expect(at({ id: 7 }).list((item) => item.at('id').id())).toEqual(['7']);
  for (const raw of [[{ id: 7 }, { id: 8 }], [7], ['x'], [[{ id: 7 }]]]) expect(outcome(() => at(raw).at('id').id())).toBe(UNREADABLE);
  for (const raw of ['x', 7, true]) expect(outcome(() => at(raw).list((item) => item.text()))).toBe(UNREADABLE);
});
