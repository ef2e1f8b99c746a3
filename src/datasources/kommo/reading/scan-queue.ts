import type { Call } from '../../port/call.ts';
import { withinCall } from '../../http/within-call.ts';

/** Lets one task at a time run, in the order of asking. */
export class ScanQueue {
  readonly #source: string;
  #last: Promise<void> = Promise.resolve();

  constructor(source: string) {
    this.#source = source;
  }

  /** @throws SourceError TIMEOUT when the call's time is over before its turn comes; whatever `task` throws otherwise. */
  async run<T>(call: Call, task: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = before.then(() => promise);
    try {
      await withinCall(this.#source, before, call);
      return await task();
    } finally {
      resolve();
    }
  }
}
