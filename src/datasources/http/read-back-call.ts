import type { Call, WriteCall } from '../port/call.ts';
import { SourceError } from '../port/source-error.ts';

/**
 * The call of a read that says what became of a write. It has its own time, since the request's may be over, and takes nothing cached.
 * It is counted like any call and never refused: the truth about a write is worth more than the budget.
 *
 * @param now The wall clock, Unix milliseconds.
 */
export function readBackCall(write: WriteCall, timeoutMs: number, now: number): Call {
  return {
    signal: AbortSignal.timeout(timeoutMs),
    deadline: performance.now() + timeoutMs,
    freshAfter: now,
    isFreshnessStrict: true,
    ...(write.turn && { turn: write.turn }),
    meter: {
      count(source) {
        try {
          write.meter.count(source);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
        }
      },
    },
  };
}
