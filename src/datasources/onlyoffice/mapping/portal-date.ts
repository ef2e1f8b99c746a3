import { Unreadable, type WireValue } from '../../wire/wire-value.ts';

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const YEAR_FIRST = /^(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?$/;
/** Also `20.05.1946.` (Latvian), `20.05.1946 г.` (Bulgarian) and `20. 5. 1946` (Slovak, Slovenian). */
const YEAR_LAST = /^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})(?:\.|\s?г\.?)?$/;
const ROUND_TRIP = /^(\d{4}-\d\d-\d\d)T\d\d[:-]\d\d[:-]\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * Reads a moment as the portal writes it: seven digits of a second, and the portal's offset or `Z`.
 * The year 1 is the portal's word for "never" or "unknown".
 *
 * @returns null for that, and for what cannot be read for certain, a time without an offset included.
 */
export function readInstant(text: string | null | undefined): Date | null {
  const match = INSTANT.exec(text?.trim() ?? '');
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = '', offset] = match;
  if (year === '0001' || toFullDate(year, month, day) === null) return null;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Reads a moment on a row; null where there is none, and for the year 1. @throws Unreadable for a time without an offset too. */
export function readMoment(value: WireValue): Date | null {
  const text = value.text();
  if (text === null || text.startsWith('0001-')) return null;
  const moment = readInstant(text);
  if (moment === null) throw new Unreadable(value);
  return moment;
}

/**
 * Reads the text of a custom field of type Date, which is whatever was typed, as a rule in the portal's short format.
 *
 * Certain are: year first; dots (every culture that parts with dots and ends with the year begins with the day); slashes and hyphens when one
 * number can only be the day, or day and month are the same number.
 *
 * @returns An RFC 3339 full-date; null when more than one day, or none, may be meant.
 */
export function readCalendarDate(text: string): string | null {
  const trimmed = text.trim();
  const roundTrip = ROUND_TRIP.exec(trimmed)?.[1];
  const yearFirst = YEAR_FIRST.exec(roundTrip ?? trimmed);
  if (yearFirst !== null) return toFullDate(yearFirst[1], yearFirst[3], yearFirst[4]);
  const yearLast = YEAR_LAST.exec(trimmed);
  if (yearLast === null) return null;
  const [, first, separator, second, year] = yearLast;
  const dayFirst = toFullDate(year, second, first);
  if (separator === '.') return dayFirst;
  const monthFirst = toFullDate(year, first, second);
  if (dayFirst !== null && monthFirst !== null && dayFirst !== monthFirst) return null;
  return dayFirst ?? monthFirst;
}

/** Not by way of a text, which costs as much as the rest of a custom field. */
function toFullDate(year = '', month = '', day = ''): string | null {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal && Number(year) >= 1000 ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null;
}
