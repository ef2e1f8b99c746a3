import { expect, test } from 'vitest';
import { readCalendarDate, readInstant } from '../../../../../src/datasources/onlyoffice/mapping/portal-date.ts';

test.each([
  ['2024-03-05T17:07:31.0000000+03:00', '2024-03-05T14:07:31.000Z'],
  ['2024-01-02T00:00:00.0000000Z', '2024-01-02T00:00:00.000Z'],
  ['2019-06-23T18:26:27.0126158Z', '2019-06-23T18:26:27.012Z'],
  ['2024-03-05T17:07:31-11:30', '2024-03-06T04:37:31.000Z'],
])('%s is read with its offset', (text, instant) => {
  expect(readInstant(text)?.toISOString()).toBe(instant);
});

test.each([
  '0001-01-01T00:00:00.0000000Z',
  '0001-01-01T00:00:00.0000000+03:00',
  '2024-03-05T17:07:31',
  '2024-13-45T00:00:00Z',
  'soon',
  '',
  null,
  undefined,
])('%s is no moment', (text) => {
  expect(readInstant(text)).toBeNull();
});

test.each([
  ['1946-05-20', '1946-05-20'],
  ['2024-02-29T00:00:00.0000000+03:00', '2024-02-29'],
  ['2019-06-23T18:26:27.0126158Z', '2019-06-23'],
  ['1946/5/6', '1946-05-06'],
  ['5/20/1946', '1946-05-20'],
  ['20/5/1946', '1946-05-20'],
  ['20-05-1946', '1946-05-20'],
  ['5/5/1946', '1946-05-05'],
  ['6.5.1946', '1946-05-06'],
  [' 20.05.1946 ', '1946-05-20'],
])('%s is certain to be %s', (text, date) => {
  expect(readCalendarDate(text)).toBe(date);
});

test.each(['5/6/1946', '05-06-1946', '31/31/1946', '5.20.1946', '2023-02-29', '5/20/46', '5/20-1946', '0001-01-01', 'spring of 1946', ''])(
  '%s is not certain to be a day',
  (text) => {
    expect(readCalendarDate(text)).toBeNull();
  },
);
