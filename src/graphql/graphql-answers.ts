import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../auth/scopes.ts';
import type { Settings } from '../config/settings.ts';
import { createErasureSigner } from '../config/erasure-signer.ts';
import type { ErasureSigner } from '../federation/erasure/erasure-signer.ts';
import type { ErasureContext } from '../schema/context.ts';
import { createIdentityKit, type IdentityKit } from '../federation/identity/identity-kit.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Log } from '../datasources/port/log.ts';
import type { DeletionAttempt, DeletionAuditEntry } from '../federation/deletion.ts';
import { shownOperationName, type RequestOutcome } from '../telemetry/request-outcome.ts';
import type { Tracing } from '../telemetry/tracing/tracing.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';
import { createGraphQLServer, type GraphQLServer } from './graphql-server.ts';
import { asksForFresh, asksForPlan, createRequestContext, type MeteredContext } from './request-context.ts';
import { ShareKeys, type OperationRequest, type ShareKey } from './sharing/share-key.ts';
import { SharedAnswers, type ShareableAnswer } from './sharing/shared-answers.ts';

/** What answers are made of. */
export interface GraphQLAnswersOptions {
  readonly schema: GraphQLSchema;
  readonly settings: Settings;
  readonly sources: ReadonlyMap<string, ContactSource>;
  /** What the indexes of the sources were made with; left out where there are none. */
  readonly identityKit?: IdentityKit;
  readonly log: Log;
  /** Left out where nobody traces. */
  readonly tracing?: Pick<Tracing, 'traceField'> | undefined;
  /** Hears of what other replicas have changed, before anything kept is given out; left out where there are none. */
  readonly refresh?: () => Promise<void>;
}

/** One request of a caller who has been let in. */
export interface AnswerRequest extends OperationRequest {
  readonly headers: RequestHeaders;
  /** How it is to be answered: the media type that was negotiated. */
  readonly mediaType: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
  /** Is filled while the request is answered. */
  readonly outcome: RequestOutcome;
  readonly announceDeletion: (attempt: DeletionAttempt) => Promise<void>;
  readonly auditErasure: ErasureContext['audit'];
  readonly auditDeletion: (entry: DeletionAuditEntry) => void;
}

/** A whole answer, ready to be sent. */
export interface GraphQLAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Beside the content type. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In pieces, one after the other: a shared one is not copied for each request. */
  readonly body: readonly Buffer[];
}

/** An answer without what is each request's own: its `extensions`. */
interface SharedAnswer extends Omit<GraphQLAnswer, 'body'>, ShareableAnswer {
  readonly body: Buffer;
  readonly outcome: Omit<RequestOutcome, 'calls' | 'origin'>;
  readonly cost: Cost;
  readonly explanation: object | null;
}

/** `extensions.cost`. */
export interface Cost {
  readonly calls: number;
  readonly limit: number;
  readonly values: number;
  readonly valueLimit: number;
}

/** What the GraphQL server may say in headers; the rest is the gateway's own, or Node's. */
const HEADERS = ['allow', 'www-authenticate'];
/** Of its time: a request that has waited longer than that for another one's answer takes it as it is. */
const LITTLE_TIME_SHARE = 0.5;
const CLOSING_BRACE = 0x7d;
/** The one kind of body that is let in. */
const JSON_BODY = { 'content-type': 'application/json' };
/**
 * Has Yoga copy a request's context, which it does for two: one it takes as the prototype of another object. V8 keeps what is a prototype until a
 * major collection, and all that it leads to: every row that the request read.
 */
const NO_PROTOTYPE = {};

/**
 * Answers GraphQL requests: from bytes where an equal request was answered, or is being answered, for a caller with the same rights; else by
 * executing. `cost.calls` are the upstream calls that this very request made.
 */
export class GraphQLAnswers {
  readonly #options: GraphQLAnswersOptions;
  readonly #graphql: GraphQLServer;
  readonly #shared: SharedAnswers<SharedAnswer> | null;
  readonly #shareKeys: ShareKeys;
  readonly #identityKit: IdentityKit;
  readonly #erasureSigner: ErasureSigner;

  constructor(options: GraphQLAnswersOptions) {
    this.#options = options;
    const { schema, settings, sources, log } = options;
    this.#erasureSigner = createErasureSigner(settings);
    this.#shareKeys = new ShareKeys(settings.persistedOperations);
    this.#identityKit = options.identityKit ?? createIdentityKit(settings);
    this.#graphql = createGraphQLServer(schema, settings, log);
    const generation = () => {
      let sum = 0;
      for (const source of sources.values()) sum += source.generation ?? 0;
      return sum;
    };
    this.#shared =
      settings.answerCacheBytes === 0 ? null : new SharedAnswers({ bytesMax: settings.answerCacheBytes, now: Date.now, generation });
  }

  /** Answers one request. @throws Whatever the GraphQL server throws, which is a fault of the gateway's own. */
  async answer(request: AnswerRequest): Promise<GraphQLAnswer> {
    const startedAt = performance.now();
    const { refresh, settings } = this.#options;
    if (refresh !== undefined) await refresh();
    const share = this.#shareKeyOf(request);
    if (share === null || this.#shared === null) {
      const answer = await this.#execute(request, startedAt, request.signal, '');
      request.outcome.origin = 'executed';
      return this.#finish(answer);
    }
    const { text, operationName } = share;
    const rights = [...request.caller.scopes].sort().join();
    const { answer, origin } = await this.#shared.take(
      `${rights} ${request.mediaType} ${share.key}`,
      {
        signal: request.signal,
        text,
        hasLittleTimeLeft: () => performance.now() - startedAt > LITTLE_TIME_SHARE * settings.requestTimeoutMs,
      },
      (signal) => this.#execute(request, startedAt, signal, text),
    );
    request.outcome.origin = origin;
    if (origin === 'executed') return this.#finish(answer);
    Object.assign(request.outcome, answer.outcome, { operationName: shownOperationName(operationName) });
    return this.#finish(answer, { ...answer.cost, calls: 0 });
  }

  #shareKeyOf(request: AnswerRequest): ShareKey | null {
    if (this.#shared === null || asksForFresh(request.headers) || asksForPlan(request.headers)) return null;
    return this.#shareKeys.read(request);
  }

  async #execute(request: AnswerRequest, startedAt: number, signal: AbortSignal, text: string): Promise<SharedAnswer> {
    const { settings, sources } = this.#options;
    const { method, url, body, headers, mediaType, caller, requestId, outcome, announceDeletion, auditDeletion, auditErasure } = request;
    const gateway = createRequestContext({
      settings,
      sources,
      identityKit: this.#identityKit,
      requestId,
      caller,
      headers,
      startedAt,
      signal,
      announceDeletion,
      auditErasure,
      erasureSigner: this.#erasureSigner,
      auditDeletion,
      traceField: this.#options.tracing?.traceField,
    });
    try {
      const init = { method, headers: { accept: mediaType, ...(method === 'POST' && JSON_BODY) }, ...(method === 'POST' && { body }) };
      const response = await this.#graphql.fetch(new URL(url, 'http://gateway').href, init, { gateway, outcome }, NO_PROTOTYPE);
      const bytes = Buffer.from(await response.text());
      const { freshUntil, isBoundToRequest, isBoundToText } = gateway.trace;
      return {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        headers: HEADERS.flatMap((name) => {
          const value = response.headers.get(name);
          return value === null ? [] : [[name, value] as const];
        }),
        body: bytes,
        byteLength: bytes.length,
        freshUntil: outcome.operationType === 'query' ? freshUntil : 0,
        isBoundToRequest,
        isBoundToText,
        text,
        outcome: {
          operationName: outcome.operationName,
          operationType: outcome.operationType,
          result: outcome.result,
          errorCodes: outcome.errorCodes,
        },
        cost: costOf(gateway),
        explanation: gateway.isExplained ? { lists: gateway.explanations, calls: gateway.meter.bySource } : null,
      };
    } finally {
      gateway.endReads();
      outcome.calls = gateway.meter.bySource;
    }
  }

  /** Adds the extensions behind what is shared. */
  #finish(answer: SharedAnswer, cost = answer.cost): GraphQLAnswer {
    const { body, explanation } = answer;
    if (!answer.contentType.includes('json') || body.at(-1) !== CLOSING_BRACE) return { ...answer, body: [body] };
    const extensions = JSON.stringify({ cost, ...(explanation !== null && { plan: explanation }) });
    const isEmpty = body.length === 2;
    return { ...answer, body: [body.subarray(0, -1), Buffer.from(`${isEmpty ? '' : ','}"extensions":${extensions}}`)] };
  }
}

function costOf({ meter, values }: MeteredContext): Cost {
  return { calls: meter.total, limit: meter.limit, values: values.values, valueLimit: values.limit };
}
