import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type TextMapGetter,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator, setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { ObservedCall } from '../../datasources/http/call-observer.ts';
import type { Log } from '../../datasources/port/log.ts';
import type { RequestHeaders } from '../../platform/request-headers.ts';
import type { RequestSpan, Tracing } from './tracing.ts';
import type { SamplerName, TracingSettings } from './tracing-settings.ts';

/** How long the end of the process waits for a collector. */
const CLOSE_MS_MAX = 2_000;
const WARN_EVERY_MS = 60_000;

/** Takes in what the client sent, and no baggage: that may hold anything. */
const propagator = new W3CTraceContextPropagator();
const HEADERS: TextMapGetter<RequestHeaders> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: () => propagator.fields(),
};

/**
 * Makes traces and sends them to a collector by OTLP over HTTP, in batches, in the background. What cannot be sent is dropped: 2,048 spans wait at
 * most, and the log says so once a minute.
 *
 * Attributes are names of the schema, of sources and of outcomes; never variables, documents, ids of contacts or URLs.
 */
export function createTracing(settings: TracingSettings, log: Log): Tracing {
  const warn = createWarning(log);
  setGlobalErrorHandler(warn);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ ...settings.resourceAttributes, 'service.name': settings.serviceName }),
    sampler: toSampler(settings.sampler, settings.samplerRatio),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: settings.url, headers: { ...settings.headers } }) })],
  });
  return new OpenTelemetryTracing(provider, provider.getTracer('crm-gateway'), warn);
}

class OpenTelemetryTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #warn: () => void;
  /** The span that what runs now is part of. */
  readonly #current = new AsyncLocalStorage<Context>();

  constructor(provider: TracerProvider, tracer: Tracer, warn: () => void) {
    this.#provider = provider;
    this.#tracer = tracer;
    this.#warn = warn;
  }

  startRequest(headers: RequestHeaders, method: string): RequestSpan {
    const parent = propagator.extract(ROOT_CONTEXT, headers, HEADERS);
    const attributes = { 'http.request.method': method, 'http.route': '/graphql' };
    const span = this.#tracer.startSpan(`${method} /graphql`, { kind: SpanKind.SERVER, attributes }, parent);
    const current = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      run: (work) => this.#current.run(current, work),
      end: ({ status, requestId, outcome }) => {
        const { operationType, operationName, result, errorCodes, origin } = outcome;
        if (operationType !== null) span.updateName(`GraphQL ${operationType}`).setAttribute('graphql.operation.type', operationType);
        if (operationName !== null) span.setAttribute('graphql.operation.name', operationName);
        span.setAttributes({
          'http.response.status_code': status,
          'crm_gateway.request_id': requestId,
          'crm_gateway.outcome': result,
          ...(origin !== null && { 'crm_gateway.answer_origin': origin }),
          ...(errorCodes.length > 0 && { 'crm_gateway.error_codes': [...errorCodes] }),
        });
        if (result === 'failed' || status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  readonly traceField = <T>(field: string, resolve: () => T): T => {
    const parent = this.#current.getStore();
    if (parent === undefined) return resolve();
    const span = this.#tracer.startSpan(field, { attributes: { 'graphql.field': field } }, parent);
    return untilSettled(span, () => this.#current.run(trace.setSpan(parent, span), resolve));
  };

  readonly observeCall = ({ source, outcome, durationMs, waitedMs }: ObservedCall): void => {
    const parent = this.#current.getStore();
    if (parent === undefined) return;
    const endTime = Date.now();
    const attributes = { 'crm_gateway.source': source, 'crm_gateway.outcome': outcome, 'crm_gateway.wait_ms': Math.round(waitedMs) };
    const span = this.#tracer.startSpan(`call ${source}`, { kind: SpanKind.CLIENT, startTime: endTime - durationMs, attributes }, parent);
    if (outcome !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endTime);
  };

  async close(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      setTimeout(resolve, CLOSE_MS_MAX).unref();
    });
    await Promise.race([this.#provider.shutdown().catch(this.#warn), over]);
  }
}

/** Ends a span with what it stands for, be that at once or later. */
function untilSettled<T>(span: Span, run: () => T): T {
  const fail = () => span.setStatus({ code: SpanStatusCode.ERROR }).end();
  try {
    const result = run();
    if (result instanceof Promise) result.then(() => span.end(), fail);
    else span.end();
    return result;
  } catch (error) {
    fail();
    throw error;
  }
}

/** Says so once a minute. What a collector says, or why it cannot be reached, is not repeated: it may quote anything. */
function createWarning(log: Log): () => void {
  let warnedAt = -Infinity;
  return () => {
    const now = performance.now();
    if (now - warnedAt < WARN_EVERY_MS) return;
    warnedAt = now;
    log.warn({}, 'traces cannot be sent; check OTEL_EXPORTER_OTLP_ENDPOINT and the collector there');
  };
}

function toSampler(name: SamplerName, ratio: number): Sampler {
  const root = name.endsWith('ratio')
    ? new TraceIdRatioBasedSampler(ratio)
    : name.endsWith('_on')
      ? new AlwaysOnSampler()
      : new AlwaysOffSampler();
  return name.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}
