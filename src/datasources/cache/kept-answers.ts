import { LRUCache } from 'lru-cache';
import { isOver, timeOver } from '../http/within-call.ts';
import type { Call } from '../port/call.ts';
import type { CacheEntry, CacheStore } from './cache-store.ts';
import { isFreshEnough } from './read-cache.ts';
import type { Claim, SharedSource } from './shared-source.ts';

/** Lists of which it is known that they have moved, at once. */
const MOVED_LISTS_MAX = 1_000;
const NOTHING_READ: ReadonlyMap<string, object> = new Map();
const NOTHING_SHARED: ReadonlySet<string> = new Set();

/** Where the answers of one source are kept. */
export interface KeptAnswersOptions {
  /** The source's configured name. */
  readonly source: string;
  readonly store: CacheStore;
  /** By how much answers may be older than usual, 1 or more. */
  readonly stretch: () => number;
  /** What replicas share; undefined: there is one process. @param onChange Another replica changed something at the source. */
  readonly share?: ((source: string, onChange: () => void) => SharedSource) | undefined;
  /** Called whenever all that was kept or is being read has become out of date. */
  readonly onForget: () => void;
}

/** An answer that was kept. */
export interface KeptAnswer {
  readonly answer: object;
  /** Unix milliseconds. */
  readonly freshUntil: number;
}

/** What a read gave. */
export interface ReadAnswers {
  /** By key; absent where the reader gave none. */
  readonly answers: ReadonlyMap<string, object>;
  /** When the oldest of them began to be read, Unix milliseconds. */
  readonly readAt: number;
  /** Keys of those that another replica had read. */
  readonly shared: ReadonlySet<string>;
}

/** One read of what is missing. */
interface Reading {
  readonly ttlMs: number;
  readonly call: Call;
  /** Of the source, and Unix milliseconds, when it began. */
  readonly generation: number;
  readonly readAt: number;
}

/** Keeps the answers of one source, for this process and, where there are several, for the others. */
export class KeptAnswers {
  readonly #options: KeptAnswersOptions;
  readonly #shared: SharedSource | undefined;
  /** By the beginning of the keys of a list's blocks, since when it is known to have moved, Unix milliseconds. */
  readonly #movedAt = new LRUCache<string, number>({ max: MOVED_LISTS_MAX });
  #generation = 0;

  constructor(options: KeptAnswersOptions) {
    this.#options = options;
    this.#shared = options.share?.(options.source, () => this.#forget());
  }

  /** Raised by each change: whatever was read under another one is out of date. */
  get generation(): number {
    return this.#generation;
  }

  /** Returns what this process has at hand. */
  recall(key: string, ttlMs: number, call: Call): KeptAnswer | undefined {
    if (ttlMs === 0) return undefined;
    const kept = this.#options.store.get(this.#storeKey(key));
    if (kept === undefined || kept.generation !== this.#generation) return undefined;
    const now = Date.now();
    const lifeMs = this.#lifeMs(kept.readAt, ttlMs, now);
    if (now - kept.readAt >= lifeMs || !isFreshEnough(kept.readAt, call, now)) return undefined;
    return { answer: kept.answer, freshUntil: kept.readAt + lifeMs };
  }

  /** Returns what this process has kept, be it out of date or not. */
  peek(key: string): CacheEntry | undefined {
    return this.#options.store.peek(this.#storeKey(key));
  }

  /**
   * Takes what another replica has read or is reading, reads the rest, and keeps all of it.
   *
   * @param read Reads the answers of the keys that nobody has, and any others that come along.
   * @throws SourceError TIMEOUT when the time of the call is over before it reads; otherwise what `read` throws.
   */
  async read(
    keys: readonly string[],
    ttlMs: number,
    call: Call,
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, object>>,
  ): Promise<ReadAnswers> {
    const generation = this.#generation;
    const claiming = this.#claim(keys, ttlMs, call);
    // An answer is never taken for younger than it is: it counts from when its reading began.
    if (claiming === null) {
      const reading = { ttlMs, call, generation, readAt: Date.now() };
      return { answers: await this.#readFresh(keys, reading, read), readAt: reading.readAt, shared: NOTHING_SHARED };
    }
    const claim = await claiming;
    const answers = new Map<string, object>();
    let oldestAt = Date.now();
    for (const [key, { answer, readAt }] of claim.found) {
      answers.set(key, answer);
      this.#keep(key, { answer, readAt, generation });
      oldestAt = Math.min(oldestAt, readAt);
    }
    const missing = keys.filter((key) => !answers.has(key));
    const shared = new Set(claim.found.keys());
    if (missing.length === 0) return { answers, readAt: oldestAt, shared };
    const reading = { ttlMs, call, generation, readAt: Date.now() };
    let fresh: ReadonlyMap<string, object> = NOTHING_READ;
    try {
      fresh = await this.#readFresh(missing, reading, read);
    } finally {
      // What was read while something changed is not shared.
      claim.end(generation === this.#generation ? fresh : NOTHING_READ, reading.readAt, ttlMs * this.#options.stretch());
    }
    for (const [key, answer] of fresh) answers.set(key, answer);
    return { answers, readAt: Math.min(oldestAt, reading.readAt), shared };
  }

  /** Makes all that was kept out of date, here and on the other replicas. */
  async raise(): Promise<void> {
    this.#forget();
    await this.#shared?.raise();
  }

  /** Forgets the blocks of a list that has moved, but for the one that shows it. @param list How the keys of its blocks begin. */
  forgetList(list: string, except: string): void {
    const { store } = this.#options;
    const kept = this.#storeKey(except);
    for (const key of store.keys()) if (key.startsWith(this.#storeKey(list)) && key !== kept) store.delete(key);
    this.#movedAt.set(list, store.peek(kept)?.readAt ?? Date.now());
  }

  /** Null: no other replica is asked. */
  #claim(keys: readonly string[], ttlMs: number, call: Call): Promise<Claim> | null {
    const epoch = this.#shared?.epoch ?? null;
    // What decides about a write is read from the CRM itself.
    if (this.#shared === undefined || epoch === null || ttlMs === 0 || call.isFreshnessStrict === true) return null;
    return this.#shared.claim(epoch, keys, call, (key, { readAt }) => {
      const now = Date.now();
      const movedAt = this.#movedAt.get(listOf(key)) ?? -Infinity;
      return now - readAt < this.#lifeMs(readAt, ttlMs, now) && readAt >= movedAt && isFreshEnough(readAt, call, now);
    });
  }

  async #readFresh(
    missing: readonly string[],
    { ttlMs, call, generation, readAt }: Reading,
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, object>>,
  ): Promise<ReadonlyMap<string, object>> {
    // The time may have gone by in waiting for another replica.
    if (isOver(call)) throw timeOver(this.#options.source);
    const fresh = await read(missing);
    if (ttlMs > 0) for (const [key, answer] of fresh) this.#keep(key, { answer, readAt, generation });
    return fresh;
  }

  #lifeMs(readAt: number, ttlMs: number, now: number): number {
    return now - readAt < ttlMs ? ttlMs : ttlMs * this.#options.stretch();
  }

  #keep(key: string, entry: CacheEntry): void {
    if (entry.generation === this.#generation) this.#options.store.set(this.#storeKey(key), entry);
  }

  #forget(): void {
    this.#generation += 1;
    this.#options.onForget();
  }

  #storeKey(key: string): string {
    return `${this.#options.source} ${key}`;
  }
}

/** How the keys of all blocks of a list begin. */
function listOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' ') + 1);
}
