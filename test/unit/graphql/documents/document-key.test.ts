import { describe, expect, test } from 'vitest';
import { readDocumentKey } from '../../../../src/graphql/documents/document-key.ts';

const keyOf = (text: string) => readDocumentKey(text)?.key;

describe('the key of a document', () => {
  test.each([
    ['layout, commas and comments', 'query A { a b }', '# of A\nquery A{a,b}'],
    ['the name of its operation', 'query A { a }', 'query B { a }'],
    ['a name or none', 'query A($x: Int) { a(x: $x) }', 'query ($x: Int) { a(x: $x) }'],
    ['the short form', 'query { a }', '{ a }'],
    ['a byte order mark', '{ a }', '\uFEFF{ a }'],
  ])('is the same whatever %s', (_, one, other) => {
    expect(keyOf(one)).toBeTypeOf('string');
    expect(keyOf(one)).toBe(keyOf(other));
  });

  test.each([
    ['another field', '{ a }', '{ b }'],
    ['another alias', '{ x: a }', '{ y: a }'],
    ['another order', '{ a b }', '{ b a }'],
    ['another text', '{ a(x: "1 2") }', '{ a(x: "1  2") }'],
    ['a text or a name', '{ a(x: "b") }', '{ a(x: b) }'],
    ['another number', '{ a(x: 1) }', '{ a(x: 10) }'],
    ['a fragment of another name', '{ ...B } fragment B on C { d }', '{ ...B } fragment E on C { d }'],
    ['a default of another value', 'query A($f: F = { a: 1 }) { a }', 'query A($f: F = { a: 2 }) { a }'],
    ['a directive', '{ a }', '{ a @skip(if: true) }'],
    ['a field named query', '{ query A }', '{ query B }'],
  ])('differs by %s', (_, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  test.each([
    ['a mutation', 'mutation { a }'],
    ['a query beside a mutation', 'query A { a } mutation B { b }'],
    ['a subscription', 'subscription { a }'],
    ['a deferred part', '{ a ... @defer { b } }'],
    ['several operations', 'query A { a } query B { b }'],
    ['several operations, one in the short form', '{ a } query B { b }'],
    ['no operation', 'fragment B on C { d }'],
    ['no GraphQL', '{ a ? }'],
    ['an open text', '{ a(x: "'],
    ['more tokens than are let in', `{ ${'a '.repeat(2_001)} }`],
  ])('is none for %s', (_, text) => {
    expect(readDocumentKey(text)).toBeNull();
  });

  test('tells the name of the operation', () => {
    expect(readDocumentKey('fragment B on C { d } query A { ...B }')).toMatchObject({ operationName: 'A' });
    expect(readDocumentKey('{ a }')).toMatchObject({ operationName: null });
  });
});
