import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { httpUrlOrNull, parseJson, parseReply, textOrNull } from '../../../../src/datasources/wire/wire-reply.ts';

const schema = z.object({ rows: z.array(z.object({ id: z.int() })) });

describe('a reply', () => {
  test.each(['', ' ', '{"a":', '<html>canary</html>'])('%j is no JSON, and is not repeated in the error', (text) => {
    const read = () => parseJson('kommo', text);

    expect(read).toThrow(expect.objectContaining({ name: 'SourceError', source: 'kommo', code: 'BAD_RESPONSE', cause: undefined }));
    expect(read).not.toThrow(/canary/);
  });

  test('may begin with a byte order mark', () => {
    expect(parseJson('kommo', '\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  test('keeps every digit of whole numbers beyond 2^53, as text, and leaves all others numbers', () => {
    const text =
      '{"id":9007199254740993,"ids":[-12345678901234567890,9007199254740991],"price":0.1234567890123456,"far":1e30,"text":"9007199254740993"}';
    expect(parseJson('kommo', text)).toEqual({
      id: '9007199254740993',
      ids: ['-12345678901234567890', 9007199254740991],
      price: 0.1234567890123456,
      far: 1e30,
      text: '9007199254740993',
    });
  });

  test('that does not fit names the path of its first fault and no value', () => {
    const read = () => parseReply('kommo', schema, { rows: [{ id: 1 }, { id: 'canary' }] });

    expect(read).toThrow(/at \$\.rows\[1\]\.id/);
    expect(read).not.toThrow(/canary/);
  });
});

describe('texts', () => {
  test('are passed on whole, but for halves of characters', () => {
    expect(textOrNull('x'.repeat(72_001))).toHaveLength(72_001);
    expect(textOrNull('a\uD800b')).toBe('a\uFFFDb');
  });

  test('are trimmed, and null when nothing is left', () => {
    expect(textOrNull('  a b ')).toBe('a b');
    expect([textOrNull(' \n'), textOrNull(null), textOrNull(undefined)]).toEqual([null, null, null]);
  });
});

test.each([
  ['https://portal.example.com/a b', 'https://portal.example.com/a%20b'],
  [' http://portal.example.com ', 'http://portal.example.com/'],
  ['javascript:alert(1)', null],
  ['/relative', null],
  ['https://user:secret@portal.example.com', null],
  ['', null],
])('the address %j is given to clients as %j', (text, url) => {
  expect(httpUrlOrNull(text)).toBe(url);
});
