import { expect, test } from 'vitest';
import { toHttpError } from '../../../../src/datasources/callgear/rpc-error.ts';
import { readRetryAfter, readWaitSeconds } from '../../../../src/datasources/http/retry-after.ts';
import { toSourceError } from '../../../../src/datasources/kommo/api-error.ts';
import { readReply } from '../../../../src/datasources/onlyoffice/reply.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60_000;
const DIGITS = '9'.repeat(10_000);

test.each<[string | undefined, number | undefined]>([
  ['7', 7_000],
  [' 0.5 ', 500],
  ['0', 0],
  ['9999999999', DAY_MS],
  [DIGITS, DAY_MS],
  [`1.${DIGITS}`, 2_000],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
  ['Thursday, 01-Jan-26 00:00:07 GMT', 7_000],
  ['Thu Jan  1 00:00:07 2026 GMT', 7_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['Fri, 31 Dec 9999 23:59:59 GMT', DAY_MS],
  ['Fri, 99 Foo 2026', undefined],
  ['-5', undefined],
  ['-1 May', undefined],
  ['1,5', undefined],
  ['1e999', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %.40j is a wait of %s ms', (header, waitMs) => {
  expect(readRetryAfter(header, NOW)).toBe(waitMs);
});

test.each<[unknown, number | undefined]>([
  [300, 300_000],
  ['300', 300_000],
  [0.0001, 1],
  [1e300, DAY_MS],
  [JSON.parse('1e999'), DAY_MS],
  [JSON.parse(DIGITS), DAY_MS],
  [DIGITS, DAY_MS],
  [-1, undefined],
  ['-1', undefined],
  [Number.NaN, undefined],
  ['1e999', undefined],
  [true, undefined],
  [{}, undefined],
  [null, undefined],
])('the member %.40j is a wait of %s ms', (value, waitMs) => {
  expect(readWaitSeconds(value)).toBe(waitMs);
});

test.each([
  [Number.NaN, undefined],
  [-1, 0],
  [Infinity, DAY_MS],
  [-Infinity, 0],
])('a failure never has a wait of %s', (retryAfterMs, shown) => {
  const error = new SourceError('kommo', 'RATE_LIMITED', 'kommo was called too often', { retryAfterMs });
  expect([error.retryAfterMs, error.with({ wasSent: false }).retryAfterMs]).toEqual([shown, shown]);
});

test.each(['-5', '1e999', 'NaN', 'Infinity', DIGITS, '1,5'])(
  'no CRM is left alone for longer than a day by Retry-After %.20j',
  (header) => {
    const response = { status: 429, reason: undefined, headers: { 'retry-after': header }, text: `{"retry_after":"${header}"}` };
    const failures = [
      toSourceError('kommo', response, NOW),
      toHttpError('callgear', response.status, header),
      failureOf(() => readReply('onlyoffice', response, NOW)),
    ];

    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'RATE_LIMITED', isRetryable: true });
      const waitMs = failure?.retryAfterMs;
      expect(waitMs === undefined || (waitMs > 0 && waitMs <= DAY_MS)).toBe(true);
    }
  },
);

function failureOf(act: () => unknown): SourceError | null {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof SourceError ? error : null;
  }
}
