import { randomUUID } from 'node:crypto';
import type { Call, WriteCall } from '../port/call.ts';
import type { Log } from '../port/log.ts';
import { fixedSession, tokenForWrite, type LogIn, type Session } from '../credentials/login-session.ts';
import type { AnsweredCall, HttpResponse, SourceHttp } from '../http/source-http.ts';
import { answerBytes, bytesPerRow } from '../wire/row-size.ts';
import { parseReply } from '../wire/wire-reply.ts';
import { CallgearError, isPageFault } from './rpc-error.ts';
import { readResult, toHttpRequest, toQuotas, type CallgearResult } from './rpc-reply.ts';
import { loginSession, readExpireAt } from './credentials.ts';
import { callgearListResult, callgearLoginResult, callgearWriteResult, type CallgearMetadata } from './wire-types.ts';

/** What a session that has run out is called: `access_token_invalid` of keys that CallGear no longer finds, and `auth_error` by some accounts. */
const DEAD_SESSION_MNEMONICS: ReadonlySet<string | undefined> = new Set(['access_token_invalid', 'access_token_expired', 'auth_error']);

/** Errors that say something of the account, not of the call. All others refuse this one call, and leave the data as they were. */
const TROUBLE_MNEMONICS: ReadonlySet<string | undefined> = new Set([
  'access_token_invalid',
  'access_token_expired',
  'access_token_blocked',
  'auth_error',
  'ip_not_whitelisted',
  'account_inactive',
  'limit_exceeded',
  'internal_error',
  'method_component_disabled',
  'parameter_component_disabled',
  'component_disabled',
]);

/** One way to identify oneself: a permanent key, or the login and password of a user. */
export type CallgearCredentials =
  | { readonly kind: 'key'; readonly accessToken: string }
  | { readonly kind: 'login'; readonly login: string; readonly password: string };

/** As whom one account is called, and over what. */
export interface CallgearClientOptions {
  readonly source: string;
  readonly http: SourceHttp;
  readonly credentials: CallgearCredentials;
  /** For agents: the user of the client they act for. */
  readonly userId: number | undefined;
  readonly log: Log;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/** Params of a method, less the access token and the agent's `user_id`: the client adds those. */
export type CallgearParams = Readonly<Record<string, unknown>>;

/** A page of a `get.*` method, its rows unread. */
export interface CallgearPage {
  readonly rows: readonly unknown[];
  /** A hint: it is known to overstate. null when CallGear does not say. */
  readonly totalItems: number | null;
  /** False for null, `{}` and the like in the place of a list. */
  readonly isList: boolean;
  /** Roughly what one row takes in memory, in bytes. */
  readonly rowBytes: number;
}

/** Speaks CallGear's JSON-RPC: credentials, envelope, errors, quotas. */
export class CallgearClient {
  readonly #options: CallgearClientOptions;
  readonly #session: Session;
  #isDeprecationLogged = false;

  constructor(options: CallgearClientOptions) {
    this.#options = options;
    const { source, credentials, now } = options;
    this.#session =
      credentials.kind === 'key' ? fixedSession(credentials.accessToken) : loginSession(source, () => this.#logIn(credentials), now);
  }

  /**
   * Reads one page of a `get.*` method.
   * Cost: 1 call; a log-in and a second one when the session turns out to be over.
   *
   * @param isProbe Whether it is read to find a row at which CallGear fails: a failure then is that row's alone, and is not repeated.
   * @throws SourceError
   */
  async list(method: string, params: CallgearParams, call: Call, isProbe = false): Promise<CallgearPage> {
    const { source, http } = this.#options;
    return this.#withSession(async (useToken) => {
      let id = '';
      return http.read(
        async () => {
          useToken('');
          const accessToken = useToken(await this.#session.getToken(call));
          id = randomUUID();
          return toHttpRequest({ id, method, params: this.#withCredentials(accessToken, params) });
        },
        call,
        (response, answered) => {
          const place = { id, answered };
          const { result, metadata } = isProbe ? this.#readProbe(response, place) : this.#readResult(response, place);
          const { data } = parseReply(source, callgearListResult, result);
          const rowBytes = bytesPerRow(answerBytes(response.text.length), data?.length ?? 0);
          return { rows: data ?? [], totalItems: metadata?.total_items ?? null, isList: data !== null, rowBytes };
        },
      );
    });
  }

  /**
   * Sends one write, once, whatever the answer. A session that CallGear does not know is given up, so that whoever tries again logs in anew.
   *
   * @returns null when it was done; CallGear's refusal of this one write, which then was not carried out.
   * @throws SourceError for any other failure; `wasSent` is false only if the write surely did not reach CallGear.
   */
  async write(method: string, params: CallgearParams, write: WriteCall): Promise<CallgearError | null> {
    const accessToken = await tokenForWrite(this.#session, write);
    const id = randomUUID();
    const request = toHttpRequest({ id, method, params: this.#withCredentials(accessToken, params) });
    return this.#options.http.write(request, write, (response, answered) => {
      try {
        parseReply(this.#options.source, callgearWriteResult, this.#readResult(response, { id, answered, isWrite: true }).result);
        return null;
      } catch (error) {
        if (isDeadSession(error)) this.#session.reject(accessToken);
        if (error instanceof CallgearError && !isTrouble(error)) return error;
        throw error;
      }
    });
  }

  /** Logs in again once when CallGear does not know the session that a read used; never more often. */
  async #withSession<T>(send: (useToken: (accessToken: string) => string) => Promise<T>): Promise<T> {
    let used = '';
    const useToken = (accessToken: string) => (used = accessToken);
    try {
      return await send(useToken);
    } catch (error) {
      // Without a token in use it is the log-in that failed: another one would not help.
      if (!isDeadSession(error) || !this.#session.canRenew || used === '') throw error;
      this.#session.reject(used);
    }
    try {
      return await send(useToken);
    } catch (error) {
      if (isDeadSession(error) && used !== '') this.#session.noteFailedRenewal(used, error);
      throw error;
    }
  }

  async #logIn({ login, password }: { readonly login: string; readonly password: string }): Promise<LogIn> {
    const { source, http } = this.#options;
    const id = randomUUID();
    return http.authenticate(toHttpRequest({ id, method: 'login.user', params: { login, password } }), (response, answered) => {
      const { data } = parseReply(source, callgearLoginResult, this.#readResult(response, { id, answered }).result);
      return { token: data.access_token, expiresAt: readExpireAt(data.expire_at) };
    });
  }

  #withCredentials(accessToken: string, params: CallgearParams): CallgearParams {
    const { userId } = this.#options;
    return { access_token: accessToken, ...(userId !== undefined && { user_id: userId }), ...params };
  }

  #readResult(response: HttpResponse, { id, answered, isWrite = false }: ReplyPlace): CallgearResult {
    const onMetadata = (metadata: CallgearMetadata) => this.#noteMetadata(metadata, answered);
    return readResult(response, { source: this.#options.source, id, isWrite, onMetadata });
  }

  #readProbe(response: HttpResponse, place: ReplyPlace): CallgearResult {
    try {
      return this.#readResult(response, place);
    } catch (error) {
      throw isPageFault(error) ? error.with({ scope: 'RECORD', isRetryable: false }) : error;
    }
  }

  #noteMetadata(metadata: CallgearMetadata, answered: AnsweredCall): void {
    const quotas = toQuotas(metadata?.limits);
    if (quotas.length > 0) answered.noteQuotas(quotas);
    if (metadata?.api_version?.current_version_deprecated !== true || this.#isDeprecationLogged) return;
    this.#isDeprecationLogged = true;
    this.#options.log.warn(
      { source: this.#options.source },
      'CallGear will switch off this version of its API: two months are left at most',
    );
  }
}

/** The call that a reply answers. */
interface ReplyPlace {
  readonly id: string;
  readonly answered: AnsweredCall;
  readonly isWrite?: boolean;
}

function isDeadSession(error: unknown): error is CallgearError {
  return error instanceof CallgearError && DEAD_SESSION_MNEMONICS.has(error.errorKey);
}

function isTrouble({ errorKey, field }: CallgearError): boolean {
  return TROUBLE_MNEMONICS.has(errorKey) || field === 'user_id';
}
