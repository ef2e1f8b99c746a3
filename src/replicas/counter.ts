import { sleep } from '../platform/timers.ts';

/** Serves one at a time, in the order of arrival. */
export class Counter {
  #last: Promise<void> = Promise.resolve();

  /**
   * Waits for its turn, no longer than until a deadline on `performance.now()`'s scale.
   *
   * @returns What ends the turn; null when the time was up before, or the signal aborted.
   */
  async enter(deadline: number, signal: AbortSignal | undefined): Promise<(() => void) | null> {
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    // Whoever gives up leaves its place in the row to those behind it.
    this.#last = Promise.all([before, turn.promise]).then(() => undefined);
    const over = new AbortController();
    const end = () => over.abort();
    signal?.addEventListener('abort', end, { once: true });
    const isMine = await Promise.race([
      before.then(() => true),
      sleep(Math.max(0, deadline - performance.now()), over.signal).then(() => false),
    ]);
    signal?.removeEventListener('abort', end);
    over.abort();
    if (isMine && signal?.aborted !== true) return turn.resolve;
    turn.resolve();
    return null;
  }
}
