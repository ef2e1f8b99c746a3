import type { RateLimit, ReportedQuota } from '../governor/limits.ts';
import type { Call, WriteCall } from '../port/call.ts';
import type { SourceHealth } from '../port/source-health.ts';
import type { SourceError } from '../port/source-error.ts';

/** One request to a CRM. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Appended to the base URL as it is; starts with `/` or is empty. Must be escaped already. */
  readonly path: string;
  /** Ready query string without `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form, in place of JSON. */
  readonly form?: Readonly<Record<string, string>>;
}

/** A whole answer of a CRM, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  /** The text behind the status; undefined where there is none, as over HTTP/2. */
  readonly reason?: string | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body as text; '' when there was none. */
  readonly text: string;
  /** The body as JSON where it is large and was parsed in several turns of the event loop; undefined: whoever wants it parses the text. */
  readonly json?: unknown;
}

/** Where one CRM is, and how often it may be called. */
export interface SourceHttpOptions {
  readonly source: string;
  /** Whole URL, without a trailing slash. */
  readonly baseUrl: string;
  /** Two sources with the same credential share its limits. Never logged. */
  readonly credential: string;
  readonly rateLimits: readonly RateLimit[];
  /** Calls under way at once. */
  readonly concurrencyMax: number;
}

/** What is known of the call whose answer is interpreted. */
export interface AnsweredCall {
  /** Reports to the governor what the CRM said of its quotas. */
  noteQuotas(quotas: readonly ReportedQuota[]): void;
}

/**
 * Turns an answer into a value, or throws a SourceError by whose members the call is judged: `isRetryable` and `retryAfterMs`; `code` (UNAVAILABLE
 * and TIMEOUT count against the circuit breaker, but for the HTTP statuses 4xx; RATE_LIMITED and QUOTA_EXHAUSTED pause the credential; BLOCKED
 * stops all calls for a cooling time); `scope` (a failure of one record is none of the CRM).
 */
export type Interpret<T> = (response: HttpResponse, answered: AnsweredCall) => T;

/** The way to one CRM: waits for the governor, sends, retries reads, and keeps health. It knows HTTP and nothing of any CRM's bodies. */
export interface SourceHttp {
  /**
   * Sends a read; again, with jitter and under the deadline, when it fails with `isRetryable`.
   * Each attempt calls `request` anew (so that it may carry a fresh token) and counts on the meter.
   */
  read<T>(request: () => HttpRequest | Promise<HttpRequest>, call: Call, interpret: Interpret<T>): Promise<T>;
  /**
   * Sends a write once. Never repeats it, never aborts it once sent.
   * @throws SourceError whose `wasSent` is false only if the CRM surely did not get the request.
   */
  write<T>(request: HttpRequest, write: WriteCall, interpret: Interpret<T>): Promise<T>;
  /**
   * Sends once, outside the meter, within the governor, and not while the breaker is open: log-ins and token refreshes.
   *
   * @param timeoutMs As long as any answer when left out.
   */
  authenticate<T>(request: HttpRequest, interpret: Interpret<T>, timeoutMs?: number): Promise<T>;
  /** Notes a lack of rights that will not pass by itself, for health; null takes it back. */
  noteLimitation(error: SourceError | null): void;
  health(): SourceHealth;
}

/** Makes the way to one CRM. Without a call. */
export type CreateSourceHttp = (options: SourceHttpOptions) => SourceHttp;
