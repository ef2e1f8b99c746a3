import type { Call, QuotaWindow, SourceHealth, WriteCall } from './contact-source.ts';
import type { SourceError } from './source-error.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Appended to the base URL as it is; starts with `/` or is empty. Must be escaped already. */
  readonly path: string;
  /** Ready query string without `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The whole body as text; '' when there was none. */
  readonly text: string;
}

/** A limit on how often one credential may call: at most `limit` sends in any sliding `windowMs`. */
export interface RateLimit {
  readonly window: QuotaWindow;
  readonly windowMs: number;
  readonly limit: number;
}

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

/** What a CRM said of its own quotas in an answer. */
export interface ReportedQuota {
  readonly window: QuotaWindow;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsInMs: number | null;
}

/**
 * The way to one CRM: waits for the governor, sends, retries reads, and keeps health. It knows HTTP and nothing of any CRM's bodies.
 *
 * `interpret` turns an answer into a value or throws a SourceError, of which this looks at `code`, `isRetryable` and `retryAfterMs`:
 * UNAVAILABLE and TIMEOUT count against the circuit breaker, BLOCKED stops all calls for a cooling time.
 */
export interface SourceHttp {
  /**
   * Sends a read; again, with jitter and under the deadline, when it fails with `isRetryable`.
   * Each attempt calls `request` anew (so that it may carry a fresh token) and counts on the meter.
   */
  read<T>(request: () => HttpRequest | Promise<HttpRequest>, call: Call, interpret: (response: HttpResponse) => T): Promise<T>;
  /**
   * Sends a write once. Never repeats it, never aborts it once sent.
   * @throws SourceError whose `wasSent` is false only if the CRM surely did not get the request.
   */
  write<T>(request: HttpRequest, write: WriteCall, interpret: (response: HttpResponse) => T): Promise<T>;
  /** Sends once, outside the meter, within the governor, and not while the breaker is open: log-ins and token refreshes. */
  authenticate<T>(request: HttpRequest, interpret: (response: HttpResponse) => T): Promise<T>;
  /** Tells the governor what the CRM said of its quotas. */
  noteQuotas(quotas: readonly ReportedQuota[]): void;
  /** Notes a lack of rights that will not pass by itself, for health; null takes it back. */
  noteLimitation(error: SourceError | null): void;
  health(): SourceHealth;
}

export type CreateSourceHttp = (options: SourceHttpOptions) => SourceHttp;
