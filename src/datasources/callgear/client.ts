import { randomUUID } from 'node:crypto';
import type { Call, WriteCall } from '../contact-source.ts';
import type { Log } from '../log.ts';
import { withinCall } from '../within-call.ts';
import { SourceError } from '../source-error.ts';
import type { HttpResponse, SourceHttp } from '../source-http.ts';
import { parseReply } from '../wire-reply.ts';
import { CallgearError } from './rpc-error.ts';
import { readResult, toHttpRequest, toQuotas } from './rpc-reply.ts';
import { keySession, loginSession, type LogIn, type Session } from './session.ts';
import { callgearListResult, callgearLoginResult, type CallgearMetadata } from './wire-types.ts';

/** What a session that has run out is called: CallGear says `access_token_invalid` of keys that it no longer finds. */
const DEAD_SESSION_MNEMONICS: ReadonlySet<string | undefined> = new Set(['access_token_invalid', 'access_token_expired']);

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
]);

export type CallgearCredentials =
  | { readonly kind: 'key'; readonly accessToken: string }
  | { readonly kind: 'login'; readonly login: string; readonly password: string };

export interface CallgearClientOptions {
  readonly source: string;
  readonly http: SourceHttp;
  readonly credentials: CallgearCredentials;
  /** For agents: the user of the client they act for. */
  readonly userId: number | undefined;
  readonly log: Log;
  readonly now: () => number;
}

export type CallgearParams = Readonly<Record<string, unknown>>;

/** A page of a `get.*` method, its rows unread. */
export interface CallgearPage {
  readonly rows: readonly unknown[];
  /** A hint: it is known to overstate. null when CallGear does not tell. */
  readonly totalItems: number | null;
}

/** Speaks CallGear's JSON-RPC: credentials, envelope, errors, quotas. */
export class CallgearClient {
  readonly #options: CallgearClientOptions;
  readonly #session: Session;
  #isDeprecationLogged = false;

  constructor(options: CallgearClientOptions) {
    this.#options = options;
    const { credentials } = options;
    this.#session =
      credentials.kind === 'key' ? keySession(credentials.accessToken) : loginSession(() => this.#logIn(credentials), options.now);
  }

  /**
   * Reads one page of a `get.*` method.
   * Cost: 1 call; a log-in and a second one when the session turns out to be over.
   *
   * @throws SourceError
   */
  async list(method: string, params: CallgearParams, call: Call): Promise<CallgearPage> {
    const { source, http } = this.#options;
    return this.#withSession(async (useToken) => {
      let id = '';
      const result = await http.read(
        async () => {
          const accessToken = useToken(await withinCall(source, this.#session.accessToken(), call));
          id = randomUUID();
          return toHttpRequest({ id, method, params: this.#withCredentials(accessToken, params) });
        },
        call,
        (response) => parseReply(source, callgearListResult, this.#readResult(response, id)),
      );
      return { rows: result.data, totalItems: result.metadata?.total_items ?? null };
    });
  }

  /**
   * Sends one write, once, whatever the answer. A session that CallGear does not know is given up, so that whoever tries again logs in anew.
   *
   * @returns null when it was done; CallGear's refusal of this one write, which then was not carried out.
   * @throws SourceError for any other failure; `wasSent` is false only if the write surely did not reach CallGear.
   */
  async write(method: string, params: CallgearParams, write: WriteCall): Promise<CallgearError | null> {
    const accessToken = await this.#accessTokenForWrite(write);
    const id = randomUUID();
    const request = toHttpRequest({ id, method, params: this.#withCredentials(accessToken, params) });
    return this.#options.http.write(request, write, (response) => {
      try {
        this.#readResult(response, id);
        return null;
      } catch (error) {
        if (isDeadSession(error)) this.#session.renounce(accessToken);
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
      if (!isDeadSession(error) || !this.#session.renounce(used)) throw error;
    }
    try {
      return await send(useToken);
    } catch (error) {
      if (isDeadSession(error)) this.#session.noteFutile(used, error);
      throw error;
    }
  }

  /** A log-in that fails is a write that was not sent. */
  async #accessTokenForWrite(write: WriteCall): Promise<string> {
    const { source } = this.#options;
    try {
      return await withinCall(source, this.#session.accessToken(), { ...write, signal: new AbortController().signal });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { code, message, retryAfterMs, httpStatus, mnemonic } = error;
      throw new SourceError(source, code, message, { cause: error, wasSent: false, retryAfterMs, httpStatus, mnemonic });
    }
  }

  async #logIn({ login, password }: { readonly login: string; readonly password: string }): Promise<LogIn> {
    const { source, http } = this.#options;
    const id = randomUUID();
    return http.authenticate(toHttpRequest({ id, method: 'login.user', params: { login, password } }), (response) => {
      const { data } = parseReply(source, callgearLoginResult, this.#readResult(response, id));
      return { accessToken: data.access_token, expireAt: data.expire_at };
    });
  }

  #withCredentials(accessToken: string, params: CallgearParams): CallgearParams {
    const { userId } = this.#options;
    return { access_token: accessToken, ...(userId !== undefined && { user_id: userId }), ...params };
  }

  #readResult(response: HttpResponse, id: string): unknown {
    return readResult(response, { source: this.#options.source, id, onMetadata: (metadata) => this.#noteMetadata(metadata) });
  }

  #noteMetadata(metadata: CallgearMetadata): void {
    const quotas = toQuotas(metadata?.limits);
    if (quotas.length > 0) this.#options.http.noteQuotas(quotas);
    if (metadata?.api_version?.current_version_deprecated !== true || this.#isDeprecationLogged) return;
    this.#isDeprecationLogged = true;
    this.#options.log.warn(
      { source: this.#options.source },
      'CallGear will switch off this version of its API: two months are left at most',
    );
  }
}

function isDeadSession(error: unknown): error is CallgearError {
  return error instanceof CallgearError && DEAD_SESSION_MNEMONICS.has(error.mnemonic);
}

function isTrouble({ mnemonic, field }: CallgearError): boolean {
  return TROUBLE_MNEMONICS.has(mnemonic) || field === 'user_id';
}
