import { describe, expect, test } from 'vitest';
import { hasTooManyValues, JSON_VALUES_MAX } from '../../../../src/datasources/wire/json-values.ts';
import { parseJson } from '../../../../src/datasources/wire/wire-reply.ts';
import { toSourceError } from '../../../../src/datasources/kommo/api-error.ts';

const COUNT = JSON_VALUES_MAX;

describe('a reply with more values than any page has is not parsed', () => {
  test.each([
    ['numbers', `[${'1,'.repeat(COUNT)}1]`],
    ['one of them long', `[${'1,'.repeat(COUNT)}12345678901234567]`],
    ['lists in a row', `[${'[],'.repeat(COUNT)}[]]`],
    ['lists within lists', '['.repeat(COUNT + 1) + ']'.repeat(COUNT + 1)],
    ['objects within objects', `${'{"a":'.repeat(COUNT + 1)}1${'}'.repeat(COUNT + 1)}`],
    ['texts that end with backslashes', `[${'"\\\\",'.repeat(COUNT)}""]`],
    ['members', `{${'"a":1,'.repeat(COUNT)}"a":1}`],
  ])('%s', (_what, json) => {
    expect(() => parseJson('kommo', json)).toThrow(
      expect.objectContaining({ code: 'BAD_RESPONSE', message: 'kommo sent an answer with too many values.' }),
    );
  });

  test('nor is it when it comes with an error', () => {
    const text = `{"detail":"system error","x":[${'1,'.repeat(COUNT)}1]}`;

    expect(toSourceError('kommo', { status: 400, headers: {}, text }, 0)).toMatchObject({ code: 'BAD_RESPONSE', isRetryable: false });
  });
});

test.each([
  ['a long text', JSON.stringify(`[,{"${'[,{'.repeat(COUNT)}`)],
  ['quotes and backslashes', JSON.stringify('\\"[,'.repeat(COUNT))],
  ['as many values as there may be', `[${'1, '.repeat(COUNT - 2)}1]`],
  ['a text that is cut', `"${',['.repeat(COUNT)}`],
])('is not mistaken: %s', (_what, json) => {
  expect(hasTooManyValues(json)).toBe(false);
});
