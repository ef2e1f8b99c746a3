import fc from 'fast-check';
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate, type DocumentNode } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { MESSAGE_LENGTH_MAX, REQUEST_ERRORS_MAX } from '../../../src/graphql/error-limits.ts';
import { validateBounded } from '../../../src/graphql/use-bounded-validation.ts';
import { findExcess, parseWithinLimit } from '../../../src/graphql/use-operation-limits.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { leastCpuMs } from '../../support/processes/cpu-time.ts';
import { createFaultySchema, faultyOperation } from '../../support/operations/faulty-schema.ts';
import { WORST_DOCUMENTS } from '../../support/operations/worst-documents.ts';

const schema = createSchema(SOURCE_MODULES);
const shown = { hasSuggestions: true };
/** What an introspection by GraphiQL takes, so many times. */
const TIMES_USUAL_MAX = 20;

test('finds what graphql-js finds', () => {
  for (const query of ['{ contacts { totalCount } }', '{ nothing contacts }', 'query A { a } query A { b }', '{ ...f }']) {
    const document = parse(query);
    expect(validateBounded(schema, document, shown).map(String)).toEqual(validate(schema, document).map(String));
  }
});

test('takes descriptions of operations, variables and fragments for texts', () => {
  const list = '"Lists." query A("How many." $first: Int, $ids: [ID!]!) { contacts(first: $first) { ...C } nodes(ids: $ids) { id } }';
  const document = parse(`${list} "What of it." fragment C on ContactConnection { nodes { id } }`);

  expect(validate(schema, document)).toEqual([]);
  expect(validateBounded(schema, document, shown)).toEqual([]);
});

test('finds what graphql-js finds in documents of all kinds, in the same order', () => {
  const faulty = createFaultySchema();
  const shownMax = REQUEST_ERRORS_MAX - 1;
  let faults = 0;
  fc.assert(
    fc.property(faultyOperation, ({ query }) => {
      const document = parsed(query);
      // Some of them are no GraphQL at all.
      if (document === null) return;
      const right = validate(faulty, document, specifiedRules, { maxErrors: shownMax }).slice(0, shownMax).map(String);
      expect(validateBounded(faulty, document, shown).slice(0, shownMax).map(String)).toEqual(right);
      faults += right.length;
    }),
    { numRuns: 300 },
  );
  expect(faults).toBeGreaterThan(100);
});

function parsed(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

test('shows a limited number of errors, and says that there may be more', () => {
  const document = parse(`{ ${Array.from({ length: 40 }, (_, index) => `a${index}`).join(' ')} }`);
  const errors = validateBounded(schema, document, shown);

  expect(errors).toHaveLength(REQUEST_ERRORS_MAX);
  expect(errors.at(-1)?.message).toContain('may be more');
});

test('shows all errors when they are as many as may be shown', () => {
  const document = parse(`{ ${Array.from({ length: REQUEST_ERRORS_MAX - 1 }, (_, index) => `a${index}`).join(' ')} }`);

  expect(validateBounded(schema, document, shown).map(({ message }) => message)).not.toContain(expect.stringContaining('may be more'));
  expect(validateBounded(schema, document, shown)).toHaveLength(REQUEST_ERRORS_MAX - 1);
});

test('does not repeat a long text of the caller again and again', () => {
  const members = Array.from({ length: 24 }, (_, index) => `a${index}: 1`).join(' ');
  const errors = validateBounded(
    schema,
    parse(`{ contacts(filter: { ${members} search: "${'x'.repeat(50_000)}" }) { totalCount } }`),
    shown,
  );

  expect(errors).toHaveLength(2);
  for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(MESSAGE_LENGTH_MAX);
});

test('proposes no names where they are not to be shown', () => {
  const [error] = validateBounded(schema, parse('{ contact { id } }'), { hasSuggestions: false });
  const small = validateBounded(buildSchema('type Query { name: String }'), parse('{ nam }'), { hasSuggestions: false });

  expect([error?.message, small[0]?.message].join()).not.toContain('Did you mean');
});

describe('a document within the limits is validated soon', () => {
  /** Some milliseconds on any machine of today: what one is slower by, all documents take longer by. */
  const introspection = parse(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }));
  const usualMs = leastCpuMs(() => void validate(schema, introspection), 100, 4);

  test.each(WORST_DOCUMENTS)('%s', (_name, text) => {
    const document = parseWithinLimit(text);
    expect(findExcess(document)).toBeNull();

    // 0.6 to 7 ms, see docs/security.md; without the limits seconds.
    const ratio = leastCpuMs(() => void validateBounded(schema, document, shown)) / usualMs;
    expect(ratio).toBeLessThan(TIMES_USUAL_MAX);
  });
});
