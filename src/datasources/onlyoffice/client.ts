import type { Call, WriteCall } from '../port/call.ts';
import { tokenForWrite, type Session } from '../credentials/login-session.ts';
import { SourceError } from '../port/source-error.ts';
import type { HttpRequest, HttpResponse, SourceHttp } from '../http/source-http.ts';
import { openSession, type OnlyofficeCredential } from './credentials.ts';
import type { Parameter } from './planning/filter-parameters.ts';
import { errorMessage, ListRefusal, ofOneRecord, readReply, type Reply } from './reply.ts';
import { rowsOf } from '../wire/numbered-rows.ts';
import { bytesPerRow } from '../wire/row-size.ts';

/** One page of any of the portal's lists. */
export interface ListPage {
  /** Not yet checked; never more than were asked for. */
  readonly rows: readonly unknown[];
  /** Proven: no row came, or the portal says that there are no more. */
  readonly isLast: boolean;
  /** As the portal counts; null when it does not say, or cannot know. */
  readonly total: number | null;
  /** Roughly what one row takes in memory, in bytes. */
  readonly rowBytes: number;
}

/** Which rows of a list are asked for. */
export interface PageRange {
  readonly startIndex: number;
  /** Rows at most; 1 to PAGE_SIZE_MAX. */
  readonly count: number;
  /** Whether it is read to find a row at which the portal fails: that says nothing of the portal, and is not repeated. */
  readonly isProbe?: boolean;
}

/** The longest page that the portal gives, and the one that it gives when none is asked for. */
export const PAGE_SIZE_MAX = 1000;

/** With these a portal refuses what it does not understand of a call. */
const REFUSING_STATUSES: ReadonlySet<number> = new Set([400, 422]);

/** Speaks the portal's API: tokens, the envelope, errors. It knows nothing of contacts. */
export class OnlyofficeClient {
  readonly #source: string;
  readonly #http: SourceHttp;
  readonly #now: () => number;
  readonly #session: Session;

  constructor(source: string, http: SourceHttp, credential: OnlyofficeCredential, now: () => number) {
    this.#source = source;
    this.#http = http;
    this.#now = now;
    this.#session = openSession(source, http, credential, now);
  }

  /**
   * Reads one object. Cost: 1 call.
   *
   * @returns `notFound` for the API's own 404.
   * @throws SourceError as `readReply`; UNAVAILABLE in the API's own words is of this record alone (`scope`).
   */
  readObject(path: string, call: Call): Promise<Reply> {
    return this.read({ path }, call, (response) =>
      errorMessage(response.text) === null
        ? readReply(this.#source, response, this.#now())
        : ofOneRecord(() => readReply(this.#source, response, this.#now())),
    );
  }

  /**
   * Reads one page of a list. Cost: 1 call.
   *
   * @returns null for the API's own 404.
   * @throws SourceError as `readReply`; BAD_RESPONSE when the answer is no list; a ListRefusal where the portal may not accept a parameter.
   */
  readPage(path: string, parameters: readonly Parameter[], range: PageRange, call: Call): Promise<ListPage | null> {
    const { startIndex, count, isProbe = false } = range;
    const query = new URLSearchParams([
      ...parameters.map(([name, value]) => [name, value]),
      ['startIndex', String(startIndex)],
      ['count', String(count)],
    ]);
    return this.read({ path, query: query.toString() }, call, (response) => {
      if (parameters.length > 0 && REFUSING_STATUSES.has(response.status)) throw new ListRefusal(this.#source, response);
      const toPage = () => this.#toPage(response, startIndex, count);
      return isProbe ? ofOneRecord(toPage, { isRetryable: false }) : toPage();
    });
  }

  /**
   * Reads anything of the portal, with a token.
   *
   * A token from a log-in that the portal no longer accepts is renewed, and the call sent once more; never a third time.
   */
  async read<T>(
    target: Omit<HttpRequest, 'method' | 'headers'> & { readonly method?: 'POST' },
    call: Call,
    interpret: (response: HttpResponse) => T,
  ): Promise<T> {
    let token = '';
    const request = async (): Promise<HttpRequest> => {
      token = await this.#session.getToken(call);
      return { method: 'GET', ...target, headers: { authorization: token } };
    };
    try {
      return await this.#http.read(request, call, interpret);
    } catch (error) {
      if (!this.#session.canRenew || !isTokenRefused(error)) throw error;
      this.#session.reject(token);
    }
    try {
      return await this.#http.read(request, call, interpret);
    } catch (error) {
      if (isTokenRefused(error)) this.#session.noteFailedRenewal(token, error);
      throw error;
    }
  }

  /**
   * Sends a DELETE, once, whatever the answer.
   *
   * @throws SourceError whose `wasSent` is false only if the portal surely did not get the DELETE, as when the log-in before it failed.
   */
  async delete<T>(path: string, write: WriteCall, interpret: (response: HttpResponse) => T): Promise<T> {
    const token = await tokenForWrite(this.#session, write);
    try {
      return await this.#http.write({ method: 'DELETE', path, headers: { authorization: token } }, write, interpret);
    } catch (error) {
      if (isTokenRefused(error)) this.#session.reject(token);
      throw error;
    }
  }

  #toPage(response: HttpResponse, startIndex: number, count: number): ListPage | null {
    const reply = readReply(this.#source, response, this.#now());
    if (reply.outcome === 'notFound') return null;
    const { response: sent, total, nextIndex, bytes } = reply.envelope;
    const list = rowsOf(sent);
    if (list === null) throw new SourceError(this.#source, 'BAD_RESPONSE', `${this.#source} did not answer with a list.`);
    const rows = list.slice(0, count);
    const end = startIndex + rows.length;
    // Past the end the portal gives the start index itself as the total.
    if (rows.length === 0 && (total ?? 0) > startIndex) {
      throw new SourceError(this.#source, 'BAD_RESPONSE', `${this.#source} counts rows in a list and sends none.`);
    }
    return {
      rows,
      // A portal may give shorter pages than are asked for: what it says of more counts, and an index that is one too high still says so.
      isLast: rows.length === 0 || (list.length <= count && !nextIndex && (total ?? 0) <= end),
      total: typeof total === 'number' && total >= end && (rows.length > 0 || startIndex === 0) ? total : null,
      rowBytes: bytesPerRow(bytes, list.length),
    };
  }
}

function isTokenRefused(error: unknown): error is SourceError {
  return error instanceof SourceError && error.code === 'UNAUTHENTICATED' && error.httpStatus === 401 && error.wasSent;
}
