import { sleep } from '../../platform/timers.ts';
import type { Call } from '../port/call.ts';
import { TransportError } from './http-transport.ts';
import { SourceError } from '../port/source-error.ts';

/** Sends of one read, the first included. */
const ATTEMPTS_MAX = 3;
const BACK_OFF_MS = 200;

/**
 * Sends a read again, after a wait with jitter, when it fails with `isRetryable`; never beyond the call's deadline.
 *
 * @throws What the last attempt that went out failed with: a repetition that was kept back says less than what it was to mend.
 */
export async function withRetries<T>(call: Call, send: () => Promise<T>): Promise<T> {
  for (let attempt = 1, earlier: SourceError | null = null; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (earlier !== null && !wasTried(error)) throw earlier;
      earlier = error;
      const waitMs = waitBeforeRetry(error, attempt);
      if (waitMs === null || performance.now() + waitMs >= call.deadline || call.signal.aborted) throw error;
      await sleep(waitMs, call.signal);
    }
  }
}

/** False: the governor, the breaker or the request's budget kept it back. */
function wasTried(error: SourceError): boolean {
  return error.cause instanceof TransportError || (error.wasSent && error.code !== 'COST_EXCEEDED');
}

/** Null: do not try again. */
function waitBeforeRetry(error: SourceError, attempt: number): number | null {
  if (!error.isRetryable || attempt >= ATTEMPTS_MAX) return null;
  const backOffMs = BACK_OFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random());
  // On top of what the CRM asks for, lest all who wait for it come back in the same instant.
  return error.retryAfterMs === undefined ? backOffMs : error.retryAfterMs + BACK_OFF_MS * Math.random();
}
