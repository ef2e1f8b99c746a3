import type { Call } from '../port/call.ts';
import { TIMER_MS_MAX } from '../../platform/timers.ts';
import { SourceError } from '../port/source-error.ts';

/**
 * Waits for something that others wait for too, no longer than the call allows.
 *
 * @throws SourceError TIMEOUT when the call's signal aborts or its deadline passes first.
 */
export async function withinCall<T>(source: string, promise: Promise<T>, call: Call): Promise<T> {
  let onAbort: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    onAbort = () => reject(timeOver(source));
    if (call.signal.aborted) onAbort();
    call.signal.addEventListener('abort', onAbort, { once: true });
    const remainingMs = call.deadline - performance.now();
    if (remainingMs <= TIMER_MS_MAX) timer = setTimeout(onAbort, Math.max(remainingMs, 0));
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) call.signal.removeEventListener('abort', onAbort);
  }
}

/** Whether the time of a call is over, or nobody waits for it any more. */
export function isOver(call: Pick<Call, 'deadline' | 'signal'>): boolean {
  return call.signal.aborted || performance.now() >= call.deadline;
}

/** What a call is told whose time is over. */
export function timeOver(source: string): SourceError {
  return new SourceError(source, 'TIMEOUT', `The time allowed for reading ${source} was over.`);
}
