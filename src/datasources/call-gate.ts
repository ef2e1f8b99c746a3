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

interface LiveQuota {
  limit: number | null;
  remaining: number;
  resetsAt: number;
}

const LONG_WINDOWS: ReadonlySet<QuotaWindow> = new Set(['HOUR', 'DAY']);

/** The limits of one credential or one host. Times are on `performance.now()`'s scale. */
export class CallGate {
  #rateLimits: readonly RateLimit[] = [];
  #concurrencyMax = Infinity;
  #inFlight = 0;
  /** Send times, oldest first, as far back as the longest window. */
  #sent: number[] = [];
  readonly #quotas = new Map<QuotaWindow, LiveQuota>();
  #pausedUntil = 0;
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

  enter(now: number): void {
    this.#inFlight += 1;
    this.#sent.push(now);
    const longestMs = Math.max(0, ...this.#rateLimits.map((limit) => limit.windowMs));
    while (this.#sent.length > 0 && (this.#sent[0] ?? now) <= now - longestMs) this.#sent.shift();
    for (const quota of this.#quotas.values()) if (now < quota.resetsAt) quota.remaining -= 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** Lets nothing through for a while: the CRM said that it was called too often. */
  pause(untilMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, untilMs);
  }

  /** Lets nothing through for a cooling time: the CRM refuses us altogether. */
  block(untilMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, untilMs);
  }

  isBlocked(now: number): boolean {
    return now < this.#blockedUntil;
  }

  isPaused(now: number): boolean {
    return now < this.#pausedUntil || [...this.#quotas.values()].some((quota) => quota.remaining <= 0 && now < quota.resetsAt);
  }

  /** Takes the CRM's own count, less the calls that it cannot have counted yet. */
  noteQuotas(quotas: readonly ReportedQuota[], now: number): void {
    for (const { window, limit, remaining, resetsInMs } of quotas) {
      if (remaining === null || resetsInMs === null) continue;
      const underWay = Math.max(0, this.#inFlight - 1);
      this.#quotas.set(window, { limit, remaining: Math.max(0, remaining - underWay), resetsAt: now + resetsInMs });
    }
  }

  /** When a call may go that has `ahead` others waiting before it. */
  forecast(ahead: number, now: number): Forecast {
    let forecast: Forecast = { at: now, refusal: 'RATE_LIMITED' };
    const consider = (at: number, refusal: GateRefusal) => {
      if (at > forecast.at) forecast = { at, refusal };
    };
    for (const limit of this.#rateLimits) consider(this.#slidingForecast(limit, ahead, now), 'RATE_LIMITED');
    consider(this.#pausedUntil, 'RATE_LIMITED');
    for (const [window, quota] of this.#quotas) {
      if (quota.remaining <= ahead) consider(quota.resetsAt, LONG_WINDOWS.has(window) ? 'QUOTA_EXHAUSTED' : 'RATE_LIMITED');
    }
    consider(this.#blockedUntil, 'BLOCKED');
    return forecast;
  }

  #slidingForecast({ windowMs, limit }: RateLimit, ahead: number, now: number): number {
    const times = this.#sent.filter((sentAt) => sentAt > now - windowMs);
    let at = now;
    for (let place = 0; place <= ahead; place += 1) {
      const leaving = times[times.length - limit];
      at = times.length >= limit && leaving !== undefined ? Math.max(now, leaving + windowMs) : now;
      times.push(at);
    }
    return at;
  }

  /** As `source.health.quotas` shows it. */
  quotas(now: number, wallNow: number): SourceQuota[] {
    const toDate = (at: number) => new Date(wallNow + (at - now));
    const sliding = this.#rateLimits.map(({ window, windowMs, limit }): SourceQuota => {
      const times = this.#sent.filter((sentAt) => sentAt > now - windowMs);
      const oldest = times[0];
      return {
        window,
        limit,
        remaining: Math.max(0, limit - times.length),
        resetsAt: oldest === undefined ? null : toDate(oldest + windowMs),
      };
    });
    const live = [...this.#quotas].map(([window, quota]): SourceQuota => {
      const isOver = now >= quota.resetsAt;
      return {
        window,
        limit: quota.limit,
        remaining: isOver ? quota.limit : Math.max(0, quota.remaining),
        resetsAt: isOver ? null : toDate(quota.resetsAt),
      };
    });
    return [...sliding, ...live];
  }
}
