import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultEffect, LoggedRequest } from './fault.ts';

/** Options that every sandbox CRM understands; each adds its own. */
export interface CrmServerOptions {
  /** Port on 127.0.0.1; 0 or left out takes a free one. */
  readonly port?: number;
  readonly faults?: readonly Fault[];
}

/** A running sandbox CRM: real HTTP on loopback. Each adds its data and switches. */
export interface CrmServer {
  /** `http://127.0.0.1:PORT`, with the path that a client has to configure, without a trailing slash. */
  readonly url: string;
  /** Every request received, oldest first. */
  readonly requests: LoggedRequest[];
  /** Replaces the faults, and starts their counters anew. */
  setFaults(faults: readonly Fault[]): void;
  /** Stops listening and breaks every open connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One request, read to its end, as a sandbox CRM's handler gets it. */
export interface Exchange {
  readonly method: string;
  /** Percent-decoded, without the query; as sent when it cannot be decoded. */
  readonly path: string;
  /** Path and query as sent. */
  readonly rawUrl: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly bodyText: string;
  /** undefined when there is no body or it is malformed. */
  readonly json: unknown;
}

/** What a handler answers. `content-length` is added; a content type is not. */
export interface Reply {
  readonly status: number;
  /** Reason phrase; the usual one of the status when left out. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the request changed the data; false when left out. */
  readonly didWrite?: boolean;
}

/** What makes a sandbox CRM out of a bare HTTP server. */
export interface CrmServerDefinition extends CrmServerOptions {
  /** Added to the url, for instance `/v2.0`. */
  readonly basePath?: string;
  /** Route name for faults and the log; `METHOD /path` when left out. */
  readonly routeOf?: (exchange: Exchange) => string;
  readonly handle: (exchange: Exchange) => Reply | Promise<Reply>;
}

/**
 * Starts a sandbox CRM on 127.0.0.1: logs each request, applies the faults, and lets the definition answer.
 *
 * With several matching faults, the first one that is not used up spoils the request. A handler that throws gives a plain 500.
 *
 * @throws When the port is taken.
 */
export async function startCrmServer(definition: CrmServerDefinition): Promise<CrmServer> {
  const requests: LoggedRequest[] = [];
  const closing = new AbortController();
  let faults = arm(definition.faults ?? []);
  const server = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy());
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const exchange = await readExchange(message);
    const entry = toLoggedRequest(exchange, definition.routeOf?.(exchange) ?? `${exchange.method} ${exchange.path}`, at);
    requests.push(entry);
    response.on('close', () => {
      entry.wasAborted = !response.writableFinished && entry.status !== 0;
    });
    const fault = takeFault(faults, entry.route);
    await answer({ entry, response, fault, closing: closing.signal, handle: () => handleLogged(definition, exchange, entry) });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(definition.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  async function close(): Promise<void> {
    closing.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
  return {
    url: `http://127.0.0.1:${port}${definition.basePath ?? ''}`,
    requests,
    setFaults: (next) => {
      faults = arm(next);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface ArmedFault {
  readonly fault: Fault;
  toSkip: number;
  left: number;
}

function arm(faults: readonly Fault[]): ArmedFault[] {
  return faults.map((fault) => ({ fault, toSkip: fault.skip ?? 0, left: fault.times ?? Infinity }));
}

function takeFault(armed: readonly ArmedFault[], route: string): Fault | undefined {
  let taken: ArmedFault | undefined;
  for (const candidate of armed.filter(({ fault }) => matchesRoute(fault.route, route))) {
    if (candidate.toSkip > 0) candidate.toSkip -= 1;
    else if (candidate.left > 0) taken ??= candidate;
  }
  if (taken) taken.left -= 1;
  return taken?.fault;
}

function matchesRoute(pattern: string, route: string): boolean {
  return pattern.endsWith('*') ? route.startsWith(pattern.slice(0, -1)) : route === pattern;
}

async function handleLogged(definition: CrmServerDefinition, exchange: Exchange, entry: LoggedRequest): Promise<Reply> {
  try {
    const reply = await definition.handle(exchange);
    entry.didWrite = reply.didWrite ?? false;
    return reply;
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, headers: { 'content-type': 'text/plain' }, body: `The sandbox itself has failed: ${message}` };
  }
}

interface Answering {
  readonly entry: LoggedRequest;
  readonly response: ServerResponse;
  readonly fault: Fault | undefined;
  readonly closing: AbortSignal;
  readonly handle: () => Promise<Reply>;
}

async function answer({ entry, response, fault, closing, handle }: Answering): Promise<void> {
  if (!fault) return send(response, entry, await handle());
  const { effect } = fault;
  if (effect.kind === 'delay' || effect.kind === 'hold') {
    const wait = () => (effect.kind === 'delay' ? sleep(effect.delayMs, undefined, { signal: closing }) : heldUntil(effect.until, closing));
    if (fault.when !== 'after') await wait();
    const reply = await handle();
    if (fault.when === 'after') await wait();
    return send(response, entry, reply);
  }
  if (effect.kind === 'alter') return send(response, entry, altered(await handle(), effect));
  if (effect.kind === 'cut') return cut(response, entry, await handle());
  if (fault.when === 'after') await handle();
  if (effect.kind === 'reset') {
    entry.status = 0;
    response.socket?.resetAndDestroy();
  } else if (effect.kind === 'respond') {
    const headers = { 'content-type': effect.contentType ?? 'text/plain', ...effect.headers };
    send(response, entry, { status: effect.status, headers, body: effect.body ?? '' });
  }
}

/** @throws the signal's reason when it aborts before. */
async function heldUntil(event: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const end = () => reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  await Promise.race([event, promise]).finally(() => signal.removeEventListener('abort', end));
}

function altered(reply: Reply, effect: Extract<FaultEffect, { kind: 'alter' }>): Reply {
  const body = parsedJson(reply.body ?? '');
  return body === undefined ? reply : { ...reply, body: JSON.stringify(effect.alter(body)) };
}

function send(response: ServerResponse, entry: LoggedRequest, reply: Reply): void {
  entry.status = reply.status;
  const body = Buffer.from(reply.body ?? '');
  // 204 and 304 carry neither a body nor its length.
  const length = reply.status === 204 || reply.status === 304 ? {} : { 'content-length': body.length };
  const headers = { ...length, ...reply.headers };
  if (reply.reason === undefined) response.writeHead(reply.status, headers);
  else response.writeHead(reply.status, reply.reason, headers);
  response.end(body);
}

function cut(response: ServerResponse, entry: LoggedRequest, reply: Reply): void {
  entry.status = 0;
  const body = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, { 'content-length': Math.max(body.length, 2), ...reply.headers });
  // A reset discards what the other side has not read yet, so the first half gets a moment to arrive.
  response.write(body.length > 1 ? body.subarray(0, Math.floor(body.length / 2)) : ' ', () => {
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  });
}

async function readExchange(message: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const bodyText = Buffer.concat(chunks).toString('utf8');
  const rawUrl = message.url ?? '/';
  const queryStart = rawUrl.indexOf('?');
  const rawPath = queryStart < 0 ? rawUrl : rawUrl.slice(0, queryStart);
  return {
    method: message.method ?? 'GET',
    path: decoded(rawPath),
    rawUrl,
    query: new URLSearchParams(queryStart < 0 ? '' : rawUrl.slice(queryStart + 1)),
    headers: message.headers,
    bodyText,
    json: parsedJson(bodyText),
  };
}

function toLoggedRequest(exchange: Exchange, route: string, at: number): LoggedRequest {
  const body = exchange.json ?? (exchange.bodyText === '' ? undefined : exchange.bodyText);
  const { method, rawUrl: url, headers } = exchange;
  return { route, method, url, headers, body, at, status: undefined, wasAborted: false, didWrite: false };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function parsedJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
