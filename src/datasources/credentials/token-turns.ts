import { LostTurnError, type TokenPair } from './token-store.ts';

/** How often a change begins anew because its turn was lost to another process. */
const TURNS_MAX = 5;

/** What lets one process at a time change tokens. */
export interface TokenLock {
  /** Lets the next process take its turn. */
  release(): Promise<void>;
}

/** The changes of one token store: each under a lock, and begun anew when another process took the turn. */
export class TokenTurns<Lock extends TokenLock> {
  readonly #changes = new Set<Promise<unknown>>();
  readonly #toError: (cause: LostTurnError) => Error;

  /** @param toError What is thrown when turn after turn was lost. */
  constructor(toError: (cause: LostTurnError) => Error) {
    this.#toError = toError;
  }

  /** Makes a change. @throws What `acquire`, `change` and `toError` give; LostTurnError of `change` is answered with another turn. */
  async take(acquire: () => Promise<Lock>, change: (lock: Lock) => Promise<TokenPair | null>): Promise<TokenPair | null> {
    const taking = this.#take(acquire, change);
    this.#changes.add(taking);
    try {
      return await taking;
    } finally {
      this.#changes.delete(taking);
    }
  }

  /** Waits for the changes under way. Never rejects. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#changes);
  }

  async #take(acquire: () => Promise<Lock>, change: (lock: Lock) => Promise<TokenPair | null>): Promise<TokenPair | null> {
    for (let turn = 1; ; turn += 1) {
      const lock = await acquire();
      try {
        return await change(lock);
      } catch (error) {
        if (!(error instanceof LostTurnError)) throw error;
        if (turn === TURNS_MAX) throw this.#toError(error);
      } finally {
        await lock.release();
      }
    }
  }
}
