/**
 * The envelopes of Kommo's API v4. What is in its rows is read by the mapping, member by member: see docs/adr/0020.
 */
import { z } from 'zod';
import { SourceError } from '../port/source-error.ts';
import { rowsOf } from '../wire/numbered-rows.ts';
import { answerBytes, bytesPerRow } from '../wire/row-size.ts';
import { parseReply } from '../wire/wire-reply.ts';

/** Kommo's ids are whole numbers; longer digits than these are no id. */
export const KOMMO_ID = /^(0|[1-9]\d{0,18})$/;

/** One page of a HAL collection: its rows, unread, and whether there is a next page. */
export interface KommoPage {
  readonly rows: readonly unknown[];
  readonly hasNext: boolean;
  /** Roughly what one row takes in memory, in bytes. */
  readonly rowBytes: number;
}

/** Reads a body that was parsed already; `length` is that of its text. @throws SourceError BAD_RESPONSE */
export type ReadBody<T> = (body: unknown, source: string, length: number) => T;

/**
 * Reads the envelope of a collection whose rows are in `_embedded[key]`. PHP may write the list as a map, and leave out or empty what has nothing in
 * it. `next` is a flag: its address is never called.
 */
export function pageReader(key: string): ReadBody<KommoPage> {
  return (body, source, length) => {
    const envelope = objectOrNone(body);
    const embedded = envelope && objectOrNone(envelope['_embedded']);
    const rows = embedded && listOf(embedded, key);
    // Members of an envelope begin with `_`: what has others and no rows is something else.
    const isEnvelope =
      envelope !== null && (envelope['_embedded'] !== undefined || Object.keys(envelope).every((name) => name.startsWith('_')));
    if (!isEnvelope || !rows)
      throw new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer of an unknown shape (at ${rowsPath(key)}).`);
    const hasNext = isLink(objectOrNone(envelope['_links'])?.['next']);
    // A page may have lost its rows, and says so by a next one; a list of none is only short.
    if (hasNext && rows.length === 0 && !Array.isArray(embedded[key])) {
      throw new SourceError(source, 'BAD_RESPONSE', `${source} sent a page without rows that is not the last one.`);
    }
    return { rows, hasNext, rowBytes: bytesPerRow(answerBytes(length), rows.length) };
  };
}

/** The JSON path of a page's rows. */
export function rowsPath(key: string): string {
  return `$._embedded.${key}`;
}

/** Whether a body says "nothing", which Kommo otherwise says with 204: PHP writes an empty answer in all these ways. */
export function isNothing(body: unknown): boolean {
  return body === null || body === '' || (typeof body === 'object' && Object.keys(body).length === 0);
}

/** Whether a body is an envelope with nothing in it, which says of a lone row that there is none. */
export function isEmptyEnvelope(body: unknown): boolean {
  if (!isObject(body) || !Object.keys(body).every((name) => name.startsWith('_'))) return false;
  const embedded = objectOrNone(body['_embedded']);
  return embedded !== null && Object.values(embedded).every((rows) => isNothing(rows));
}

/** An object; an empty one for what PHP writes in its place; null for anything else. */
function objectOrNone(value: unknown): Readonly<Record<string, unknown>> | null {
  if (isObject(value)) return value;
  return isNothing(value ?? null) || value === false ? {} : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns null where there is something else in its place. */
function listOf(embedded: Readonly<Record<string, unknown>>, key: string): readonly unknown[] | null {
  const rows = embedded[key];
  if (Array.isArray(rows)) return rows;
  // Rows of another kind are no empty list of this one.
  if (rows === undefined && Object.keys(embedded).length > 0) return null;
  const map = objectOrNone(rows);
  return map && rowsOf(map);
}

function isLink(next: unknown): boolean {
  if (typeof next === 'string') return next !== '';
  return typeof next === 'object' && next !== null && 'href' in next && typeof next.href === 'string' && next.href !== '';
}

const FLAGS = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['false', false],
]);
const optionalFlag = z.preprocess((value) => FLAGS.get(value) ?? null, z.boolean().nullable());
const optionalText = z.preprocess((value) => (typeof value === 'string' ? value : null), z.string().nullable());
const settings = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}),
  z.object({ timezone: optionalText, timezone_offset: optionalText }),
);

/** The account itself, with `with=is_api_filter_enabled,datetime_settings`. */
const kommoAccount = z.object({
  is_api_filter_enabled: optionalFlag,
  _embedded: z.preprocess(
    (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}),
    z.object({ datetime_settings: settings }),
  ),
});
export type KommoAccount = z.infer<typeof kommoAccount>;

export const readAccount: ReadBody<KommoAccount> = (body, source) => parseReply(source, kommoAccount, body);

/** An access token lives a day; used when Kommo does not say, or says something that cannot be. */
const TOKEN_LIFE_SECONDS = 86_400;
/** No token of Kommo's lives longer; a pair whose end is beyond the calendar could not be stored. */
const TOKEN_LIFE_SECONDS_MAX = 10 * 365 * 86_400;

/** The answer to a grant. It spent the grant, so a pair whose end cannot be read is a pair all the same. */
export const kommoTokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds. A life of less than one would mean a refresh for every call. */
  expires_in: z
    .union([z.number(), z.string().regex(/^\d+$/)])
    .transform(Number)
    .refine((seconds) => seconds > 0)
    .transform((seconds) => Math.min(Math.max(1, seconds), TOKEN_LIFE_SECONDS_MAX))
    .catch(TOKEN_LIFE_SECONDS),
});
