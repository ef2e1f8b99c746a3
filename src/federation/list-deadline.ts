import type { Call } from '../datasources/port/call.ts';
import { NO_LONGER_NEEDED } from '../platform/no-longer-needed.ts';
import { TIMER_MS_MAX } from '../platform/timers.ts';

/** The share of a request's time that its list may take, so that nested reads still fit. */
const LIST_SHARE = 0.6;

/** The call of one list, which ends before its request does. */
export interface ListCall {
  readonly call: Call;
  /** Ends the list: reads that are still in flight are aborted. */
  stop(): void;
}

/** Makes the call under which a list is read: it ends at the source timeout or at 60 % of the time that is left, whichever is first. */
export function startListCall(call: Call, sourceTimeoutMs: number, now: () => number): ListCall {
  const startedAt = now();
  const allowedMs = Math.max(0, Math.min(sourceTimeoutMs, LIST_SHARE * (call.deadline - startedAt), TIMER_MS_MAX));
  const controller = new AbortController();
  // Not AbortSignal.any: Node never lets go of one that was made of another.
  const end = (): void => controller.abort(NO_LONGER_NEEDED);
  call.signal.addEventListener('abort', end, { once: true });
  // A timer of 0 ms would let answers from memory win the race.
  if (allowedMs === 0 || call.signal.aborted) end();
  const timer = setTimeout(end, allowedMs);
  return {
    call: { ...call, signal: controller.signal, deadline: startedAt + allowedMs },
    stop: () => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', end);
      end();
    },
  };
}
