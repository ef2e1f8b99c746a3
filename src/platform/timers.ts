import { setTimeout as delay } from 'node:timers/promises';

/** The longest that a timer of Node's can wait, in milliseconds; a longer one would fire at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;
/** After each two milliseconds of hashing an index waits for so long, so that it takes a quarter of the thread at most. */
const OTHERS_MS = 6;
/** A wait that ends so much too late shows that others have work, and is repeated so often. */
const LATE_MS = 2;
const WAITS_MAX = 3;

/** Waits. Ends early, and without an error, when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : Math.min(ms, TIMER_MS_MAX));
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Lets what waits in the event loop go first. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Waits some milliseconds, and longer while the thread has other work, but not for ever: for what nobody waits for. Keeps no process from ending. */
export async function letOthersGoFirst(): Promise<void> {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    const dueAt = performance.now() + OTHERS_MS;
    await delay(OTHERS_MS, undefined, { ref: false });
    if (performance.now() - dueAt < LATE_MS) return;
  }
}
