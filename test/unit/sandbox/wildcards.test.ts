import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLike } from '../../../src/sandbox/callgear/filtering/like-pattern.ts';
import { likeMatcher } from '../../../src/sandbox/onlyoffice/sql-text.ts';
import { fitsWildcards, type WildcardPart } from '../../../src/sandbox/wildcards.ts';

const parts = fc.array(fc.constantFrom<WildcardPart>('any', 'many', { character: 'a' }, { character: 'b' }, { character: '.' }), {
  maxLength: 8,
});
const texts = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '😀'), maxLength: 8 });

test('wildcards fit what the regular expression for them fits', () => {
  fc.assert(
    fc.property(parts, texts, (pattern, text) => {
      const source = pattern.map((part) => (part === 'any' ? '.' : part === 'many' ? '.*' : `[${part.character}]`)).join('');
      return fitsWildcards(pattern, text) === new RegExp(`^${source}$`, 'su').test(text);
    }),
    { numRuns: 2_000 },
  );
});

test('a pattern with many wildcards is soon done with a text that nearly fits', () => {
  const pattern = '%a'.repeat(100);

  for (const like of [likeMatcher, compileLike]) {
    expect(like(pattern)(`${'a'.repeat(5_000)}b`)).toBe(false);
    expect(like(`${pattern}%`)(`${'a'.repeat(5_000)}b`)).toBe(true);
  }
});

test('LIKE takes a wildcard behind a backslash as it is', () => {
  for (const like of [likeMatcher, compileLike]) {
    expect([like('100\\%')('100%'), like('100\\%')('1000'), like('a_c')('abc'), like('a\\_c')('abc')]).toEqual([true, false, true, false]);
  }
});
