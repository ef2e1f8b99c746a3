import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { FIELD_ERRORS_MAX, limitErrors, MESSAGE_LENGTH_MAX, REQUEST_ERRORS_MAX } from '../../../src/graphql/error-limits.ts';

const display = { hasSuggestions: true };
const errorsOf = (count: number, path?: readonly (string | number)[]) =>
  Array.from({ length: count }, (_, index) => new GraphQLError(`fault ${index}`, { extensions: { code: 'A' }, ...(path && { path }) }));

test.each([
  ['a request', REQUEST_ERRORS_MAX, undefined],
  ['fields', FIELD_ERRORS_MAX, ['contacts', 0, 'company']],
])('of the errors of %s so many are shown, and the last one says that there are more', (_what, max, path) => {
  expect(limitErrors(errorsOf(max, path), display)).toHaveLength(max);

  const shown = limitErrors(errorsOf(max + 10_000, path), display);
  expect(shown).toHaveLength(max);
  expect(shown.at(-2)?.message).toBe(`fault ${max - 2}`);
  expect(shown.at(-1)).toMatchObject({ message: `Only the first ${max - 1} errors are shown.`, extensions: { code: 'A' } });
});

test('many errors of one sort do not hide the other sort', () => {
  const shown = limitErrors([...errorsOf(2_000, ['a']), ...errorsOf(2)], display);

  expect(shown.filter(({ path }) => path === undefined).map(({ message }) => message)).toEqual([
    `Only the first ${FIELD_ERRORS_MAX - 1} errors are shown.`,
    'fault 0',
    'fault 1',
  ]);
});

test('no message is longer than it may be, nor is it cut within a character', () => {
  const [error] = limitErrors([new GraphQLError('😀'.repeat(1_000))], display);

  expect(error?.message.length).toBeLessThanOrEqual(MESSAGE_LENGTH_MAX);
  expect(error?.message.isWellFormed()).toBe(true);
});
