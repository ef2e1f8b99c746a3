import type { Call } from '../port/call.ts';
import { SourceError, type SourceErrorCode } from '../port/source-error.ts';
import { isOver, timeOver, withinCall } from '../http/within-call.ts';
import { NO_LONGER_NEEDED } from '../../platform/no-longer-needed.ts';
import { SharedTurn } from './shared-turn.ts';

/** Keys of one account are few; the bound is for those that come from callers. */
const ENTRIES_MAX = 2000;

/** Whoever wants fresh answers (`freshAfter`) gets one of this age all the same, so that no list is read afresh more often. */
export const FRESH_READ_INTERVAL_MS = 5_000;

/** Failures of the one who began the read (its deadline, its budget), which say nothing about those who joined it. */
const OWN_FAILURES: ReadonlySet<SourceErrorCode> = new Set(['TIMEOUT', 'COST_EXCEEDED', 'RATE_LIMITED', 'QUOTA_EXHAUSTED']);

/** Whose answers are kept, and for how long. */
export interface ReadCacheOptions {
  /** The source's configured name, for errors. */
  readonly source: string;
  /** Milliseconds; 0 keeps nothing, and still shares reads under way. */
  readonly ttlMs: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Answers kept at once; the oldest leaves first. */
  readonly entriesMax?: number;
}

interface Entry<T> {
  readonly value: T;
  /** When the read began, so that an answer is never taken for younger than it is. */
  readonly readAt: number;
}

/** The call of a shared read: its deadline is the latest of those who wait. */
interface SharedCall extends Omit<Call, 'deadline'> {
  deadline: number;
}

interface SharedRead<T> {
  readonly promise: Promise<T>;
  readonly call: SharedCall;
  readonly readAt: number;
  readonly controller: AbortController;
  readonly waiters: Set<Waiter>;
  /** undefined: nobody can join the turn of a call that has none. */
  readonly turn: SharedTurn | undefined;
  /** Whether it has come to its end, with an answer. */
  isRead: boolean;
}

/** One wait for a shared read; a call may wait for the same read several times. */
interface Waiter {
  readonly call: Call;
}

/** Answers by key, kept for a time; equal reads under way are one. A read that fails is not kept. */
export class ReadCache<T> {
  readonly #options: ReadCacheOptions;
  readonly #entriesMax: number;
  #entries = new Map<string, Entry<T>>();
  #reads = new Map<string, SharedRead<T>>();

  constructor(options: ReadCacheOptions) {
    this.#options = options;
    this.#entriesMax = options.entriesMax ?? ENTRIES_MAX;
  }

  /**
   * Returns the cached answer, joins the read that is under way, or reads.
   *
   * The shared read has a signal of its own, aborted when the last waiter has left, and the latest deadline of its waiters; its calls
   * count on the meter of the one who began it, who pays for them, and go out in the turn of any waiter. A read that fails by that one's deadline
   * or budget is begun anew by a waiter.
   *
   * @throws SourceError TIMEOUT when the caller's signal aborts or its deadline passes; whatever `read` throws otherwise.
   */
  async get(key: string, call: Call, read: (call: Call) => Promise<T>): Promise<T> {
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined && this.#isUsable(entry, call)) return entry.value;
      const underWay = this.#reads.get(key);
      if (isOver(call)) throw timeOver(this.#options.source);
      const isJoined = underWay !== undefined && isFreshEnough(underWay.readAt, call, this.#options.now());
      const shared = isJoined ? underWay : this.#begin(key, call, read);
      try {
        return await this.#wait(key, shared, call);
      } catch (error) {
        if (!isJoined || !isOwnFailure(error) || isOver(call)) throw error;
      }
    }
  }

  /** Forgets everything; reads under way are neither joined nor kept any more. */
  clear(): void {
    this.#entries = new Map();
    this.#reads = new Map();
  }

  #isUsable(entry: Entry<T>, call: Call): boolean {
    const now = this.#options.now();
    return now - entry.readAt < this.#options.ttlMs && isFreshEnough(entry.readAt, call, now);
  }

  #begin(key: string, call: Call, read: (call: Call) => Promise<T>): SharedRead<T> {
    const controller = new AbortController();
    const waiters = new Set<Waiter>();
    const readAt = this.#options.now();
    const turn = call.turn && new SharedTurn(call.turn);
    const sharedCall: SharedCall = {
      signal: controller.signal,
      deadline: call.deadline,
      meter: call.meter,
      ...(turn && { turn }),
      ...(call.freshAfter !== undefined && { freshAfter: call.freshAfter }),
      ...(call.isFreshnessStrict !== undefined && { isFreshnessStrict: call.isFreshnessStrict }),
    };
    const shared: SharedRead<T> = {
      promise: (async () => read(sharedCall))(),
      call: sharedCall,
      readAt,
      controller,
      waiters,
      turn,
      isRead: false,
    };
    this.#reads.set(key, shared);
    shared.promise.then(
      (value) => {
        shared.isRead = true;
        if (this.#leave(key, shared)) this.#keep(key, { value, readAt });
      },
      () => this.#leave(key, shared),
    );
    return shared;
  }

  async #wait(key: string, shared: SharedRead<T>, call: Call): Promise<T> {
    const waiter: Waiter = { call };
    shared.waiters.add(waiter);
    if (call.deadline > shared.call.deadline) shared.call.deadline = call.deadline;
    if (call.turn !== undefined) shared.turn?.join(call.turn);
    try {
      return await withinCall(this.#options.source, shared.promise, call);
    } finally {
      shared.waiters.delete(waiter);
      if (shared.waiters.size === 0) {
        this.#leave(key, shared);
        if (!shared.isRead) shared.controller.abort(NO_LONGER_NEEDED);
      }
    }
  }

  /** @returns Whether the read was still the one under way for the key. */
  #leave(key: string, shared: SharedRead<T>): boolean {
    return this.#reads.get(key) === shared && this.#reads.delete(key);
  }

  #keep(key: string, entry: Entry<T>): void {
    if (this.#options.ttlMs <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax) break;
      this.#entries.delete(oldest);
    }
  }
}

/** Whether what was read at a moment is new enough for a call. @param now The wall clock, Unix milliseconds, as `readAt` is. */
export function isFreshEnough(readAt: number, { freshAfter, isFreshnessStrict }: Call, now: number): boolean {
  // The clock was set back: nobody can say how old it is.
  if (readAt > now) return false;
  if (freshAfter === undefined || readAt >= freshAfter) return true;
  return isFreshnessStrict !== true && now - readAt < FRESH_READ_INTERVAL_MS;
}

/** Whether a failure says something only of the call that it befell, so that another call may fare better. */
export function isOwnFailure(error: unknown): boolean {
  return error instanceof SourceError && OWN_FAILURES.has(error.code);
}
