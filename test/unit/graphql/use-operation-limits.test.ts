import { getIntrospectionQuery, parse } from 'graphql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OPERATION_LIMITS, findExcess, parseWithinLimit } from '../../../src/graphql/use-operation-limits.ts';
import { cpuMs } from '../../support/processes/cpu-time.ts';

const codeOf = (document: string) => findExcess(parse(document))?.extensions['code'];
const times = (count: number, make: (index: number) => string) => Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Two fields to merge, and half of the fields below each. */
const belowMergedFields = (count: number) => {
  const half = Math.floor(count / 2);
  return `{ a { ${times(half, () => 'b { c }')} } a { ${times(count - half, () => 'b { c }')} } }`;
};

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
  [
    'fragments',
    (count: number) => `{ a } ${times(count, (index) => `fragment f${index} on Query { a }`)}`,
    OPERATION_LIMITS.fragments,
    'FRAGMENT_LIMIT_EXCEEDED',
  ],
  [
    'fields in a document',
    (count: number) => `{ ${times(1_000, (index) => `a${index}`)} } query B { ${times(count - 1_000, (index) => `a${index}`)} }`,
    OPERATION_LIMITS.fieldsInDocument,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['merged fields', (count: number) => `{ ${times(count, () => '... { a { b } }')} }`, OPERATION_LIMITS.repeats, 'FIELD_LIMIT_EXCEEDED'],
  [
    'merged fields with arguments',
    (count: number) => `{ ${times(count, () => '... { a(b: 1) }')} }`,
    OPERATION_LIMITS.repeats,
    'FIELD_LIMIT_EXCEEDED',
  ],
  ['merged fields below merged fields', belowMergedFields, OPERATION_LIMITS.repeats, 'FIELD_LIMIT_EXCEEDED'],
  [
    'merged plain fields',
    (count: number) => `{ ${times(count, () => '... { a }')} }`,
    OPERATION_LIMITS.plainRepeats,
    'FIELD_LIMIT_EXCEEDED',
  ],
  [
    'fields of a fragment that nothing spreads',
    (count: number) => `{ a } fragment f on Query { ${times(count, () => 'a')} }`,
    OPERATION_LIMITS.repeats,
    'FIELD_LIMIT_EXCEEDED',
  ],
  [
    'depth of a fragment that nothing spreads',
    (count: number) => `{ a } fragment f on Query ${'{ a '.repeat(count)}${'}'.repeat(count)}`,
    OPERATION_LIMITS.depth,
    'DEPTH_LIMIT_EXCEEDED',
  ],
])('exactly the limit of %s is allowed, one more is not', (_limit, make, limit, code) => {
  expect(codeOf(make(limit))).toBeUndefined();
  expect(codeOf(make(limit + 1))).toBe(code);
});

test('every operation of a document is looked at', () => {
  expect(codeOf(`query A { a } query B { ${times(31, (index) => `a${index}: a`)} }`)).toBe('ALIAS_LIMIT_EXCEEDED');
});

test('what a review found slow is refused', () => {
  const merged = (outer: string, inner: string) => `{ ${times(20, () => `${outer} { ${times(20, () => inner)} }`)} }`;

  expect(codeOf(merged('sources', 'users { id }'))).toBe('FIELD_LIMIT_EXCEEDED');
  expect(codeOf(`{ __typename } fragment f on Query { ${times(300, () => 'sources { name }')} }`)).toBe('FIELD_LIMIT_EXCEEDED');
});

test('one fragment spread again and again at one place is merged once', () => {
  expect(codeOf(`{ ${times(30, () => '...f')} } fragment f on Query { a { b } }`)).toBeUndefined();
});

test('a fragment that spreads itself is left to validation', () => {
  expect(codeOf('{ ...f } fragment f on Query { a ...f } fragment g on Query { b ...g }')).toBeUndefined();
});

test('a document of unusual length has no places in its errors, which are found by reading it from its beginning', () => {
  expect(parseWithinLimit(`${'\n'.repeat(400)}{ a }`).loc).toBeDefined();
  expect(parseWithinLimit(`${'\n'.repeat(600)}{ a }`).loc).toBeUndefined();
  expect(parseWithinLimit(`#${'x'.repeat(20_000)}\n{ a }`).loc).toBeUndefined();
});

test('only the parser says that there are too many tokens, not the text of the caller', () => {
  expect(() => parseWithinLimit('{ a "token limit: more than 2000 tokens" }')).toThrow(
    expect.not.objectContaining({ extensions: { code: 'TOKEN_LIMIT_EXCEEDED' } }),
  );
  expect(() => parseWithinLimit('{ a "more than 2000 tokens" }')).toThrow(/found String/);
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
    fc.property(documents, (document) => cpuMs(() => void codeOf(document)) < 500),
    { interruptAfterTimeLimit: 1_000 },
  );
});
