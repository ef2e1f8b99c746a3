import type { Call } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { Block, RunnablePlan } from '../datasources/port/list-plan.ts';
import { SourceError } from '../datasources/port/source-error.ts';

/**
 * Reads the blocks of one source's list under the call's signal, and keeps those that were read ahead until they are taken.
 *
 * Every read rejects with a SourceError as the source does, and with TIMEOUT when the signal aborts, whether the source heeds it or not.
 * A block that was here before is given even then.
 */
export class BlockShelf {
  readonly source: ContactSource;
  readonly plan: RunnablePlan;
  readonly #call: Call;
  readonly #ahead = new Map<number, Promise<Block>>();

  constructor(source: ContactSource, plan: RunnablePlan, call: Call) {
    this.source = source;
    this.plan = plan;
    this.#call = call;
  }

  /** Takes the block that was read ahead, or is being read; otherwise reads it. Cost: 1 block, at most. */
  take(index: number): Promise<Block> {
    const ahead = this.#ahead.get(index);
    this.#ahead.delete(index);
    return ahead ?? this.#read(index);
  }

  /** Reads a block once, and keeps it, or its failure, until it is taken. Cost: 1 block, at most. */
  readAhead(index: number): Promise<Block> {
    const known = this.#ahead.get(index);
    if (known) return known;
    const block = this.#read(index);
    this.#ahead.set(index, block);
    return block;
  }

  #read(index: number): Promise<Block> {
    const { signal } = this.#call;
    return new Promise<Block>((resolve, reject) => {
      const giveUp = (): void =>
        reject(new SourceError(this.source.name, 'TIMEOUT', 'The source did not answer in time.', { isRetryable: true }));
      if (signal.aborted) {
        giveUp();
        return;
      }
      signal.addEventListener('abort', giveUp, { once: true });
      void this.#readFromSource(index)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', giveUp));
    });
  }

  /** Async, so that a source that throws before its first await rejects like any other. */
  async #readFromSource(index: number): Promise<Block> {
    return this.source.readBlock(this.plan, index, this.#call);
  }
}
