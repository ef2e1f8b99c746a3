import type { QuotaWindow, SourceQuota } from '../port/source-health.ts';
import { GateRound, type Hold } from './gate-round.ts';
import type { Forecast, GatePermit } from './gate-permit.ts';
import type { RateLimit, ReportedQuota } from '../http/source-http.ts';

/** What holds at a gate. */
export interface GateLimits {
  readonly rateLimits: readonly RateLimit[];
  readonly concurrencyMax: number;
}

interface LiveQuota {
  readonly limit: number | null;
  remaining: number | null;
  /** null: the CRM did not say. */
  readonly resetsAt: number | null;
}

const LONG_WINDOWS: ReadonlySet<QuotaWindow> = new Set(['HOUR', 'DAY']);
/** A window is over when it is over, whatever the CRM says of it. */
const WINDOW_MS: Readonly<Record<QuotaWindow, number>> = {
  SECOND: 1_000,
  TEN_SECONDS: 10_000,
  MINUTE: 60_000,
  HOUR: 60 * 60_000,
  DAY: 24 * 60 * 60_000,
};
/** After a "too often"; twice as long each time that it is said again. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MS_MAX = 60_000;
/** Where the CRM says how long to wait, its word is doubted no further than this. */
const DOUBT_MS_MAX = 15_000;
/** What one call weighs in how long calls take usually. */
const ANSWER_WEIGHT = 0.2;

/** The limits of one credential or one host. Times are on `performance.now()`'s scale. */
export class CallGate {
  #rateLimits: readonly RateLimit[] = [];
  #concurrencyMax = Infinity;
  #inFlight = 0;
  #answered = 0;
  #usualAnswerMs = 0;
  /** As far back as the longest window. */
  #permits: GatePermit[] = [];
  readonly #quotas = new Map<QuotaWindow, LiveQuota>();
  #paused: Forecast = { at: 0, refusal: 'RATE_LIMITED' };
  #blockedUntil = 0;
  /** How often in a row the CRM said that it was called too often. */
  #refusals = 0;
  /** After a refusal, until a call is admitted: one goes at a time. */
  #isOnProbation = false;

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

  /** How long calls have taken lately, in milliseconds; 0 before the first. */
  get usualAnswerMs(): number {
    return this.#usualAnswerMs;
  }

  hasRoom(): boolean {
    return this.#inFlight < (this.#isOnProbation ? 1 : this.#concurrencyMax);
  }

  /** Opens a round, in which those who wait are served in their order. */
  startRound(now: number): GateRound {
    const holds: Hold[] = [this.#paused, { at: this.#blockedUntil, refusal: 'BLOCKED' }];
    for (const [window, { remaining, resetsAt }] of this.#quotas) {
      if (remaining === null || resetsAt === null) continue;
      // Whoever is further back than what remains waits for the next window.
      holds.push({ at: resetsAt, refusal: LONG_WINDOWS.has(window) ? 'QUOTA_EXHAUSTED' : 'RATE_LIMITED', behind: remaining });
    }
    const sliding = this.#rateLimits.map((limit) => ({ ...limit, times: this.#arrivalsWithin(limit.windowMs, now) }));
    return new GateRound(this, { now, holds, sliding });
  }

  /** Lets one call through. */
  enter(now: number): GatePermit {
    this.#inFlight += 1;
    const permit: GatePermit = { at: now, isArriving: true, enteredAt: now, answeredBefore: this.#answered };
    const longestMs = Math.max(0, ...this.#rateLimits.map((limit) => limit.windowMs));
    this.#permits = this.#permits.filter((earlier) => earlier.isArriving || earlier.at > now - longestMs);
    this.#permits.push(permit);
    for (const quota of this.#quotas.values()) if (quota.remaining !== null) quota.remaining = Math.max(0, quota.remaining - 1);
    return permit;
  }

  /** The CRM has begun to answer: whatever the call counts for, it counts from now at the latest. */
  arrive(permit: GatePermit, now: number): void {
    if (!permit.isArriving) return;
    permit.at = now;
    permit.isArriving = false;
  }

  /** The call is over, however it ended. */
  leave(permit: GatePermit, now: number): void {
    this.arrive(permit, now);
    this.#inFlight -= 1;
    this.#answered += 1;
    this.#usualAnswerMs += (now - permit.enteredAt - this.#usualAnswerMs) * ANSWER_WEIGHT;
  }

  /** The call was not sent after all, and counts for nothing. */
  cancel(permit: GatePermit): void {
    this.#inFlight -= 1;
    this.#permits = this.#permits.filter((other) => other !== permit);
    for (const quota of this.#quotas.values()) if (quota.remaining !== null) quota.remaining += 1;
  }

  /**
   * Lets nothing through for a while, and then one call at a time until one is admitted: the CRM said that it was called too often, or that a
   * long quota is used up.
   *
   * @param askedMs How long the CRM asks to wait; undefined when it does not say.
   */
  pause(now: number, askedMs: number | undefined, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED'): void {
    // Calls that were under way together are refused together.
    if (now >= this.#paused.at) this.#refusals += 1;
    const backOffMs = Math.min(BACK_OFF_MS * 2 ** (this.#refusals - 1), askedMs === undefined ? BACK_OFF_MS_MAX : DOUBT_MS_MAX);
    const at = now + Math.max(askedMs ?? 0, backOffMs);
    if (at > this.#paused.at) this.#paused = { at, refusal };
    this.#isOnProbation = true;
  }

  /** Lets nothing through for a cooling time, and then one call at a time until one is admitted: the CRM refuses us altogether. */
  block(untilMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, untilMs);
    this.#isOnProbation = true;
  }

  /** The CRM has answered, and not by turning us away. An answer to a call from before the end of a pause or block proves nothing. */
  noteAdmission(now: number): void {
    if (this.isBlocked(now) || now < this.#paused.at) return;
    this.#isOnProbation = false;
    this.#refusals = 0;
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
  noteQuotas(quotas: readonly ReportedQuota[], now: number, teller: GatePermit): void {
    const uncounted = Math.max(0, this.#inFlight - 1) + (this.#answered - teller.answeredBefore);
    for (const { window, limit, remaining, resetsInMs } of quotas) {
      const resetMs = resetsInMs ?? (window === 'MINUTE' ? Infinity : null);
      this.#quotas.set(window, {
        limit,
        remaining: remaining === null ? null : Math.max(0, remaining - uncounted),
        resetsAt: resetMs === null ? null : now + Math.min(resetMs, WINDOW_MS[window]),
      });
    }
  }

  /** Oldest first. */
  #arrivalsWithin(windowMs: number, now: number): number[] {
    const times = this.#permits.map((permit) => arrivalOf(permit, now)).filter((at) => at > now - windowMs);
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

function arrivalOf({ at, isArriving }: GatePermit, now: number): number {
  return isArriving ? now : at;
}
