import { expect, test } from 'vitest';
import { createLog } from '../../../src/telemetry/log.ts';

/** A log that writes into a list, parsed line by line. */
function startLog(level = 'info') {
  let text = '';
  const log = createLog(level, { write: (line: string) => void (text += line) });
  return {
    log,
    lines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test('a line is one JSON object, whatever the values hold', () => {
  const { log, lines } = startLog();
  log.info({ caller: 'x"}\n{"level":"error"}\r\n\u2028' }, 'request');

  expect(lines()).toEqual([{ level: 'info', time: expect.any(String), caller: 'x"}\n{"level":"error"}\r\n\u2028', msg: 'request' }]);
});

test('an error shows its kind, code and places, and not a word of its message', () => {
  const { log, lines } = startLog();
  const cause = new Error('canary');
  const error = Object.assign(new TypeError('canary at https://user:canary@host\n    at canary (canary.ts:1:1)', { cause }), {
    code: 'ECONNRESET',
  });
  log.error({ error }, 'a request could not be handled');

  expect(lines()[0]).toMatchObject({ error: { type: 'TypeError', code: 'ECONNRESET', stack: expect.stringContaining('log.test.ts') } });
  expect(JSON.stringify(lines())).not.toContain('canary');
});

test('what is thrown and is no error is told by its type alone', () => {
  const { log, lines } = startLog();
  log.error({ error: 'canary' }, 'a request could not be handled');

  expect(lines()[0]).toMatchObject({ error: 'string' });
});

test('members that can hold secrets are blotted out', () => {
  const { log, lines } = startLog();
  log.info({ token: 'canary', headers: { authorization: 'canary', cookie: 'canary' }, a: { b: { password: 'canary' } } }, 'careless');

  expect(JSON.stringify(lines())).not.toContain('canary');
});

test('what stands beside a secret is kept, in lists too, and the members given are left as they are', () => {
  const { log, lines } = startLog();
  const members = { calls: { kommo: 2 }, tried: [{ name: 'first', token: 'canary' }, 'second'] };
  log.info(members, 'careless');

  expect(lines()[0]).toMatchObject({ calls: { kommo: 2 }, tried: [{ name: 'first', token: '[redacted]' }, 'second'] });
  expect(members.tried[0]).toEqual({ name: 'first', token: 'canary' });
});
