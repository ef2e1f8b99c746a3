const MIN_VALUE = '0001-01-01T00:00:00.0000000Z';
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Offset of the zone at that instant, in minutes east of UTC. */
function offsetMinutes(zone: string, atMs: number): number {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Writes an instant as ApiDateTime does: the portal's wall time, seven digits, `Z` or the offset; null is year 1. */
export function formatPortalTime(atMs: number | null, zone: string): string {
  if (atMs === null) return MIN_VALUE;
  const offset = offsetMinutes(zone, atMs);
  const wall = new Date(atMs + offset * 60_000).toISOString().replace('Z', '0000');
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return offset === 0 ? `${wall}Z` : `${wall}${offset < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

const ACCEPTED = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)([:-])(\d\d)\5(\d\d)(?:\.(\d{3}|\d{7}))?(Z|[+-]\d\d:\d\d)?)?$/;

/** Reads one of the exact formats that the API takes; without a zone it is portal time. Gives undefined for anything else. */
export function parsePortalTime(text: string, zone: string): number | undefined {
  const match = ACCEPTED.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', , minute = '0', second = '0', fraction = '0', suffix] = match;
  const wallMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const isReal = new Date(wallMs).toISOString().startsWith(`${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:`);
  if (!isReal || Number(second) > 59) return undefined;
  const atWallMs = wallMs + Math.floor(Number(fraction.padEnd(7, '0')) / 10_000);
  if (suffix === 'Z') return atWallMs;
  if (suffix) {
    const offset = Number(suffix.slice(1, 3)) * 60 + Number(suffix.slice(4, 6));
    return atWallMs - (suffix.startsWith('-') ? -1 : 1) * offset * 60_000;
  }
  // The offset is asked for the instant that the wall time would be, then for the one found, which settles it but for skipped hours.
  const near = atWallMs - offsetMinutes(zone, atWallMs) * 60_000;
  return atWallMs - offsetMinutes(zone, near) * 60_000;
}
