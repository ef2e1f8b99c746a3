import { GATEWAY_CALLER, type Call, type CallTurn } from '../datasources/port/call.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import type { IndexClock, IndexSettings } from './index-settings.ts';
import type { ReadingPlan } from './index-share.ts';

const DAY_MS = 24 * 60 * 60_000;
const BACKGROUND_TURN: CallTurn = { caller: GATEWAY_CALLER, take: () => 'BACKGROUND' };

/** What the calls keep to. */
export interface BackgroundSettings extends Pick<IndexSettings, 'callTimeMs'> {
  /** Of a day quota of the CRM: what the calls may use at the moment. */
  readonly quotaShare: () => number;
}

/** The calls of a source's index: only when nobody waits, at a pace of their own, and no more in a day than their share of its quota. */
export class BackgroundCalls {
  readonly #source: ContactSource;
  readonly #settings: BackgroundSettings;
  readonly #clock: IndexClock;
  readonly #signal: AbortSignal;
  #lastAt = -Infinity;
  #dayBegan = -Infinity;
  #calls = 0;

  constructor(source: ContactSource, settings: BackgroundSettings, clock: IndexClock, signal: AbortSignal) {
    this.#source = source;
    this.#settings = settings;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Calls of the last day. */
  get callsOfDay(): number {
    return this.#clock.now() - this.#dayBegan < DAY_MS ? this.#calls : 0;
  }

  /** The calls of the last day, and when it began; null before the first. */
  get usage(): ReadingPlan['usage'] {
    return Number.isFinite(this.#dayBegan) ? { dayBegan: this.#dayBegan, calls: this.#calls } : null;
  }

  /** Goes on with the calls that another replica has counted. */
  adopt({ dayBegan, calls }: NonNullable<ReadingPlan['usage']>): void {
    if (dayBegan < this.#dayBegan || (dayBegan === this.#dayBegan && calls < this.#calls)) return;
    this.#dayBegan = dayBegan;
    this.#calls = calls;
  }

  /**
   * Waits for its turn, and reads.
   *
   * @throws SourceError QUOTA_EXHAUSTED, without a call, when the share of the day quota is used up; or what `read` throws.
   */
  async run<T>(read: (call: Call) => Promise<T>): Promise<T> {
    const { walkPaceMs = 0 } = this.#source.directory ?? {};
    const waitMs = this.#lastAt + walkPaceMs - this.#clock.now();
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#signal);
    this.#throwIfUsedUp();
    this.#lastAt = this.#clock.now();
    const timeMs = this.#settings.callTimeMs;
    return read({
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeMs)]),
      deadline: performance.now() + timeMs,
      meter: { count: () => this.#count() },
      turn: BACKGROUND_TURN,
    });
  }

  /**
   * Makes sure that the day quota has room for a reading of so many calls, twice over, so that people's requests are not the ones to go without.
   *
   * @throws SourceError QUOTA_EXHAUSTED
   */
  throwIfScarce(calls: number): void {
    const { remaining = null } = this.#dayQuota() ?? {};
    if (remaining !== null && remaining < 2 * calls) throw this.#usedUp('has too little of its day quota left for reading all contacts');
  }

  #throwIfUsedUp(): void {
    const { limit = null } = this.#dayQuota() ?? {};
    if (limit !== null && this.callsOfDay >= Math.floor(limit * this.#settings.quotaShare())) {
      throw this.#usedUp('has no more of its day quota for the contact index: see CONTACT_INDEX_QUOTA_SHARE');
    }
  }

  #count(): void {
    const now = this.#clock.now();
    if (now - this.#dayBegan >= DAY_MS) {
      this.#dayBegan = now;
      this.#calls = 0;
    }
    this.#calls += 1;
  }

  #dayQuota() {
    return this.#source.health().quotas.find(({ window }) => window === 'DAY');
  }

  #usedUp(what: string): SourceError {
    const { name } = this.#source;
    const retryAfterMs = Math.max(0, this.#dayBegan + DAY_MS - this.#clock.now());
    return new SourceError(name, 'QUOTA_EXHAUSTED', `${name} ${what}.`, {
      wasSent: false,
      ...(Number.isFinite(retryAfterMs) && { retryAfterMs }),
    });
  }
}
