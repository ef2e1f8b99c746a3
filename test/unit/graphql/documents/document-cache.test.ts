import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { DOCUMENT_CACHE_BYTES_MAX, createDocumentCache } from '../../../../src/graphql/documents/document-cache.ts';

const dense = (index: number) => `{ a${index} ${'a '.repeat(1_900)}}`;

type DocumentCache = ReturnType<typeof createDocumentCache>;

/** A document is kept when it is sent again. */
function setTwice(cache: DocumentCache, text: string): void {
  for (let times = 0; times < 2; times += 1) cache.set(text, parse(text));
}

test('a document is kept from the second time on that it is sent', () => {
  const cache = createDocumentCache();
  cache.set('{ a }', parse('{ a }'));
  cache.set('{ b }', parse('{ b }'));

  expect([cache.get('{ a }'), cache.bytes()]).toEqual([undefined, 0]);
  cache.set('{ a }', parse('{ a }'));
  expect(cache.get('{ a }')).toBeDefined();
  expect(cache.get('{ b }')).toBeUndefined();
});

test('the cache of documents holds some megabytes of dense ones, and the latest', () => {
  const cache = createDocumentCache();
  for (let index = 0; index < 100; index += 1) setTwice(cache, dense(index));

  expect(cache.bytes()).toBeLessThanOrEqual(DOCUMENT_CACHE_BYTES_MAX);
  expect(cache.bytes()).toBeGreaterThan(DOCUMENT_CACHE_BYTES_MAX / 2);
  expect(cache.get(dense(99))).toBeDefined();
  expect(cache.get(dense(0))).toBeUndefined();
});

test('a dense document is as heavy as its tokens, a thin one as its text', () => {
  const weigh = (text: string) => {
    const cache = createDocumentCache();
    setTwice(cache, text);
    return cache.bytes();
  };

  expect(weigh(dense(0))).toBeGreaterThan(200 * dense(0).length);
  expect(weigh(`{ a } #${'x'.repeat(90_000)}`)).toBeLessThan(3 * 90_000);
});
