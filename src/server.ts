import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Settings } from './config.ts';
import type { Caller } from './context.ts';
import type { ContactSource } from './datasources/contact-source.ts';
import type { Log } from './datasources/log.ts';
import { SOURCE_MODULES } from './datasources/registry.ts';
import { createCallerCheck, type CallerCheck } from './door/callers.ts';
import { createCallerRate, type CallerRate } from './door/caller-rate.ts';
import { isAllowedHost, isLoopbackHost } from './door/hosts.ts';
import { securePage } from './door/page-security.ts';
import { createGraphQLServer, type GraphQLServer, type ServerContext } from './graphql-server.ts';
import { BodyTooLargeError, readBody } from './http-body.ts';
import { sendJson, sendRefusal } from './http-reply.ts';
import { createRequestContext } from './request-context.ts';
import { createRequestOutcome } from './request-outcome.ts';
import { createSchema } from './schema/schema.ts';

/** Operations are texts that people write; whatever is longer is no operation. */
const BODY_BYTES_MAX = 100_000;
const DRAIN_MS = 500;

export interface GatewayOptions {
  readonly settings: Settings;
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly log: Log;
  /** Between `/ready` turning 503 and the end of listening, so that a load balancer can look away first; 500 when left out. */
  readonly drainMs?: number;
}

/** The gateway, listening. */
export interface RunningGateway {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Turns `/ready` to 503, answers the requests in flight, and stops listening. */
  close(): Promise<void>;
}

/** Starts the HTTP server: `/graphql`, `/health` and `/ready`. The last two call no CRM. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const gateway = new Gateway(options);
  const { host, port } = options.settings;
  const server = createServer((request, response) => void gateway.handle(request, response));
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return { url: `http://${name}:${bound.port}/graphql`, close: () => gateway.close(server) };
}

class Gateway {
  readonly #options: GatewayOptions;
  readonly #graphql: GraphQLServer;
  readonly #callers: CallerCheck;
  readonly #rate: CallerRate;
  #isStopping = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const schema = createSchema({ sourceKinds: SOURCE_MODULES.map(({ kind }) => kind) });
    this.#graphql = createGraphQLServer(schema, options.settings);
    this.#callers = createCallerCheck(options.settings);
    this.#rate = createCallerRate(options.settings.callerRateLimit);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (this.#isStopping) response.setHeader('connection', 'close');
      await this.#route(request, response);
    } catch (error) {
      this.#options.log.error({ error }, 'a request could not be handled');
      if (!response.headersSent) sendRefusal(response, 500, 'INTERNAL_SERVER_ERROR', 'Unexpected error.');
      else response.destroy();
    }
  }

  async close(server: Server): Promise<void> {
    this.#isStopping = true;
    await new Promise((resolve) => setTimeout(resolve, this.#options.drainMs ?? DRAIN_MS));
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    await closed;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0];
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    if (path === '/health') return sendJson(response, 200, { status: 'ok' });
    if (path === '/ready') return sendJson(response, this.#isStopping ? 503 : 200, { status: this.#isStopping ? 'stopping' : 'ready' });
    const { settings } = this.#options;
    if (!isAllowedHost(request.headers.host, settings.allowedHosts, request.socket.localAddress)) {
      return sendRefusal(response, 421, 'HOST_NOT_ALLOWED', 'This host name is not allowed here; an operator can add it to ALLOWED_HOSTS.');
    }
    if (path === '/graphql') return this.#answerGraphQL(request, response);
    if (path === '/' && request.method === 'GET') {
      response.writeHead(302, { location: '/graphql' }).end();
      return;
    }
    if (path === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    sendRefusal(response, 404, 'NOT_FOUND', 'There is nothing at this path; the endpoint is /graphql.');
  }

  async #answerGraphQL(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const hangUp = new AbortController();
    response.once('close', () => hangUp.abort());
    const headers = toHeaders(request);
    const requestId = readRequestId(headers);
    response.setHeader('x-request-id', requestId);
    const outcome = createRequestOutcome();
    const caller = await this.#admit(request, response, headers);
    let calls = {};
    if (caller !== null) {
      const { settings, sources } = this.#options;
      const gateway = createRequestContext({ settings, sources, requestId, caller, headers, signal: hangUp.signal });
      await this.#execute(request, response, headers, { gateway, outcome }, hangUp.signal);
      calls = gateway.meter.bySource;
    }
    const { operationName, operationType, errorCodes } = outcome;
    const common = { requestId, caller: caller?.name ?? null, method: request.method, status: response.statusCode };
    const durationMs = Math.round(performance.now() - startedAt);
    const wasAborted = hangUp.signal.aborted && !response.writableFinished;
    this.#options.log.info({ ...common, operationName, operationType, errorCodes, calls, durationMs, wasAborted }, 'request');
  }

  /** Answers the request itself, and returns null, when the caller may not come in. */
  async #admit(request: IncomingMessage, response: ServerResponse, headers: Headers): Promise<Caller | null> {
    const isPreflight = request.method === 'OPTIONS';
    const isPage =
      request.method === 'GET' && (headers.get('accept') ?? '').includes('text/html') && isLoopbackHost(this.#options.settings.host);
    const caller = await this.#callers.identify(headers.get('authorization'));
    if (caller === null && !isPage && !isPreflight) {
      response.setHeader('www-authenticate', 'Bearer');
      sendRefusal(response, 401, 'UNAUTHENTICATED', 'This needs a good key: send it as "Authorization: Bearer KEY".');
      return null;
    }
    const { trustsProxy } = this.#options.settings;
    const waitMs = await this.#rate.count(
      caller === null || caller.name === 'anonymous' ? clientAddress(request, trustsProxy) : `caller ${caller.name}`,
    );
    if (waitMs !== null) {
      response.setHeader('retry-after', String(Math.ceil(waitMs / 1_000)));
      const { callerRateLimit } = this.#options.settings;
      sendRefusal(
        response,
        429,
        'CALLER_RATE_LIMITED',
        `A caller may send ${callerRateLimit} requests a minute; wait ${Math.ceil(waitMs / 1_000)} s.`,
      );
      return null;
    }
    return caller ?? { name: 'nobody', scopes: new Set() };
  }

  async #execute(
    request: IncomingMessage,
    response: ServerResponse,
    headers: Headers,
    context: ServerContext,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const body = await readBody(request, BODY_BYTES_MAX);
      const url = new URL(request.url ?? '/', 'http://gateway').href;
      const init = { method: request.method ?? 'GET', headers, signal, ...(body.length > 0 && { body: body.toString('utf8') }) };
      const answer = await this.#graphql.fetch(url, init, context);
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      let text = await answer.text();
      if (answer.headers.get('content-type')?.startsWith('text/html')) {
        const page = securePage(text);
        text = page.html;
        response.setHeader('content-security-policy', page.policy);
      }
      const bytes = Buffer.from(text);
      response.writeHead(answer.status, { 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes);
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) throw error;
      sendRefusal(response, 413, 'BODY_TOO_LARGE', `The body may be at most ${BODY_BYTES_MAX} bytes.`);
    }
  }
}

/** Behind a proxy that is trusted, the address that the proxy saw; else the one that connected. */
function clientAddress(request: IncomingMessage, trustsProxy: boolean): string {
  const forwarded = trustsProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = (Array.isArray(forwarded) ? forwarded.join() : forwarded)?.split(',').at(-1)?.trim();
  return `address ${last || request.socket.remoteAddress || ''}`;
}

function toHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** The caller's own request id, if it is plain enough for a log line; else a new one. */
function readRequestId(headers: Headers): string {
  const given = headers.get('x-request-id') ?? '';
  return /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}
