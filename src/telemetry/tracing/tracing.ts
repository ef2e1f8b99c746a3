import type { CallObserver } from '../../datasources/http/call-observer.ts';
import type { RequestHeaders } from '../../platform/request-headers.ts';
import type { RequestOutcome } from '../request-outcome.ts';

/** What became of a request, for its span. */
export interface TracedOutcome {
  readonly status: number;
  readonly requestId: string;
  readonly outcome: RequestOutcome;
}

/** One request to /graphql, as a span. */
export interface RequestSpan {
  /** 32 hexadecimal digits: the client's own trace where it sent a `traceparent`. */
  readonly traceId: string;
  /** Runs the work of the request: what it starts is below this span. */
  run<T>(work: () => T): T;
  end(traced: TracedOutcome): void;
}

/** Runs a resolver as a span below the one that is current. @param field Such as `Query.contacts`: names of the schema alone. */
export type TraceField = <T>(field: string, resolve: () => T) => T;

/** Writes down what a request did and how long each part took: request, root fields and lists, calls to the CRMs. */
export interface Tracing {
  /** @param headers `traceparent` and `tracestate` are read. */
  startRequest(headers: RequestHeaders, method: string): RequestSpan;
  readonly traceField: TraceField;
  /** A span for each call that a request makes; those of nobody's request, such as an index's, have none. */
  readonly observeCall: CallObserver;
  /** Sends what is left, for two seconds at most. Never rejects. */
  close(): Promise<void>;
}
