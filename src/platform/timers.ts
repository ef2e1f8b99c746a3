/** The longest that a timer of Node's can wait, in milliseconds; a longer one would fire at once. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

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
