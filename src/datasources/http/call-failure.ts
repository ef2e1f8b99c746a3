import { BreakerOpenError } from '../governor/circuit-breaker.ts';
import type { Call, WriteCall } from '../port/call.ts';
import { GovernorRefusal } from '../governor/governor.ts';
import { TransportError, type TransportFailure } from './http-transport.ts';
import { SourceError } from '../port/source-error.ts';

/**
 * A call that its deadline ended was met with silence, which is the CRM's fault, if it had at least this share of its time: one that had to queue
 * for most of it proves nothing. Nor does a very short wait.
 */
const SILENCE_SHARE = 0.5;
const SILENCE_MS_MIN = 500;

const REFUSAL_TEXTS = {
  RATE_LIMITED: 'takes no more calls at the moment',
  QUOTA_EXHAUSTED: 'has used up its quota of calls',
  QUOTA_KEPT: 'keeps what is left of its quota of calls for small reads and for callers who have used less of it',
  BLOCKED: 'refuses this address or account altogether, and is left alone for a while',
  TIMEOUT: 'was busy with other calls until the time was up',
} as const;

/** Why the governor let nothing out. @param error What `Governor.acquire` threw. */
export function toGovernorFailure(source: string, error: unknown): SourceError {
  if (!(error instanceof GovernorRefusal)) {
    return new SourceError(source, 'TIMEOUT', `${source} was not asked in time`, { cause: error, wasSent: false });
  }
  const { refusal, retryAfterMs } = error;
  const code = refusal === 'QUOTA_KEPT' ? 'QUOTA_EXHAUSTED' : refusal;
  return new SourceError(source, code, `${source} ${REFUSAL_TEXTS[refusal]}`, {
    wasSent: false,
    ...(refusal !== 'TIMEOUT' && { retryAfterMs }),
  });
}

/** Why the breaker let nothing out, or a wait for its probe ended; any other error is given back. */
export function toBreakerFailure(source: string, error: unknown): unknown {
  if (error instanceof SourceError) return error.with({ wasSent: false });
  if (!(error instanceof BreakerOpenError)) return error;
  const { retryAfterMs } = error;
  return new SourceError(source, 'UNAVAILABLE', `${source} failed repeatedly and is left alone for a moment`, {
    retryAfterMs,
    wasSent: false,
  });
}

/** One call that was sent without an answer that could be read. */
export interface UnansweredCall {
  readonly source: string;
  /** When the call began to queue, and when it was sent, on `performance.now()`'s scale. */
  readonly queuedAt: number;
  readonly sentAt: number;
  readonly sourceTimeoutMs: number;
  /** undefined for what no caller can abort. */
  readonly call: Call | undefined;
}

/** What became of a call. @param error What `sendHttp` threw. */
export function toTransportFailure(error: unknown, unanswered: UnansweredCall): SourceError {
  const { source } = unanswered;
  if (!(error instanceof TransportError)) {
    return new SourceError(source, 'UNAVAILABLE', `${source} could not be asked`, { cause: error });
  }
  const { failure, wasSent } = error;
  const fail = (code: SourceError['code'], what: string, isRetryable = false, cause: Error = error) =>
    new SourceError(source, code, `${source} ${what}`, { cause, wasSent, isRetryable });
  switch (failure) {
    case 'aborted':
    case 'timeout':
      if (!wasSilent(failure, unanswered)) {
        return fail('TIMEOUT', 'was not waited for any longer', false, new TransportError('aborted', wasSent, error));
      }
      return fail(
        'TIMEOUT',
        wasSent ? 'did not answer in time' : 'could not be reached in time',
        true,
        new TransportError('timeout', wasSent, error),
      );
    case 'connection':
      return fail('UNAVAILABLE', wasSent ? 'broke the connection off' : 'cannot be reached', true);
    case 'untrusted':
      return fail('UNAVAILABLE', 'has a certificate that is not trusted');
    case 'too-large':
      return fail('BAD_RESPONSE', 'sent an answer that is too large');
    case 'unreadable':
      return fail('BAD_RESPONSE', 'sent an answer that cannot be unpacked');
    case 'switched':
      return fail('BAD_RESPONSE', 'wanted to go on in another protocol than HTTP');
  }
}

/** What became of a call whose answer came. @param error What reading it threw. */
export function toReadingFailure(source: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  return new SourceError(source, 'BAD_RESPONSE', `${source} sent an answer that could not be read`, { cause: error });
}

/** Whether a call ended after a silence that is the CRM's fault, and not because its client hung up or its time had gone in the queue. */
function wasSilent(failure: 'aborted' | 'timeout', { queuedAt, sentAt, sourceTimeoutMs, call }: UnansweredCall): boolean {
  if (call === undefined) return true;
  const now = performance.now();
  if (failure === 'aborted' && now < call.deadline - 1) return false;
  const allottedMs = Math.min(sourceTimeoutMs, call.deadline - queuedAt);
  return now - sentAt >= Math.max(SILENCE_SHARE * allottedMs, Math.min(SILENCE_MS_MIN, sourceTimeoutMs));
}

/** Counts against the breaker: the CRM, not our request, is the trouble. */
export function isServerTrouble(error: SourceError): boolean {
  if (error.scope === 'RECORD') return false;
  if (error.code !== 'UNAVAILABLE' && error.code !== 'TIMEOUT') return false;
  if (error.cause instanceof TransportError) return error.cause.failure !== 'aborted';
  return error.httpStatus === undefined || error.httpStatus < 400 || error.httpStatus >= 500;
}

const ANSWERED: ReadonlySet<TransportFailure> = new Set(['too-large', 'unreadable', 'switched']);

/** Whether the CRM answered, be it with an error. */
export function hasAnswer(error: SourceError): boolean {
  return !(error.cause instanceof TransportError) || ANSWERED.has(error.cause.failure);
}

/** Whether a failure is that of an answer beyond the byte cap. */
export function isTooLarge(error: unknown): error is SourceError {
  return error instanceof SourceError && error.cause instanceof TransportError && error.cause.failure === 'too-large';
}

/** Counts a write that is about to be sent. @throws what counting throws: nothing was sent then. */
export function countBeforeSending(meter: WriteCall['meter'], source: string): void {
  try {
    meter.count(source);
  } catch (error) {
    throw error instanceof SourceError ? error.with({ wasSent: false }) : error;
  }
}
