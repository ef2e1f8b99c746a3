import { expect, test } from 'vitest';
import { wordsOf } from '../../../src/commands/error-words.ts';
import { ConsentError } from '../../../src/datasources/credentials/source-connection.ts';

test.each([
  [new ConsentError('Access was denied.'), 'Access was denied.'],
  [new TypeError('canary'), 'Unexpected TypeError.'],
  [Object.assign(new Error('canary'), { code: 'EACCES' }), 'Unexpected Error (EACCES).'],
  [Object.assign(new Error('canary'), { code: { canary: true } }), 'Unexpected Error.'],
  ['canary', 'Unexpected error.'],
])('%o is told as: %s', (error, words) => {
  expect(wordsOf(error)).toBe(words);
});
