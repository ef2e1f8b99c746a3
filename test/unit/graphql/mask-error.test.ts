import { execute, GraphQLError, parse, type ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import { SourceError } from '../../../src/datasources/port/source-error.ts';
import { maskError } from '../../../src/graphql/mask-error.ts';
import { createSchema } from '../../../src/schema/schema.ts';
import { MEMORY, contactRecord } from '../../support/in-memory-source.ts';
import { LookUpSource, type LookUpSourceOptions } from '../schema/look-up-source.ts';
import { createContext, idOf } from '../schema/run.ts';

/** The first error of a query, masked as the server does it. */
async function maskedErrorOf(query: string, options: Partial<LookUpSourceOptions> = {}, variableValues: Record<string, unknown> = {}) {
  const schema = createSchema([MEMORY]);
  const contextValue = createContext([new LookUpSource({ name: 'a', ...options })]);
  const { errors } = (await execute({ schema, document: parse(query), contextValue, variableValues })) as ExecutionResult;
  return JSON.parse(JSON.stringify(maskError(errors?.[0], 'Unexpected error.')));
}

const CONTACT = `{ contact(id: "${idOf('a', '1')}") { createdAt } }`;

test('shows the failure of a CRM with its code, source and wait, and nothing of its cause', async () => {
  const failed = new SourceError('a', 'RATE_LIMITED', 'Too many calls.', { retryAfterMs: 900, cause: new Error('token=secret') });

  const masked = await maskedErrorOf(CONTACT, { found: { contact: { 1: failed } } });

  expect(masked).toEqual({
    message: 'Too many calls.',
    locations: [{ line: 1, column: 3 }],
    path: ['contact'],
    extensions: { code: 'RATE_LIMITED', source: 'a', retryAfterMs: 900 },
  });
});

test("lets the gateway's own errors through", async () => {
  const masked = await maskedErrorOf('{ contact(id: "x") { id } }');

  expect(masked).toMatchObject({ message: 'id: not an id.', path: ['contact'], extensions: { code: 'BAD_USER_INPUT' } });
});

test.each([
  ['a variable of the wrong type', 'query ($first: Int) { contacts(first: $first) { totalCount } }', { first: 'many' }],
  [
    'a null where the argument takes none',
    'query ($d: OrderDirection = ASC) { contacts(orderBy: { field: DISPLAY_NAME, direction: $d }) { totalCount } }',
    { d: null },
  ],
  [
    'a date that is none',
    'query ($from: DateTime) { contacts(filter: { createdAt: { from: $from } }) { totalCount } }',
    { from: 'yesterday' },
  ],
])('gives a code to what GraphQL refuses: %s', async (_name, query, variables) => {
  const masked = await maskedErrorOf(query, {}, variables);

  expect(masked.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  expect(masked.message).not.toBe('Unexpected error.');
});

test('hides an unforeseen error', async () => {
  const records = { contact: { 1: contactRecord('a', '1', { createdAt: new Date(Number.NaN) }) } };

  const unserializable = await maskedErrorOf(CONTACT, { found: records });

  expect(unserializable).toMatchObject({
    message: 'Unexpected error.',
    path: ['contact', 'createdAt'],
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
  expect(maskError(new Error('secret'), 'Unexpected error.')).toMatchObject({
    message: 'Unexpected error.',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
});

test('keeps the code that the server gave to an error of its own', () => {
  const refused = new GraphQLError('Too deep.', { extensions: { code: 'DEPTH_LIMIT', limit: 12 } });

  expect(maskError(refused, 'Unexpected error.')).toBe(refused);
});
