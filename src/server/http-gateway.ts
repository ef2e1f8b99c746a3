import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Settings } from '../config/settings.ts';
import type { IdentityKit } from '../federation/identity/identity-kit.ts';
import type { Caller } from '../auth/scopes.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Log } from '../datasources/port/log.ts';
import { SOURCE_MODULES } from '../datasources/registry.ts';
import { Admission } from '../auth/admission.ts';
import type { CreateCallerRate } from '../auth/caller-rate.ts';
import { corsHeaders, isAdmittedOrigin, originRules, preflightHeaders, type OriginRules } from '../auth/cors.ts';
import { RefusedOrigins } from '../auth/refused-origins.ts';
import { crossSiteRefusal } from '../auth/cross-site.ts';
import { isAllowedHost } from '../auth/hosts.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { RefusalError } from '../auth/refusal.ts';
import type { AuditLog } from '../telemetry/log.ts';
import type { DeletionAttempt, DeletionAuditEntry } from '../federation/deletion.ts';
import { GraphQLAnswers, type Cost } from '../graphql/graphql-answers.ts';
import { NO_LONGER_NEEDED } from '../platform/no-longer-needed.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';
import { chooseMediaType } from './accept.ts';
import { HangUpError, readBody } from './body.ts';
import { ACCEPT_REFUSAL, HOST_REFUSAL, methodRefusal, NOT_FOUND_REFUSAL, UNEXPECTED_REFUSAL } from './refusals.ts';
import { sendBytes, sendJson, sendRefusal, sendText, setHeaders, setSecurityHeaders } from './reply.ts';
import { clientAddress, pathOf, readHost, readRequestId, toHeaders } from './request.ts';
import type { RequestSpan, Tracing } from '../telemetry/tracing/tracing.ts';
import { createRequestOutcome, type RequestOutcome } from '../telemetry/request-outcome.ts';
import { printedSchema } from '../schema/printed-schema.ts';
import { createSchema } from '../schema/schema.ts';
import { Pages } from './pages/pages.ts';
import { statusReport } from './pages/status-report.ts';
import { sendStaticFile, toStaticFile, type StaticFile } from './pages/static-files.ts';

/** What the gateway answers from, and where it keeps account of it. */
export interface GatewayOptions {
  readonly settings: Settings;
  readonly sources: ReadonlyMap<string, ContactSource>;
  /** What the indexes of the sources were made with; left out where there are none. */
  readonly identityKit?: IdentityKit;
  readonly log: Log;
  readonly auditLog: AuditLog;
  /** The one that the sources report their calls to; left out: one that counts requests only. */
  readonly metrics?: Metrics;
  /** Left out where nobody traces. */
  readonly tracing?: Tracing | undefined;
  /** Counts the requests of callers; in this process alone when left out. */
  readonly createCallerRate?: CreateCallerRate;
  /** Hears of what other replicas have changed, before anything kept is given out; left out where there are none. */
  readonly refresh?: () => Promise<void>;
}

/** One request to /graphql. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly outcome: RequestOutcome;
  /** Aborts when the client hangs up. */
  readonly hangUp: AbortSignal;
  /** What is known at the end, for the log. */
  caller: Caller | null;
}

/** Answers HTTP requests: whatever path, method and caller, and whether they may. */
export class HttpGateway {
  readonly #options: GatewayOptions;
  readonly #schema: GraphQLSchema;
  readonly #answers: GraphQLAnswers;
  /** Printed when it is first requested. */
  #schemaFile: StaticFile | undefined;
  readonly #admission: Admission;
  readonly #metrics: Metrics;
  readonly #origins: OriginRules;
  readonly #refusedOrigins = new RefusedOrigins();
  readonly #pages: Pages;
  #isStopping = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#schema = createSchema(SOURCE_MODULES);
    this.#answers = new GraphQLAnswers({ ...options, schema: this.#schema });
    this.#admission = new Admission(options.settings, options.createCallerRate);
    this.#origins = originRules(options.settings);
    this.#metrics = options.metrics ?? createMetrics();
    this.#metrics.watch(options.sources.values());
    this.#pages = new Pages(options.settings);
  }

  /** `/ready` says 503 from now on, and connections are not kept. */
  stopAccepting(): void {
    this.#isStopping = true;
  }

  /** Waits until every request is over, those included whose clients have gone: a deletion that was sent runs to its end, and is written down. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Answers one request. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = this.#answer(request, response);
    this.#underWay.add(answered);
    await answered;
    this.#underWay.delete(answered);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      setSecurityHeaders(response);
      if (this.#isStopping) response.setHeader('connection', 'close');
      await this.#route(request, response);
    } catch (error) {
      this.#fail(request, response, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const { settings } = this.#options;
    const host = readHost(request);
    // Health checks come under whatever name the checker knows.
    const isProbe = path === '/health' || path === '/ready';
    if (!isProbe && !isAllowedHost(host, settings.allowedHosts, request.socket.localAddress)) {
      throw new RefusalError(HOST_REFUSAL);
    }
    if (this.#pages.serve(request, response, path)) return;
    if (path === '/graphql') return this.#answerGraphQL(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new RefusalError(methodRefusal('GET, HEAD'));
    switch (path) {
      case '/health':
        return sendJson(response, 200, { status: 'ok' });
      case '/ready':
        return sendJson(response, this.#isStopping ? 503 : 200, { status: this.#isStopping ? 'stopping' : 'ready' });
      case '/metrics':
        await this.#admission.admit(toHeaders(request), clientAddress(request, settings.trustsProxy));
        return sendText(response, 200, this.#metrics.contentType, await this.#metrics.print());
      case '/schema.graphql':
        return this.#sendSchema(request, response);
      case '/status.json':
        if (!settings.hasStatusPage) throw new RefusalError(NOT_FOUND_REFUSAL);
        await this.#admission.admit(toHeaders(request), clientAddress(request, settings.trustsProxy));
        return sendJson(response, 200, statusReport(this.#options.sources, this.#metrics, settings));
      case '/':
        return sendJson(response, 200, { name: 'crm-gateway', endpoint: '/graphql', health: '/health', ready: '/ready' });
      case '/favicon.ico':
        response.writeHead(204).end();
        return;
      default:
        throw new RefusalError(NOT_FOUND_REFUSAL);
    }
  }

  /** The schema is for whoever may introspect it. */
  async #sendSchema(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { settings } = this.#options;
    if (!settings.hasIntrospection) throw new RefusalError(NOT_FOUND_REFUSAL);
    await this.#admission.admit(toHeaders(request), clientAddress(request, settings.trustsProxy));
    this.#schemaFile ??= toStaticFile('text/plain; charset=utf-8', printedSchema(this.#schema));
    response.setHeader('vary', 'Authorization');
    sendStaticFile(request, response, this.#schemaFile, 'private, no-cache');
  }

  async #answerGraphQL(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const hangUp = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) hangUp.abort(NO_LONGER_NEEDED);
    });
    const headers = toHeaders(request);
    const requestId = readRequestId(headers);
    const exchange: Exchange = {
      request,
      response,
      headers,
      requestId,
      outcome: createRequestOutcome(),
      hangUp: hangUp.signal,
      caller: null,
    };
    setHeaders(response, { 'x-request-id': requestId, ...corsHeaders(headers.get('origin'), this.#origins) });
    if (request.method === 'OPTIONS') {
      this.#answerOptions(headers, response);
      return;
    }
    const span = this.#options.tracing?.startRequest(headers, request.method ?? 'GET');
    try {
      await (span === undefined ? this.#run(exchange) : span.run(() => this.#run(exchange)));
    } catch (error) {
      this.#fail(request, response, error, exchange);
    }
    span?.end({ status: response.statusCode, requestId, outcome: exchange.outcome });
    this.#note(exchange, performance.now() - startedAt, span);
  }

  #answerOptions(headers: RequestHeaders, response: ServerResponse): void {
    const origin = headers.get('origin');
    if (headers.has('access-control-request-method') && !isAdmittedOrigin(origin, this.#origins)) this.#noteRefusedOrigin(origin);
    const allowed = preflightHeaders(origin, headers.get('access-control-request-headers'), this.#origins);
    response.writeHead(204, { allow: 'GET, POST, OPTIONS', ...allowed }).end();
  }

  #noteRefusedOrigin(origin: string | null): void {
    const first = this.#refusedOrigins.first(origin);
    if (first === null) return;
    this.#options.log.warn({ origin: first }, 'requests from the pages of an origin are refused; to let them in, add it to CORS_ORIGINS');
  }

  /** @throws RefusalError, HangUpError */
  async #run(exchange: Exchange): Promise<void> {
    const { request, response, headers, outcome, requestId } = exchange;
    const { settings } = this.#options;
    const method = request.method ?? 'GET';
    if (method !== 'GET' && method !== 'POST') throw new RefusalError(methodRefusal('GET, POST, OPTIONS'));
    const crossSite = crossSiteRefusal(method, headers, { origins: this.#origins, isStrict: settings.isProduction });
    if (crossSite !== null) {
      if (crossSite.code === 'CROSS_SITE_REQUEST') this.#noteRefusedOrigin(headers.get('origin'));
      throw new RefusalError(crossSite);
    }
    const mediaType = chooseMediaType(headers.get('accept'));
    if (mediaType === null) throw new RefusalError(ACCEPT_REFUSAL);
    const address = clientAddress(request, settings.trustsProxy);
    exchange.caller = await this.#admission.admit(headers, address);
    const body = await readBody(request);
    const answer = await this.#answers.answer({
      method,
      url: request.url ?? '/',
      body: body.toString('utf8'),
      headers,
      mediaType,
      caller: exchange.caller,
      requestId,
      signal: exchange.hangUp,
      outcome,
      announceDeletion: (attempt) => this.#options.auditLog.attempt(toAuditMembers(attempt, exchange)),
      auditDeletion: (entry) => this.#auditDeletion(entry, exchange),
      auditErasure: (entry) => this.#options.auditLog.outcome({ ...entry, requestId, caller: exchange.caller?.name ?? null }),
    });
    setHeaders(response, Object.fromEntries(answer.headers));
    sendBytes(response, answer.status, answer.contentType, answer.body);
  }

  #auditDeletion(entry: DeletionAuditEntry, exchange: Exchange): void {
    this.#metrics.countDeletion(entry);
    this.#options.auditLog.outcome(toAuditMembers(entry, exchange));
  }

  #note(exchange: Exchange, durationMs: number, span: RequestSpan | undefined): void {
    const { request, response, requestId, caller, outcome, hangUp } = exchange;
    const { operationName, operationType, result, errorCodes, calls } = outcome;
    this.#metrics.countRequest(outcome, durationMs);
    const common = { requestId, caller: caller?.name ?? null, method: request.method, status: response.statusCode };
    const wasAborted = hangUp.aborted;
    this.#options.log.info(
      {
        ...common,
        operationName,
        operationType,
        result,
        errorCodes,
        calls,
        durationMs: Math.round(durationMs),
        wasAborted,
        ...(span && { traceId: span.traceId }),
      },
      'request',
    );
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown, exchange?: Exchange): void {
    if (error instanceof HangUpError) {
      response.destroy();
      return;
    }
    if (!(error instanceof RefusalError)) this.#options.log.error({ error }, 'a request could not be handled');
    else if (error.cause !== undefined) this.#options.log.warn({ error: error.cause, code: error.refusal.code }, 'a request was refused');
    const refusal = error instanceof RefusalError ? error.refusal : UNEXPECTED_REFUSAL;
    if (exchange !== undefined) exchange.outcome.errorCodes = [refusal.code];
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const mediaType = chooseMediaType(request.headers.accept ?? null) ?? 'application/json';
    const extensions = pathOf(request) === '/graphql' ? { cost: this.#costOf(exchange) } : undefined;
    sendRefusal(response, refusal, { mediaType, extensions });
  }

  /** As answers report it: nothing was resolved for what is refused. */
  #costOf(exchange: Exchange | undefined): Cost {
    const { callBudget, valueBudget } = this.#options.settings;
    const calls = Object.values(exchange?.outcome.calls ?? {}).reduce((sum, count) => sum + count, 0);
    return { calls, limit: callBudget, values: 0, valueLimit: valueBudget };
  }
}

/** With who asked; the id is the CRM's own. */
function toAuditMembers({ idInSource, ...entry }: DeletionAttempt | DeletionAuditEntry, { caller, requestId }: Exchange): object {
  return { requestId, caller: caller?.name ?? null, id: idInSource, ...entry };
}
