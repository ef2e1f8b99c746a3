import { readRetryAfter, readWaitSeconds } from '../http/retry-after.ts';
import type { HttpResponse } from '../http/source-http.ts';
import { SourceError, type SourceErrorCode, type SourceErrorOptions } from '../port/source-error.ts';
import { beginningOf, parseJson } from '../wire/wire-reply.ts';

/** A 429 without a word on how long: after this time no call counts in Kommo's window of a second any more. */
const RATE_WINDOW_MS = 1_100;

/** Kommo's 400 that asks to repeat: "system error, please repeat", in Russian. */
const TRANSIENT_DETAIL = /системн\S{0,10} ошибк|повтор\S{0,10} (?:запрос|попытк)|попробуйте|system error|please (?:repeat|try again)/iu;

/** A filter that the account may not use, refused in words: "Invalid filter for current account". */
const REFUSED_FILTER = /(?:invalid|unknown|unsupported) filter|filter \S{0,40} ?is not (?:available|supported|allowed)/iu;
/** With these statuses Kommo refuses a part of a call, if what it says is about that part: the words differ by account and language. */
const REFUSING_STATUSES: ReadonlySet<number> = new Set([400, 402, 403, 422]);
const ABOUT_FILTERS = /filter|фильтр/iu;
/** "In order to" is about something else. */
const ABOUT_ORDER = /(?<!\bin )\border(?:s|ed|ing)?\b|\bsort|сортиров|упорядоч/iu;
/** A "query parameter" is any parameter. */
const ABOUT_SEARCH = /\bquery\b(?! ?(?:param|string))|\bsearch|поиск/iu;
/** A lack of rights that comes with a 400. */
const REFUSED_RIGHT =
  /not enough rights|insufficient (?:rights|permissions)|(?:access|permission) denied|no access|недостаточно прав|нет прав/iu;
/** A route that Kommo's API does not have, which is how a wrong URL shows. */
const UNKNOWN_ROUTE = /^\s{0,9}cannot [a-z]{3,7} /iu;

/** What of a call to a list Kommo may refuse, though it would answer the call without it. */
export type CallPart = 'filter' | 'order' | 'query';

/** That Kommo refuses a part of a call: FILTER_UNSUPPORTED, or ORDER_UNSUPPORTED. */
export class KommoRefusal extends SourceError {
  readonly part: CallPart;
  /** Whether Kommo says in words that it is this part, whatever its value. Otherwise other values may be taken. */
  readonly isWorded: boolean;

  constructor(source: string, httpStatus: number, part: CallPart, isWorded: boolean) {
    const what = part === 'filter' ? 'this filter' : part === 'order' ? 'this order' : 'this search';
    super(source, part === 'order' ? 'ORDER_UNSUPPORTED' : 'FILTER_UNSUPPORTED', `${source} refuses ${what} for the account.`, {
      httpStatus,
    });
    this.part = part;
    this.isWorded = isWorded;
  }
}

/**
 * Translates an answer that is no success.
 *
 * @param sent What the call had, so that what is said of filters, say, is said of that one. A refused part is a KommoRefusal.
 * @see https://developers.kommo.com/docs/http-codes
 */
export function toSourceError(source: string, response: HttpResponse, now: number, sent: ReadonlySet<CallPart> = new Set()): SourceError {
  const problem = problemOf(response.text);
  const error = (code: SourceErrorCode, message: string, options: SourceErrorOptions = {}) =>
    new SourceError(source, code, `${source} ${message}`, { httpStatus: response.status, ...options });
  const { status } = response;
  if (status === 400 && isTransient(problem))
    return error('UNAVAILABLE', 'had a fault and asks to repeat the call.', { isRetryable: true });
  const named = namedPart(status, problem, sent);
  // Of a value that did not pass the check it says nothing of others.
  if (named !== null) return new KommoRefusal(source, status, named, problem?.['validation-errors'] === undefined);
  if (status === 400 && REFUSED_RIGHT.test(wordsOf(problem))) return error('FORBIDDEN', "says that the token's user lacks the right.");
  // Whatever else it says, or without a word: that is what sets the call apart. An order can be done without, a search often cannot.
  const suspected = (['filter', 'order', 'query'] as const).find((part) => sent.has(part));
  if (status === 400 && suspected !== undefined) return new KommoRefusal(source, status, suspected, false);
  if (status === 401) return error('UNAUTHENTICATED', 'does not accept the access token: it has expired, or was revoked.');
  // Seen to come and go on paid accounts.
  if (status === 402) return error('FORBIDDEN', 'says that the account is not paid for.', { isRetryable: true });
  if (status === 403 && problem !== null) return error('FORBIDDEN', "says that the token's user or scope lacks the right.");
  if (status === 403) return error('BLOCKED', 'refuses calls from this address or account altogether; only its support can lift that.');
  if (status === 404 && problem === null) return error('UNAVAILABLE', 'was not found at its configured URL.');
  if (status === 404 && (problem?.['detail'] === undefined || says(problem, UNKNOWN_ROUTE)))
    return error('BAD_RESPONSE', 'does not know an address of its own API; its configured URL may be wrong.');
  if (status === 404) return error('BAD_RESPONSE', 'does not know what was asked for; it may have been deleted.');
  if (status === 429) {
    return error('RATE_LIMITED', 'was called too often.', { isRetryable: true, retryAfterMs: rateWaitMs(response, problem, now) });
  }
  if (status >= 500) {
    const retryAfterMs = readRetryAfter(response.headers['retry-after'], now);
    return error('UNAVAILABLE', `failed with HTTP ${status}.`, { isRetryable: true, retryAfterMs });
  }
  return error('BAD_RESPONSE', `answered with HTTP ${status}, which was not expected.`);
}

/** The part of the call that Kommo names in its words. */
function namedPart(status: number, problem: Problem, sent: ReadonlySet<CallPart>): CallPart | null {
  const words = wordsOf(problem);
  const canRefuse = REFUSING_STATUSES.has(status);
  if (canRefuse && sent.has('filter') && ABOUT_FILTERS.test(words)) return 'filter';
  if (status === 400 && says(problem, REFUSED_FILTER)) return sent.has('query') ? 'query' : 'filter';
  if (canRefuse && sent.has('order') && ABOUT_ORDER.test(words)) return 'order';
  return canRefuse && sent.has('query') && ABOUT_SEARCH.test(words) ? 'query' : null;
}

type Problem = Readonly<Record<string, unknown>> | null;

/** The JSON object in an error's body, whatever its content type says; null for HTML, for an empty body and for anything else. */
export function problemOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = parseJson('kommo', text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isTransient(problem: Problem): boolean {
  return problem !== null && !('validation-errors' in problem) && says(problem, TRANSIENT_DETAIL);
}

/** All that Kommo says in words; other members may repeat the address, and with it the filter. */
function wordsOf(problem: Problem): string {
  if (problem === null) return '';
  const words = ['title', 'detail', 'hint', 'message', 'validation-errors'].map((name) => problem[name] ?? '');
  return beginningOf(JSON.stringify(words));
}

function says(problem: Problem, words: RegExp): boolean {
  return typeof problem?.['detail'] === 'string' && words.test(beginningOf(problem['detail']));
}

/** From the member `retry_after` (seconds), else the header (seconds or a date), else one window. */
function rateWaitMs(response: HttpResponse, problem: Problem, now: number): number {
  return readWaitSeconds(problem?.['retry_after']) ?? readRetryAfter(response.headers['retry-after'], now) ?? RATE_WINDOW_MS;
}
