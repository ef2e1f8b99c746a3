import { AnswerTrace } from './sharing/answer-trace.ts';
import { RequestMeter } from './budget/call-meter.ts';
import { RequestTurn } from './request-turn.ts';
import type { Settings } from '../config/settings.ts';
import type { IdentityKit } from '../federation/identity/identity-kit.ts';
import { Universe } from '../federation/identity/universe.ts';
import type { Caller } from '../auth/scopes.ts';
import { NO_LONGER_NEEDED } from '../platform/no-longer-needed.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';
import { TIMER_MS_MAX } from '../platform/timers.ts';
import type { ErasureSigner } from '../federation/erasure/erasure-signer.ts';
import type { ErasureContext, RequestContext } from '../schema/context.ts';
import type { Call } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import { ValueBudget } from '../schema/budget/value-budget.ts';
import { Loaders } from '../datasources/port/loaders.ts';
import type { TraceField } from '../telemetry/tracing/tracing.ts';
import type { DeletionAttempt, DeletionAuditEntry } from '../federation/deletion.ts';

/** Kept back from the time of a request, so that what came can still be put together and sent. */
const ANSWER_SHARE = 0.05;
const ANSWER_MS_MAX = 250;

/** What one request came with, and what it is answered from. */
export interface RequestContextOptions {
  readonly settings: Settings;
  readonly sources: ReadonlyMap<string, ContactSource>;
  readonly identityKit: IdentityKit;
  readonly requestId: string;
  readonly caller: Caller;
  /** `cache-control` and `x-explain` are read. */
  readonly headers: RequestHeaders;
  /** From when the time for it counts, on `performance.now()`'s scale. */
  readonly startedAt: number;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
  readonly announceDeletion: (attempt: DeletionAttempt) => Promise<void>;
  readonly auditDeletion: (entry: DeletionAuditEntry) => void;
  /** Left out where nobody traces. */
  readonly traceField?: TraceField | undefined;
  readonly auditErasure: ErasureContext['audit'];
  readonly erasureSigner: ErasureSigner;
}

/** A context whose meter can be read when the request is over. */
export interface MeteredContext extends RequestContext {
  readonly meter: RequestMeter;
  readonly trace: AnswerTrace;
  /** Call it when the request is answered: reads that are still under way for it are in vain. */
  readonly endReads: () => void;
}

/** Makes what one GraphQL request carries: its own loaders, meter and deadline. */
export function createRequestContext(options: RequestContextOptions): MeteredContext {
  const {
    settings,
    sources,
    identityKit,
    requestId,
    caller,
    headers,
    startedAt,
    signal,
    announceDeletion,
    auditDeletion,
    auditErasure,
    erasureSigner,
    traceField,
  } = options;
  const timeMs = settings.requestTimeoutMs - Math.min(ANSWER_MS_MAX, settings.requestTimeoutMs * ANSWER_SHARE);
  const deadline = startedAt + timeMs;
  const trace = new AnswerTrace();
  const meter = new RequestMeter(settings.callBudget, settings.replyBudget);
  const reads = startReads(signal, Math.max(0, deadline - performance.now()));
  const call: Call = {
    signal: reads.signal,
    deadline,
    meter,
    turn: new RequestTurn(caller.name),
    trace,
    ...(asksForFresh(headers) && { freshAfter: Date.now() }),
  };
  const loaders = new Loaders(sources, call);
  return {
    requestId,
    caller,
    sources,
    loaders,
    call,
    meter,
    trace,
    values: new ValueBudget({
      limit: settings.valueBudget,
      deadline: startedAt + settings.requestTimeoutMs,
      onEnd: reads.end,
    }),
    deadline,
    limits: { sourceTimeoutMs: settings.sourceTimeoutMs, scanBudget: settings.scanBudget, defaultCountry: settings.defaultCountry },
    identity: { universe: new Universe({ kit: identityKit, sources, call }), priority: settings.identity.priority },
    erasure: { signer: erasureSigner, isFourEyes: settings.isFourEyesErasure, audit: auditErasure, now: Date.now },
    deletionRefusal: deletionRefusal(settings),
    announceDeletion,
    auditDeletion,
    isExplained: asksForPlan(headers),
    explanations: [],
    endReads: reads.end,
    ...(traceField && { traceField }),
  };
}

/**
 * Makes the signal of a request's reads: it aborts when `end` is called, when the client hangs up, and when the time is up. Not with
 * `AbortSignal.any` and `timeout`: what those make stays in memory, with all that listens to it, until the time is up.
 */
function startReads(hangUp: AbortSignal, timeMs: number): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    hangUp.removeEventListener('abort', end);
    controller.abort(NO_LONGER_NEEDED);
  };
  const timer = setTimeout(end, Math.min(timeMs, TIMER_MS_MAX)).unref();
  if (hangUp.aborted) end();
  else hangUp.addEventListener('abort', end, { once: true });
  return { signal: controller.signal, end };
}

/** Whether the client wants what is true now, not what is cached. */
export function asksForFresh(headers: RequestHeaders): boolean {
  return /(^|[\s,])no-(cache|store)([\s,]|$)/i.test(headers.get('cache-control') ?? '');
}

/** Whether the client wants to see how its lists were read. */
export function asksForPlan(headers: RequestHeaders): boolean {
  return headers.get('x-explain') === 'true';
}

/** Without keys anyone who reaches the port may delete, so only invented contacts may be deleted. */
function deletionRefusal(settings: Settings): string | null {
  const hasKeys = settings.apiKeys.length > 0 || settings.jwt !== null;
  if (settings.isSandbox || hasKeys) return null;
  return 'Deletion needs callers to have keys: set API_KEYS or JWT_JWKS_URL. Without them only the sandbox can be deleted from.';
}
