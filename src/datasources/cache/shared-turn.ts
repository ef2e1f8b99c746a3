import type { CallPriority, CallTurn } from '../port/call.ts';

/** The turn of a read that several calls wait for: whoever began it pays for it, and it may go out in the turn of each one who joins. */
export class SharedTurn implements CallTurn {
  readonly #first: CallTurn;
  /** Those who joined. */
  readonly #joined = new Set<CallTurn>();
  readonly #listeners = new Set<(joined: CallTurn) => void>();

  constructor(first: CallTurn) {
    this.#first = first;
  }

  get caller(): string {
    return this.#first.caller;
  }

  take(source: string): CallPriority {
    return this.#first.take(source);
  }

  /** Another call waits for the same read. */
  join(turn: CallTurn): void {
    if (turn === this.#first || this.#joined.has(turn)) return;
    this.#joined.add(turn);
    for (const listener of this.#listeners) listener(turn);
  }

  onJoin(listener: (joined: CallTurn) => void): () => void {
    // A read that waits for a shared one may be shared itself.
    const ends: (() => void)[] = [];
    const follow = (turn: CallTurn): void => {
      const end = turn.onJoin?.(listener);
      if (end !== undefined) ends.push(end);
    };
    const report = (turn: CallTurn): void => {
      listener(turn);
      follow(turn);
    };
    this.#listeners.add(report);
    for (const turn of this.#joined) report(turn);
    follow(this.#first);
    return () => {
      this.#listeners.delete(report);
      for (const end of ends) end();
    };
  }
}
