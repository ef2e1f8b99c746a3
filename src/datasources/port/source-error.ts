import type { ContactFilterField } from './contact-filter-field.ts';

/**
 * What went wrong while talking to a CRM, in the gateway's own words.
 *
 * - `TIMEOUT`: no complete answer within the time allowed.
 * - `RATE_LIMITED`: too many calls in a short window; see `retryAfterMs`.
 * - `QUOTA_EXHAUSTED`: a long window (hour, day) is used up; see `retryAfterMs`.
 * - `UNAUTHENTICATED`: the CRM does not accept our credentials.
 * - `FORBIDDEN`: the credentials are good, but lack a right, or the account or a component is off.
 * - `BLOCKED`: the CRM refuses this address or account altogether; no calls are made for a while.
 * - `UNAVAILABLE`: no connection, a reset, or a server fault of the CRM.
 * - `BAD_RESPONSE`: an answer that does not fit the CRM's contract.
 * - `FILTER_UNSUPPORTED`, `ORDER_UNSUPPORTED`: the CRM cannot filter or order like that.
 * - `INDEX_MISSING`: what was requested is made from a contact index, and the source has none that can be used.
 * - `COST_EXCEEDED`: the request has used up its budget of upstream calls.
 */
export const SOURCE_ERROR_CODES = [
  'TIMEOUT',
  'RATE_LIMITED',
  'QUOTA_EXHAUSTED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BLOCKED',
  'UNAVAILABLE',
  'BAD_RESPONSE',
  'FILTER_UNSUPPORTED',
  'ORDER_UNSUPPORTED',
  'COST_EXCEEDED',
  'INDEX_MISSING',
] as const;
export type SourceErrorCode = (typeof SOURCE_ERROR_CODES)[number];

/** What a failure says beside its code; see the members of SourceError. Without options it was sent, is not retryable, and is of the whole source. */
export interface SourceErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly isRetryable?: boolean;
  readonly wasSent?: boolean;
  readonly httpStatus?: number | undefined;
  readonly errorKey?: string | undefined;
  readonly unsupportedFilters?: readonly ContactFilterField[];
  readonly scope?: SourceErrorScope;
}

/** Whether a failure is of the whole CRM, or only of the one record that was asked for: the CRM itself is well then. */
export type SourceErrorScope = 'SOURCE' | 'RECORD';

/** No quota is longer; a CRM that names a later time is not taken at its word, or it would be given up until the gateway starts again. */
export const WAIT_MS_MAX = 24 * 60 * 60_000;

/**
 * The only error that a datasource lets out. The message is shown to clients: a sentence, with its full stop, that never holds a URL, a credential,
 * or anything of what the CRM answered; the transport error, if any, is the `cause`, which is for the log alone.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** The source's configured name. */
  readonly source: string;
  readonly code: SourceErrorCode;
  /** Milliseconds to wait before trying again, from 0 to a day; undefined when nobody said. */
  readonly retryAfterMs: number | undefined;
  /** Whether the same read may succeed if it is sent again at once or after a short wait. */
  readonly isRetryable: boolean;
  /** Whether the request may have reached the CRM. False only if it surely did not. */
  readonly wasSent: boolean;
  /** The HTTP status of the CRM's answer; undefined when none came. */
  readonly httpStatus: number | undefined;
  /** The CRM's own stable error key (CallGear calls it a mnemonic). */
  readonly errorKey: string | undefined;
  /** With FILTER_UNSUPPORTED found out only by calling: the filter members concerned. */
  readonly unsupportedFilters: readonly ContactFilterField[];
  readonly scope: SourceErrorScope;

  constructor(source: string, code: SourceErrorCode, message: string, options: SourceErrorOptions = {}) {
    super(/[.!?]$/.test(message) ? message : `${message}.`, { cause: options.cause });
    this.source = source;
    this.code = code;
    this.retryAfterMs = boundedWait(options.retryAfterMs);
    this.isRetryable = options.isRetryable ?? false;
    this.wasSent = options.wasSent ?? true;
    this.httpStatus = options.httpStatus;
    this.errorKey = options.errorKey;
    this.unsupportedFilters = options.unsupportedFilters ?? [];
    this.scope = options.scope ?? 'SOURCE';
  }

  /** Returns the same failure with some of it changed; this one is its cause. What a subclass adds stays behind. */
  with(changes: Omit<SourceErrorOptions, 'cause'>): SourceError {
    const { retryAfterMs, isRetryable, wasSent, httpStatus, errorKey, unsupportedFilters, scope } = this;
    const same = { retryAfterMs, isRetryable, wasSent, httpStatus, errorKey, unsupportedFilters, scope };
    return new SourceError(this.source, this.code, this.message, { ...same, ...changes, cause: this });
  }
}

/** What is no number is no wait that anybody named. */
function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), WAIT_MS_MAX);
}

/** Whether the source has refused the question itself: it would refuse it again. */
export function isUnsupported({ code }: SourceError): boolean {
  return code === 'FILTER_UNSUPPORTED' || code === 'ORDER_UNSUPPORTED';
}
