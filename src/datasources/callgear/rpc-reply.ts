import type { ReportedQuota } from '../governor/limits.ts';
import type { HttpRequest, HttpResponse } from '../http/source-http.ts';
import { SourceError } from '../port/source-error.ts';
import { jsonOf } from '../wire/wire-reply.ts';
import { toBareError, toHttpError, toSourceError, withKnownMnemonic } from './rpc-error.ts';
import {
  callgearBareError,
  callgearEnvelope,
  callgearError,
  callgearResultMetadata,
  type CallgearLimits,
  type CallgearMetadata,
} from './wire-types.ts';

const QUOTA_WINDOWS = [
  ['minute', 'MINUTE'],
  ['hour', 'HOUR'],
  ['day', 'DAY'],
] as const;

/** One call of a JSON-RPC method. */
export interface RpcCall {
  /** A UUID: a reply that bears another one is not taken. */
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Makes the one kind of request there is: a POST to the configured URL itself. */
export function toHttpRequest({ id, method, params }: RpcCall): HttpRequest {
  return {
    method: 'POST',
    path: '',
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    json: { jsonrpc: '2.0', id, method, params },
  };
}

/** Which request a reply has to answer. */
export interface ReplyContext {
  readonly source: string;
  /** The id of the request. */
  readonly id: string;
  /** Whether the reply is to prove that something was done: then it has to be surely the one to this request. */
  readonly isWrite: boolean;
  /** Is called with what the reply says beside its result, errors included. */
  readonly onMetadata: (metadata: CallgearMetadata) => void;
}

/** What a reply brought. */
export interface CallgearResult {
  readonly result: unknown;
  readonly metadata: CallgearMetadata;
}

/**
 * Reads the result out of a reply. An `error` counts first, whatever the HTTP status: CallGear sends its errors with 200.
 *
 * @throws CallgearError for a JSON-RPC error; SourceError by HTTP status, or BAD_RESPONSE, for what is no JSON-RPC reply.
 */
export function readResult(response: HttpResponse, { source, id, isWrite, onMetadata }: ReplyContext): CallgearResult {
  const httpError = toHttpError(source, response.status, response.headers['retry-after']);
  const envelope = callgearEnvelope.safeParse(parseBody(source, response, httpError));
  if (!envelope.success) throw httpError ?? new SourceError(source, 'BAD_RESPONSE', `${source} sent no JSON-RPC reply`);
  const { result, error } = envelope.data;
  const isOwn = isWrite ? isSurelyReplyTo(envelope.data.id, id, error) : isReplyTo(envelope.data.id, id);
  if (!isOwn) throw new SourceError(source, 'BAD_RESPONSE', `${source} sent the reply to another request`);
  if (error !== undefined && error !== null) {
    const known = callgearError.safeParse(error);
    if (!known.success) {
      const unknown = httpError ?? new SourceError(source, 'BAD_RESPONSE', `${source} sent an error of an unknown shape`);
      const bare = callgearBareError.safeParse(error);
      throw (bare.success && toBareError(source, bare.data, response.status)) || unknown;
    }
    onMetadata(known.data.data.metadata);
    throw toSourceError(source, withKnownMnemonic(known.data), response.status);
  }
  if (httpError !== null) throw httpError;
  if (result === undefined || result === null) throw new SourceError(source, 'BAD_RESPONSE', `${source} sent a reply without a result`);
  const { metadata } = callgearResultMetadata.parse(result);
  onMetadata(metadata);
  return { result, metadata };
}

function parseBody(source: string, response: HttpResponse, httpError: SourceError | null): unknown {
  try {
    return jsonOf(source, response);
  } catch (error) {
    throw httpError ?? error;
  }
}

/** The form of the ids that this gateway makes. */
const OWN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id comes back as it was sent, or null when CallGear could not read it. HTTP has paired the reply with its request already, so an
 * id of the server's own making does no harm; one that this gateway made for another request tells of a mix-up on the way.
 */
function isReplyTo(replyId: unknown, requestId: string): boolean {
  return replyId === requestId || typeof replyId !== 'string' || !OWN_ID.test(replyId);
}

/** By the letter: the id as it was sent, or null in an error, when CallGear could not read it. */
function isSurelyReplyTo(replyId: unknown, requestId: string, error: unknown): boolean {
  const isError = error !== undefined && error !== null;
  return replyId === requestId || (isError && replyId === null);
}

/**
 * What CallGear says of its quotas; resets are seconds that are left. A limit of 0 or below is none, as the answer itself shows; below zero there
 * is nothing left of any other.
 */
export function toQuotas(limits: CallgearLimits | undefined): ReportedQuota[] {
  if (limits === null || limits === undefined) return [];
  return QUOTA_WINDOWS.flatMap(([name, window]) => {
    const limit = limits[`${name}_limit`] ?? null;
    if (limit !== null && limit <= 0) return [];
    const told = limits[`${name}_remaining`] ?? null;
    // Without a limit beside it, -1 is rather "not limited" than "one too many".
    if (limit === null && told !== null && told < 0) return [];
    const remaining = told === null ? null : Math.max(0, told);
    const resetSeconds = limits[`${name}_reset`] ?? null;
    if (limit === null && remaining === null) return [];
    return [{ window, limit, remaining, resetsInMs: resetSeconds === null ? null : Math.max(0, Math.ceil(resetSeconds * 1000)) }];
  });
}
