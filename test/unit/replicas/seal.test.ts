import { expect, test } from 'vitest';
import { Names, Seal, SealError } from '../../../src/replicas/seal.ts';

const ONE = 'the first key of these tests, long enough';
const TWO = 'the second key of these tests, long enough';

test('what is sealed opens with the same key under the same name, and shows nothing', () => {
  const seal = new Seal(ONE, null);
  const sealed = seal.seal(Buffer.from('+371 2000 0000'), 'name');
  expect(seal.open(sealed, 'name').toString()).toBe('+371 2000 0000');
  expect(sealed.includes('2000')).toBe(false);
  expect(seal.seal(Buffer.from('+371 2000 0000'), 'name').equals(sealed)).toBe(false);
});

test('opens under no other name, with no other key, and not when one bit has changed', () => {
  const sealed = new Seal(ONE, null).seal(Buffer.from('secret'), 'name');
  expect(() => new Seal(ONE, null).open(sealed, 'other')).toThrow(SealError);
  expect(() => new Seal(TWO, null).open(sealed, 'name')).toThrow(SealError);
  for (const at of sealed.keys()) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => new Seal(ONE, null).open(changed, 'name')).toThrow(SealError);
  }
  expect(() => new Seal(ONE, null).open(sealed.subarray(0, 10), 'name')).toThrow(SealError);
});

test('while the key is changed both keys open, and the new one seals', () => {
  const ofOld = new Seal(ONE, null).seal(Buffer.from('a'), 'name');
  const both = new Seal(TWO, ONE);
  expect(both.open(ofOld, 'name').toString()).toBe('a');
  expect(both.isOfFirstKey(ofOld)).toBe(false);
  expect(new Seal(TWO, null).open(both.seal(Buffer.from('b'), 'name'), 'name').toString()).toBe('b');
});

test('names are the same for the same thing, and show the kind alone', () => {
  const names = new Names(Buffer.from('a'));
  expect(names.of('rate', '203.0.113.7')).toBe(names.of('rate', '203.0.113.7'));
  expect(names.of('rate', '203.0.113.7')).toMatch(/^\{crm-gateway\}:rate:[\w-]{22}$/);
  expect(names.of('rate', '203.0.113.7')).not.toBe(new Names(Buffer.from('b')).of('rate', '203.0.113.7'));
});
