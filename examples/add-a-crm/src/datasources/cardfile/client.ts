import type { HttpResponse, SourceHttp } from '../http/source-http.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { Call } from '../port/call.ts';
import type { Log } from '../port/log.ts';
import { SourceError, type SourceErrorCode, type SourceErrorOptions } from '../port/source-error.ts';
import { jsonOf, parseReply } from '../wire/wire-reply.ts';
import { readRows, type RowsRead } from '../wire/wire-rows.ts';
import type { WireRow } from '../wire/wire-value.ts';
import { peopleSchema } from './wire-types.ts';

/** With what Cardfile is called. */
export interface CardfileClientOptions {
  readonly source: string;
  readonly http: SourceHttp;
  readonly token: string;
  readonly log: Log;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** One page of people. */
export interface PeoplePage<Row> extends RowsRead<Row> {
  /** As Cardfile counts. */
  readonly total: number;
}

/** Speaks Cardfile's API: the token, pages, errors. It knows nothing of contacts. */
export class CardfileClient {
  readonly #options: CardfileClientOptions;

  constructor(options: CardfileClientOptions) {
    this.#options = options;
  }

  /** Reads people. Cost: 1 call. @param read Reads one row; see readRows. @throws SourceError */
  readPeople<Row>(parameters: readonly (readonly [string, string])[], call: Call, read: (wire: WireRow) => Row): Promise<PeoplePage<Row>> {
    const { http, token } = this.#options;
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
    const headers = { authorization: `Bearer ${token}` };
    return http.read(
      () => ({ method: 'GET', path: '/people', query, headers }),
      call,
      (response) => this.#toPage(response, read),
    );
  }

  #toPage<Row>(response: HttpResponse, read: (wire: WireRow) => Row): PeoplePage<Row> {
    const { source, log, now } = this.#options;
    if (response.status !== 200) throw toSourceError(source, response, now());
    const { people, total } = parseReply(source, peopleSchema, jsonOf(source, response));
    return { ...readRows(people, { source, path: '$.people', log }, read), total };
  }
}

function toSourceError(source: string, { status, headers }: HttpResponse, now: number): SourceError {
  const error = (code: SourceErrorCode, what: string, options: SourceErrorOptions = {}) =>
    new SourceError(source, code, `${source} ${what}`, { httpStatus: status, ...options });
  const retryAfterMs = readRetryAfter(headers['retry-after'], now);
  if (status === 401) return error('UNAUTHENTICATED', 'does not accept the configured token.');
  if (status === 403) return error('FORBIDDEN', 'refuses this: the token has no right to it.');
  if (status === 429) return error('RATE_LIMITED', 'takes no more calls at the moment.', { retryAfterMs, isRetryable: true });
  if (status >= 500) return error('UNAVAILABLE', 'failed to answer.', { retryAfterMs, isRetryable: true });
  return error('BAD_RESPONSE', `answered with HTTP ${status}, which was not expected.`);
}
