import type { Call } from '../port/call.ts';

/** Refusals that are kept; what was noted longest ago leaves. */
const REFUSALS_MAX = 200;

/** Knows for a while what a CRM refuses, so that it is not asked again for each list. */
export class RefusalMemory {
  /** When each was noted, Unix milliseconds. */
  readonly #notedAt = new Map<string, number>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  /** @param now The wall clock, Unix milliseconds. */
  constructor(ttlMs: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Whether a refusal is known, and recent enough for this call. */
  has(key: string, call: Pick<Call, 'freshAfter'>): boolean {
    const at = this.#notedAt.get(key);
    return at !== undefined && this.#now() - at < this.#ttlMs && !(call.freshAfter !== undefined && at < call.freshAfter);
  }

  note(key: string): void {
    this.#notedAt.delete(key);
    this.#notedAt.set(key, this.#now());
    const [oldest] = this.#notedAt.keys();
    if (this.#notedAt.size > REFUSALS_MAX && oldest !== undefined) this.#notedAt.delete(oldest);
  }
}
