import { getIntrospectionQuery, parse } from 'graphql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATION_LIMITS, findExcess } from '../../../src/graphql/use-operation-limits.ts';

const codeOf = (document: string) => findExcess(parse(document))?.extensions['code'];
const times = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');

test.each([
  ['aliases', (count: number) => `{ ${times(count, (index) => `a${index}: a`)} }`, OPERATION_LIMITS.aliases, 'ALIAS_LIMIT_EXCEEDED'],
  ['depth', (count: number) => `${'{ a '.repeat(count)}${'}'.repeat(count)}`, OPERATION_LIMITS.depth, 'DEPTH_LIMIT_EXCEEDED'],
  [
    'depth of introspection',
    (count: number) => `{ __schema ${'{ a '.repeat(count - 1)}${'}'.repeat(count)}`,
    OPERATION_LIMITS.depth * 2,
    'DEPTH_LIMIT_EXCEEDED',
  ],
  [
    'directives at one place',
    (count: number) => `{ a ${'@b '.repeat(count)} }`,
    OPERATION_LIMITS.directivesPerNode,
    'DIRECTIVE_LIMIT_EXCEEDED',
  ],
  [
    'directives',
    (count: number) => `{ ${times(count, (index) => `a${index} @b`)} }`,
    OPERATION_LIMITS.directives,
    'DIRECTIVE_LIMIT_EXCEEDED',
  ],
  ['fields', (count: number) => `{ ${times(count, (index) => `a${index}`)} }`, OPERATION_LIMITS.fields, 'FIELD_LIMIT_EXCEEDED'],
  ['repeats', (count: number) => `{ ${times(count, () => 'a')} }`, OPERATION_LIMITS.repeats, 'FIELD_LIMIT_EXCEEDED'],
])('exactly the limit of %s is allowed, one more is not', (_limit, make, limit, code) => {
  expect(codeOf(make(limit))).toBeUndefined();
  expect(codeOf(make(limit + 1))).toBe(code);
});

test('every operation of a document is looked at', () => {
  expect(codeOf(`query A { a } query B { ${times(31, (index) => `a${index}: a`)} }`)).toBe('ALIAS_LIMIT_EXCEEDED');
});

test('the introspection of tools is far from every limit but that of depth', () => {
  const introspection = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, schemaDescription: true, specifiedByUrl: true });
  const twice = introspection
    .replace('query IntrospectionQuery {', 'query IntrospectionQuery { ...Again')
    .concat('fragment Again on Query { __schema { types { ...FullType } } }');

  expect(codeOf(twice)).toBeUndefined();
});

test('fragments that spread each other, in circles or doubling, end the walk soon', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const bodies = fc.array(names, { minLength: 1, maxLength: 5 }).map((spreads) => spreads.map((name) => `...${name}`).join(' '));
  const documents = fc
    .tuple(bodies, bodies, bodies, bodies, bodies)
    .map((all) => `{ ...a } ${all.map((body, index) => `fragment ${'abcde'[index]} on Query { ${body} }`).join(' ')}`);

  fc.assert(
    fc.property(documents, (document) => {
      const startedAt = performance.now();
      codeOf(document);
      return performance.now() - startedAt < 100;
    }),
    { interruptAfterTimeLimit: 1_000 },
  );
});
