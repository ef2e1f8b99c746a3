import { isUtf8 } from 'node:buffer';
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import got, { RequestError, TimeoutError, type Request } from 'got';
import { giveWay } from '../../platform/timers.ts';
import { parseInTurns } from '../wire/json-in-turns.ts';
import type { HttpRequest, HttpResponse } from './source-http.ts';

/** Largest body read from a CRM, in bytes after decompression: the largest honest page is well under half of it. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** From here on each step of reading a body takes milliseconds, so that other work goes first between two of them. */
export const LARGE_BODY_BYTES = 256 * 1024;

const SWITCHING_PROTOCOLS = 101;
const CHARACTER_BYTES_MAX = 4;
/** Chunks of some 64 KB: the network gives as many of a large body at once as have come. */
const CHUNKS_PER_TURN = 4;

/** Of the forty options that got hands on, most of them undefined and for TLS, Node.js is given those that are used: it copies all of them twice. */
function request(url: URL, { method, headers, agent }: RequestOptions): ClientRequest {
  return (url.protocol === 'https:' ? requestHttps : requestHttp)(url, { method, headers, agent });
}

/** What every call has in common is given to got once: merging options is a good part of what a call costs. */
const shared = got.extend({
  request,
  // Not deflate, which got would offer too: old servers send it without its header, and then it cannot be read.
  headers: { accept: 'application/json', 'accept-encoding': 'gzip, br', 'user-agent': 'crm-gateway' },
  retry: { limit: 0 },
  throwHttpErrors: false,
  followRedirect: false,
});
/** Idle sockets are kept for reads. */
const reading = shared.extend({ agent: { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) } });
/** A write takes a new connection: a kept one may be closed by the CRM just as the write goes out. */
const writing = shared.extend({ agent: { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) } });

/**
 * Why no usable answer came.
 *
 * - `aborted`: the caller ended it, or had no time left to wait.
 * - `timeout`: no whole answer in time; of a write also that it could not be sent in time.
 * - `connection`: none could be made, or it broke off.
 * - `untrusted`: the certificate of the CRM is not trusted here, is not that of its host, or has run out.
 * - `too-large`: the body goes beyond what is read.
 * - `unreadable`: the body cannot be unpacked.
 * - `switched`: an answer in another protocol was announced, which nobody had asked for.
 */
export type TransportFailure = 'aborted' | 'timeout' | 'connection' | 'too-large' | 'unreadable' | 'switched' | 'untrusted';

/** No usable answer came. `wasSent` is false only if the request surely did not reach the CRM. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;
  readonly wasSent: boolean;

  constructor(failure: TransportFailure, wasSent: boolean, cause: unknown) {
    super(`HTTP ${failure}`, { cause: withoutRequest(cause) });
    this.failure = failure;
    this.wasSent = wasSent;
  }
}

/** How long one request may take, and who may end it. */
export interface TransportOptions {
  /** From the start, connecting included, to the end of the answer. */
  readonly timeoutMs: number;
  /** For reads; a write is not aborted. */
  readonly signal?: AbortSignal | undefined;
  /** For writes, and makes a request one: a request that is not on its way by then (`performance.now()`'s scale) is given up, and surely not sent. */
  readonly sendBy?: number | undefined;
  /** Called when the answer begins: by then the request has arrived. */
  readonly onAnswer?: () => void;
}

/**
 * Sends one request and reads the whole answer, whatever its status. Follows no redirect, repeats nothing, keeps no cookies.
 *
 * @throws TransportError
 */
export async function sendHttp(baseUrl: string, request: HttpRequest, options: TransportOptions): Promise<HttpResponse> {
  const { signal, sendBy } = options;
  if (signal?.aborted) throw new TransportError('aborted', false, undefined);
  const { method, path, query } = request;
  const body = bodyOf(request);
  // Of a text, got looks at each character: some 10 µs for a filter of a dozen ids.
  const url = new URL(`${baseUrl}${path}${query ? `?${query}` : ''}`);
  const stream = (sendBy === undefined ? reading : writing).stream(url, {
    method,
    headers: { ...body?.headers, ...request.headers },
    timeout: { request: Math.max(1, options.timeoutMs) },
  });
  // A stream of another method waits for a body to be written to it, empty or not. As an option it would be encoded twice.
  if (method !== 'GET') stream.end(body?.bytes);
  const tooLate = sendBy === undefined ? undefined : giveUpUnlessConnected(stream, sendBy);
  // Given the signal, got listens twice, each time by way of an object: 5 to 20 µs a call.
  const onAbort = (): void => void stream.destroy(new Error('aborted'));
  signal?.addEventListener('abort', onAbort);
  let response: { statusCode: number; statusMessage?: string; headers: Record<string, string | string[] | undefined> } | undefined;
  stream.on('response', (received: typeof response) => {
    response = received;
    options.onAnswer?.();
  });
  try {
    const chunks = await readBody(stream);
    if (response === undefined) throw new TransportError('connection', true, undefined);
    const headers = singleValues(response.headers);
    const answer = { status: response.statusCode, reason: response.statusMessage, headers };
    const isLarge = chunks.reduce((bytes, { length }) => bytes + length, 0) > LARGE_BODY_BYTES;
    const parts = isLarge ? await toTextInTurns(chunks) : null;
    if (parts === null) return { ...answer, text: toText(joined(chunks), headers['content-type']) };
    // The whole text is put together only where somebody reads it.
    return { ...answer, text: parts.reduce((text, part) => text + part, ''), json: await parseInTurns(parts) };
  } catch (error) {
    throw tooLate?.isOver ? new TransportError('timeout', false, error) : toTransportError(error, signal, url.protocol === 'https:');
  } finally {
    tooLate?.stop();
    signal?.removeEventListener('abort', onAbort);
    letGo(stream);
  }
}

/** The body of a request, and what its headers say of it unless they say more; undefined: it has none. */
function bodyOf({ json, form }: HttpRequest): { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> } | undefined {
  if (json === undefined && form === undefined) return undefined;
  const bytes = Buffer.from(json === undefined ? new URLSearchParams(form).toString() : JSON.stringify(json));
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  return { bytes, headers: { 'content-type': type, 'content-length': String(bytes.length) } };
}

/**
 * Takes our listeners off a stream that has given all it will. Each writable stream of Node.js makes a function for itself, which V8 (14) puts into
 * its old space and keeps until the next full collection, the stream with it as its closure: what its listeners know would live as long.
 */
function letGo(stream: Request): void {
  stream.removeAllListeners();
  // An abort may come when the answer was read and got still holds the request: with nobody to listen the process would end.
  stream.on('error', ignore);
}

function ignore(): void {}

/** Nothing of a request is written before its connection stands, so one that is given up until then was not sent. */
function giveUpUnlessConnected(stream: Request, sendBy: number): { readonly isOver: boolean; readonly stop: () => void } {
  const state = { isOver: false, stop: () => clearTimeout(clock) };
  const clock = setTimeout(
    () => {
      state.isOver = true;
      stream.destroy(new Error('too late'));
    },
    Math.max(0, sendBy - performance.now()),
  );
  stream.once('request', (request: ClientRequest) => {
    request.once('socket', (socket) => socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', state.stop));
  });
  return state;
}

/** By events: an iterator over the stream costs as much again as got itself. */
function readBody(stream: Request): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) {
        chunks.push(chunk);
        if (bytes > LARGE_BODY_BYTES && chunks.length % CHUNKS_PER_TURN === 0) {
          stream.pause();
          setImmediate(() => stream.resume());
        }
        return;
      }
      stream.destroy();
      reject(new TransportError('too-large', true, undefined));
    });
    const refuseSwitch = (): void => {
      stream.destroy();
      reject(new TransportError('switched', true, undefined));
    };
    // Node.js gives the connection away, and ends it no more.
    stream.once('upgrade', (_response: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      refuseSwitch();
    });
    // Without a name of the protocol it comes as an empty answer.
    stream.once('response', ({ statusCode }: IncomingMessage) => {
      if (statusCode === SWITCHING_PROTOCOLS) refuseSwitch();
    });
    stream.once('end', () => resolve(chunks));
    stream.once('close', () => reject(new TransportError('connection', true, undefined)));
    stream.on('error', reject);
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only, ...others] = chunks;
  return only !== undefined && others.length === 0 ? only : Buffer.concat(chunks);
}

/** UTF-8, which JSON has to be; a body that is none is read by the charset that it names. */
function toText(body: Buffer, contentType: string | undefined): string {
  if (isUtf8(body)) return body.toString('utf8');
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString('utf8');
  }
}

/** Reads UTF-8 in several turns of the event loop; null for what is none. */
async function toTextInTurns(chunks: readonly Buffer[]): Promise<readonly string[] | null> {
  const parts: string[] = [];
  let left: Buffer = Buffer.alloc(0);
  for (const [index, chunk] of chunks.entries()) {
    const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    const end = index === chunks.length - 1 ? bytes.length : endOfCharacters(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) return null;
    parts.push(whole.toString('utf8'));
    left = bytes.subarray(end);
    if (left.length > CHARACTER_BYTES_MAX) return null;
    if (index % CHUNKS_PER_TURN === 0) await giveWay();
  }
  return parts;
}

/** Where the last character begins if it takes several bytes: the next chunk may have some of them. */
function endOfCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : end;
}

function singleValues(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  const single: Record<string, string | undefined> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    single[name] = Array.isArray(value) ? value[0] : value;
  }
  return single;
}

/** Errors of these kinds come before a request can have been written. */
const NOT_SENT_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);
const UNTRUSTED_CODE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT_)/;
const NOT_SENT_TIMEOUTS = new Set(['lookup', 'connect', 'secureConnect', 'socket']);

function toTransportError(error: unknown, signal: AbortSignal | undefined, isEncrypted: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const wasSent = !wasSurelyNotSent(error, isEncrypted);
  if (signal?.aborted) return new TransportError('aborted', wasSent, error);
  if (error instanceof TimeoutError) return new TransportError('timeout', wasSent, error);
  if (isUnpackingFailure(error)) return new TransportError('unreadable', wasSent, error);
  if (error instanceof RequestError && UNTRUSTED_CODE.test(error.code)) return new TransportError('untrusted', wasSent, error);
  return new TransportError('connection', wasSent, error);
}

function wasSurelyNotSent(error: unknown, isEncrypted: boolean): boolean {
  if (!(error instanceof RequestError)) return false;
  const { code, timings } = error;
  if (error instanceof TimeoutError && NOT_SENT_TIMEOUTS.has(error.event)) return true;
  if (NOT_SENT_CODES.has(code) || UNTRUSTED_CODE.test(code)) return true;
  if (timings === undefined || timings.upload !== undefined) return false;
  // The connection, or the agreement on its keys, never came about: nothing can have been written to it.
  return timings.connect === undefined || (isEncrypted && timings.secureConnect === undefined);
}

/** zlib's own codes; got wraps the error. */
function isUnpackingFailure(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^(Z_|ZSTD_|ERR_BROTLI_|ERR__ERROR_)/.test(code);
}

/** got's errors carry the whole request, credentials and body included; only its kind and code are kept. */
function withoutRequest(cause: unknown): unknown {
  return cause instanceof RequestError ? new Error(`${cause.name} ${cause.code}`) : cause;
}
