import type { QuotaWindow, SourceQuota } from './contact-source.ts';
import type { RateLimit, ReportedQuota } from './source-http.ts';

export interface GateLimits {
  readonly rateLimits: readonly RateLimit[];
  readonly concurrencyMax: number;
}

export type GateRefusal = 'RATE_LIMITED' | 'QUOTA_EXHAUSTED' | 'BLOCKED' | 'TIMEOUT';

/** When the next call may go, and what stands in its way until then. */
export interface Forecast {
  readonly at: number;
  readonly refusal: GateRefusal;
}

/** One call that was let through. */
export interface Passage {
  /** When it was let through and, once it has arrived, the latest moment at which it can have arrived. */
  at: number;
  isArriving: boolean;
  /** Answers that had come before it was let through. */
  readonly answeredBefore: number;
}

interface LiveQuota {
  readonly limit: number | null;
  remaining: number | null;
  /** null: the CRM did not say. */
  readonly resetsAt: number | null;
}

const LONG_WINDOWS: ReadonlySet<QuotaWindow> = new Set(['HOUR', 'DAY']);
const MINUTE_MS = 60_000;
/**
 * A CRM counts a call when it arrives, which is somewhere between our sending and its answering: a new connection, a lost packet or a busy
 * server can take a while. A call without an answer is taken to have arrived after this time.
 */
const ARRIVAL_MS_MAX = 1_000;

/** The limits of one credential or one host. Times are on `performance.now()`'s scale. */
export class CallGate {
  #rateLimits: readonly RateLimit[] = [];
  #concurrencyMax = Infinity;
  #inFlight = 0;
  #answered = 0;
  /** As far back as the longest window. */
  #passages: Passage[] = [];
  readonly #quotas = new Map<QuotaWindow, LiveQuota>();
  #paused: Forecast = { at: 0, refusal: 'RATE_LIMITED' };
  #blockedUntil = 0;

  /** Adds limits; where a window is limited already the smaller limit holds. */
  tighten(limits: GateLimits): void {
    const byWindow = new Map(this.#rateLimits.map((limit) => [limit.windowMs, limit]));
    for (const limit of limits.rateLimits) {
      const old = byWindow.get(limit.windowMs);
      if (old === undefined || limit.limit < old.limit) byWindow.set(limit.windowMs, limit);
    }
    this.#rateLimits = [...byWindow.values()];
    this.#concurrencyMax = Math.min(this.#concurrencyMax, limits.concurrencyMax);
  }

  hasRoom(): boolean {
    return this.#inFlight < this.#concurrencyMax;
  }

  /** Lets one call through. */
  enter(now: number): Passage {
    this.#inFlight += 1;
    const passage: Passage = { at: now, isArriving: true, answeredBefore: this.#answered };
    const longestMs = Math.max(0, ...this.#rateLimits.map((limit) => limit.windowMs));
    this.#passages = this.#passages.filter((earlier) => earlier.isArriving || earlier.at > now - longestMs);
    this.#passages.push(passage);
    for (const quota of this.#quotas.values()) if (quota.remaining !== null) quota.remaining = Math.max(0, quota.remaining - 1);
    return passage;
  }

  /** The CRM has begun to answer: whatever the call counts for, it counts from now at the latest. */
  arrive(passage: Passage, now: number): void {
    if (!passage.isArriving) return;
    passage.at = arrivalOf(passage, now);
    passage.isArriving = false;
  }

  /** The call is over, however it ended. */
  leave(passage: Passage, now: number): void {
    this.arrive(passage, now);
    this.#inFlight -= 1;
    this.#answered += 1;
  }

  /** Lets nothing through for a while: the CRM said that it was called too often, or that a long quota is used up. */
  pause(untilMs: number, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED' = 'RATE_LIMITED'): void {
    if (untilMs > this.#paused.at) this.#paused = { at: untilMs, refusal };
  }

  /** Lets nothing through for a cooling time: the CRM refuses us altogether. */
  block(untilMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, untilMs);
  }

  isBlocked(now: number): boolean {
    return now < this.#blockedUntil;
  }

  isPaused(now: number): boolean {
    return now < this.#paused.at || [...this.#quotas.values()].some((quota) => quota.remaining === 0 && now < (quota.resetsAt ?? 0));
  }

  /**
   * Takes the CRM's own count, which other programs on the account share, less the calls that it cannot have counted yet: those under way, and
   * those that were while the one was that told it, since answers overtake each other.
   */
  noteQuotas(quotas: readonly ReportedQuota[], now: number, teller?: Passage): void {
    const uncounted = teller === undefined ? 0 : Math.max(0, this.#inFlight - 1) + (this.#answered - teller.answeredBefore);
    for (const { window, limit, remaining, resetsInMs } of quotas) {
      // A minute is over after a minute, whoever says when.
      const resetMs = resetsInMs ?? (window === 'MINUTE' ? MINUTE_MS : null);
      this.#quotas.set(window, {
        limit,
        remaining: remaining === null ? null : Math.max(0, remaining - uncounted),
        resetsAt: resetMs === null ? null : now + resetMs,
      });
    }
  }

  /** When a call may go that has `ahead` others waiting before it. */
  forecast(ahead: number, now: number): Forecast {
    let forecast: Forecast = { at: now, refusal: 'RATE_LIMITED' };
    const consider = (at: number, refusal: GateRefusal) => {
      if (at > forecast.at) forecast = { at, refusal };
    };
    for (const limit of this.#rateLimits) consider(this.#slidingForecast(limit, ahead, now), 'RATE_LIMITED');
    consider(this.#paused.at, this.#paused.refusal);
    for (const [window, { remaining, resetsAt }] of this.#quotas) {
      if (remaining === null || resetsAt === null || remaining > ahead) continue;
      consider(resetsAt, LONG_WINDOWS.has(window) ? 'QUOTA_EXHAUSTED' : 'RATE_LIMITED');
    }
    consider(this.#blockedUntil, 'BLOCKED');
    return forecast;
  }

  #slidingForecast({ windowMs, limit }: RateLimit, ahead: number, now: number): number {
    const times = this.#arrivalsWithin(windowMs, now);
    let at = now;
    for (let place = 0; place <= ahead; place += 1) {
      const leaving = times[times.length - limit];
      at = leaving === undefined ? now : Math.max(now, leaving + windowMs);
      times.push(at);
    }
    return at;
  }

  /** Oldest first. */
  #arrivalsWithin(windowMs: number, now: number): number[] {
    const times = this.#passages.map((passage) => arrivalOf(passage, now)).filter((at) => at > now - windowMs);
    return times.sort((left, right) => left - right);
  }

  /** As `source.health.quotas` shows it. */
  quotas(now: number, wallNow: number): SourceQuota[] {
    const toDate = (at: number) => new Date(wallNow + (at - now));
    const sliding = this.#rateLimits.map(({ window, windowMs, limit }): SourceQuota => {
      const times = this.#arrivalsWithin(windowMs, now);
      const oldest = times[0];
      return {
        window,
        limit,
        remaining: Math.max(0, limit - times.length),
        resetsAt: oldest === undefined ? null : toDate(oldest + windowMs),
      };
    });
    const live = [...this.#quotas].map(([window, { limit, remaining, resetsAt }]): SourceQuota => {
      if (resetsAt === null) return { window, limit, remaining, resetsAt: null };
      const isOver = now >= resetsAt;
      return { window, limit, remaining: isOver ? limit : remaining, resetsAt: isOver ? null : toDate(resetsAt) };
    });
    return [...sliding, ...live];
  }
}

function arrivalOf({ at, isArriving }: Passage, now: number): number {
  return isArriving ? Math.max(at, Math.min(now, at + ARRIVAL_MS_MAX)) : at;
}
