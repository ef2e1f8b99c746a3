import { toMoment } from '../wire-text.ts';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Later midnights than this, UTC, are the day before's in the far east or the same day's in the far west. */
const DOUBTFUL_FROM_SECONDS = 10 * HOUR_SECONDS;
const DOUBTFUL_TO_SECONDS = 12 * HOUR_SECONDS;
/** The instant may lie an hour off midnight, where the zone's rules have changed since. */
const SLACK_SECONDS = 6 * HOUR_SECONDS;

/** Where the account keeps its days. */
export interface AccountZone {
  /** How far ahead of UTC its clocks are at a moment, in seconds. */
  readonly offsetSeconds: (moment: Date) => number;
}

/** @param offset `+13:00`, taken where the name of the zone is not known to this Node. @returns null where neither can be read. */
export function toAccountZone(name: string | null, offset: string | null): AccountZone | null {
  const format = name === null ? null : formatOf(name);
  if (format !== null) return { offsetSeconds: (moment) => offsetAt(format, moment) };
  const parts = /^([+-])(\d{1,2}):?(\d{2})(?::\d{2})?$/.exec(offset ?? '');
  if (parts === null) return null;
  const seconds = Number(parts[2]) * HOUR_SECONDS + Number(parts[3]) * 60;
  return { offsetSeconds: () => (parts[1] === '-' ? -seconds : seconds) };
}

/**
 * The day that a date field holds, as its account's midnight in Unix seconds.
 *
 * In nearly all zones the day is that of UTC twelve hours later. Only a midnight between 10:00 and 12:00 UTC may be one of two days: of UTC+13 or
 * of UTC-11. There the account's own zone decides.
 *
 * @returns RFC 3339 full-date; null beyond the calendar.
 */
export function dayOf(seconds: number, zone: AccountZone | null): string | null {
  const moment = toMoment(seconds);
  const isDoubtful = zone !== null && moment !== null && isDoubtfulMidnight(seconds);
  const shift = isDoubtful ? zone.offsetSeconds(moment) + SLACK_SECONDS : DAY_SECONDS / 2;
  return (
    toMoment(seconds + shift)
      ?.toISOString()
      .slice(0, 'yyyy-mm-dd'.length) ?? null
  );
}

/** Whether rows of contacts, unread, hold a date whose day only the account's zone can tell. */
export function hasDoubtfulDays(rows: readonly unknown[]): boolean {
  return rows.some((row) =>
    membersOf(memberOf(row, 'custom_fields_values')).some((field) => {
      const type = memberOf(field, 'field_type');
      if (type !== 'date' && type !== 'birthday') return false;
      return membersOf(memberOf(field, 'values')).some((item) => isDoubtfulMidnight(Number(memberOf(item, 'value') ?? Number.NaN)));
    }),
  );
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** Whether only the account's zone can tell the day of a midnight. */
function isDoubtfulMidnight(seconds: number): boolean {
  const ofDay = ((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  return ofDay >= DOUBTFUL_FROM_SECONDS && ofDay < DOUBTFUL_TO_SECONDS;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}

/** From `GMT+13:00`; `GMT` alone is UTC. */
function offsetAt(format: Intl.DateTimeFormat, moment: Date): number {
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const parts = /([+-])(\d{2}):(\d{2})/.exec(name);
  if (parts === null) return 0;
  const seconds = Number(parts[2]) * HOUR_SECONDS + Number(parts[3]) * 60;
  return parts[1] === '-' ? -seconds : seconds;
}
