import type { Call } from '../port/call.ts';
import { TIMER_MS_MAX } from '../../platform/timers.ts';
import { SourceError } from '../port/source-error.ts';

/**
 * Waits for something that others wait for too, no longer than the call allows.
 *
 * @throws SourceError TIMEOUT when the call's signal aborts or its deadline passes first.
 */
export function withinCall<T>(source: string, promise: Promise<T>, call: Call): Promise<T> {
  const { signal } = call;
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      end();
      reject(timeOver(source));
    };
    const remainingMs = call.deadline - performance.now();
    const timer = remainingMs <= TIMER_MS_MAX ? setTimeout(giveUp, Math.max(remainingMs, 0)) : undefined;
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp);
    promise.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error as Error);
      },
    );
  });
}

/** Whether the time of a call is over, or nobody waits for it any more. */
export function isOver(call: Pick<Call, 'deadline' | 'signal'>): boolean {
  return call.signal.aborted || performance.now() >= call.deadline;
}

/** What a call is told whose time is over. */
export function timeOver(source: string): SourceError {
  return new SourceError(source, 'TIMEOUT', `The time allowed for reading ${source} was over.`);
}
