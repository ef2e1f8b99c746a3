import type { Call } from '../port/call.ts';
import { SourceError } from '../port/source-error.ts';
import type { HttpResponse, SourceHttp } from '../http/source-http.ts';
import { jsonOf } from '../wire/wire-reply.ts';
import { KommoRefusal, toSourceError, type CallPart } from './api-error.ts';
import type { Credentials } from './credentials/credentials.ts';
import { toQueryString, type Parameter } from './planning/query-string.ts';
import { isNothing, type ReadBody } from './wire-types.ts';

const API_ROOT = '/api/v4';
const ACCEPT = 'application/hal+json, application/json, application/problem+json';
const UNAUTHORISED = 401;
const PARTS: readonly CallPart[] = ['filter', 'order', 'query'];

/** One read of the API, and what its answer has to look like. */
export interface KommoRequest<T> {
  /** Under the API's root, starting with `/`; ids in it are checked already. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly read: ReadBody<T>;
  /** HTTP statuses that are an answer here and no failure; `getOrRefusal` returns their errors, and a KommoRefusal. */
  readonly expectedStatuses?: readonly number[];
  /** Whether it is read to find a row at which Kommo fails: a failure then says nothing of Kommo, and is not repeated. False when left out. */
  readonly isProbe?: boolean;
}

/** As whom one account is called, and over what. */
export interface KommoClientOptions {
  readonly source: string;
  readonly http: SourceHttp;
  readonly credentials: Credentials;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

interface Sent<T> {
  /** The access token that the last attempt carried. */
  readonly token: string;
  readonly answer: T | null | SourceError;
}

/** Reads Kommo's API v4: signs, tells answers from errors, and checks bodies. */
export class KommoClient {
  readonly #options: KommoClientOptions;

  constructor(options: KommoClientOptions) {
    this.#options = options;
  }

  /**
   * Reads something.
   *
   * @returns null for 204, which is Kommo's way of saying "nothing" (an unknown id included), and for a success whose body has nothing in it.
   * @throws SourceError by the table of `toSourceError`; BAD_RESPONSE for a body that does not fit.
   * Cost: 1 call; 2 when the access token had to be renewed.
   */
  async get<T>(request: KommoRequest<T>, call: Call): Promise<T | null> {
    const answer = await this.getOrRefusal(request, call);
    if (answer instanceof SourceError) throw answer;
    return answer;
  }

  /** Reads something that may be refused with one of `expectedStatuses`; such a refusal is returned, and is no trouble for health. */
  async getOrRefusal<T>(request: KommoRequest<T>, call: Call): Promise<T | null | SourceError> {
    const { credentials } = this.#options;
    const first = await this.#send(request, call, true);
    if (!(first.answer instanceof SourceError) || first.answer.httpStatus !== UNAUTHORISED) {
      credentials.noteAccepted(first.token);
      return first.answer;
    }
    await credentials.renew(first.token, call);
    const second = await this.#send(request, call, false);
    credentials.noteAccepted(second.token);
    return second.answer;
  }

  async #send<T>(request: KommoRequest<T>, call: Call, mayRenew: boolean): Promise<Sent<T>> {
    const { credentials, http } = this.#options;
    let token = '';
    const answer = await http.read(
      async () => {
        token = await credentials.accessToken(call);
        const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
        return { method: 'GET', path: `${API_ROOT}${request.path}`, query: toQueryString(request.parameters), headers };
      },
      call,
      (response) => {
        const expected = request.expectedStatuses ?? [];
        const isExpected =
          expected.includes(response.status) || (mayRenew && response.status === UNAUTHORISED && credentials.canRenew(token));
        return this.#interpret(response, request, isExpected);
      },
    );
    return { token, answer };
  }

  #interpret<T>(
    response: HttpResponse,
    { read, parameters, isProbe = false }: KommoRequest<T>,
    isExpected: boolean,
  ): T | null | SourceError {
    const { source, now } = this.#options;
    if (response.status >= 200 && response.status < 300) {
      if (response.status === 204 || (response.json === undefined && response.text.trim() === '')) return null;
      const body = jsonOf(source, response);
      return isNothing(body) ? null : read(body, source, response.text.length);
    }
    const failure = toSourceError(source, response, now(), partsOf(parameters));
    // A filter that the account may not use is no trouble for health.
    if (failure instanceof KommoRefusal) return failure;
    const error = isProbe ? failure.with({ isRetryable: false, scope: 'RECORD' }) : failure;
    // An address that is refused altogether is never just "no right".
    if (isExpected && error.code !== 'BLOCKED' && !error.isRetryable) return error;
    throw error;
  }
}

function partsOf(parameters: readonly Parameter[]): ReadonlySet<CallPart> {
  return new Set(parameters.flatMap(([name]) => PARTS.find((part) => name === part || name.startsWith(`${part}[`)) ?? []));
}
