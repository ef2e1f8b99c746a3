import type { CallGate } from '../datasources/governor/call-gate.ts';
import { WINDOW_MS, type GateLimits, type GateRefusal, type RateLimit } from '../datasources/governor/limits.ts';
import { SlidingWindow } from '../datasources/governor/sliding-window.ts';
import type { QuotaWindow } from '../datasources/port/source-health.ts';
import { AWAY_QUOTA_SHARE, HEARTBEAT_TTL_MS, STANDING_SHARE } from './governor-scripts.ts';
import { ANSWER_MS_MAX } from './redis-link.ts';

/** How soon a call that cannot go looks again, where nobody knows when it may. */
const LOOK_AGAIN_MS = 1_000;

/** Which replica this is, on the clock that all of them know. */
export interface Place {
  /** null: Redis has given it none, or it has never been reached. */
  readonly index: number | null;
  /** Redis' clock now, by the last answer; Unix milliseconds. */
  readonly clock: number;
}

/** When a call may go, and what keeps it back until then. */
export interface OwnTurn {
  readonly at: number;
  readonly refusal: GateRefusal;
}

interface OwnWindow {
  readonly limit: RateLimit;
  /** null: less than one call in a window; replicas take turns. */
  readonly log: SlidingWindow | null;
  /** Calls without Redis, and how many of them may go at once, before the others have stopped using this replica's share; null: none. */
  readonly standing: SlidingWindow | null;
  /** Replicas that may send in the same window, and how many such groups there are. */
  readonly groups: number;
  latestAt: number;
}

/**
 * What one replica may send at one gate while it knows nothing of the others: its share of each limit. Together the shares of all are never more
 * than the limit. Times are on `performance.now()`'s scale.
 */
export class OwnShare {
  readonly #gate: CallGate;
  readonly #replicas: number;
  /** Until then the others may use what whoever had this place before has left to them. */
  readonly #lentUntil: number;
  #windows: OwnWindow[] = [];
  #underWay = 0;
  #sentAway = 0;
  #quietUntil = 0;
  #drainedAt: number;
  #isGivenUp = false;
  readonly #used = new Map<QuotaWindow, { calls: number; allowed: number; until: number }>();

  /** @param now Whoever had this replica's place before it may have sent its share just now. */
  constructor(gate: CallGate, replicas: number, now: number) {
    this.#gate = gate;
    this.#replicas = replicas;
    this.#drainedAt = now;
    this.#lentUntil = now + ANSWER_MS_MAX + HEARTBEAT_TTL_MS;
  }

  /** Adds limits; where a window is limited already the smaller limit holds. */
  tighten({ rateLimits }: GateLimits): void {
    for (const limit of rateLimits) {
      const known = this.#windows.find((window) => window.limit.windowMs === limit.windowMs);
      if (known !== undefined && known.limit.limit <= limit.limit) continue;
      const others = this.#windows.filter((window) => window !== known);
      this.#windows = [...others, toOwnWindow(limit, this.#replicas)];
    }
    if (this.#replicas > 1) this.#quietUntil = Math.max(this.#quietUntil, this.#lentUntil + this.#windowMsMax);
  }

  get rateLimits(): readonly RateLimit[] {
    return this.#windows.map(({ limit }) => limit);
  }

  get #windowMsMax(): number {
    return Math.max(0, ...this.#windows.map(({ limit }) => limit.windowMs));
  }

  /** Whether the others may have this replica's share. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /**
   * Leaves this replica's share to the others, if that is possible: one window after its last call without Redis, and not in the first window of
   * Redis' life, in which there are no others' calls to see.
   */
  giveUp(now: number, redisLifeMs: number): boolean {
    const isDrained = this.#sentAway === 0 && now >= this.#drainedAt + this.#windowMsMax;
    if (isDrained && redisLifeMs >= this.#windowMsMax) this.#isGivenUp = true;
    return this.#isGivenUp;
  }

  /** Redis is away. @param droppedAt When the others stop using this replica's share. */
  goAway(droppedAt: number): void {
    const wasGivenUp = this.#isGivenUp;
    this.#isGivenUp = false;
    if (this.#replicas > 1 && wasGivenUp) this.#quietUntil = Math.max(this.#quietUntil, droppedAt + this.#windowMsMax);
    this.#used.clear();
    for (const { window, limit, remaining, resetsAt } of this.#gate.liveQuotas) {
      const allowed = remaining === null ? Infinity : Math.min(this.#quotaShare(limit), Math.floor(remaining / this.#replicas));
      this.#used.set(window, { calls: 0, allowed, until: resetsAt ?? Infinity });
    }
  }

  /** Says when a call may go without Redis. */
  next(now: number, place: Place): OwnTurn {
    let at = now;
    let refusal: GateRefusal = 'RATE_LIMITED';
    for (const window of this.#windows) {
      const isQuiet = now < this.#quietUntil;
      at = Math.max(at, isQuiet ? this.#quietAt(window, now) : this.#windowAt(window, now, place));
    }
    for (const { window, limit, remaining, resetsAt, isLong } of this.#gate.liveQuotas) {
      if (remaining === null) continue;
      const used = this.#usedOf(window, limit, now, resetsAt);
      if (used.calls < used.allowed || used.until <= at || used.until === Infinity) continue;
      at = used.until;
      refusal = isLong ? 'QUOTA_KEPT' : 'RATE_LIMITED';
    }
    return { at, refusal };
  }

  /** A call goes out. @param isAway It is one that Redis does not know. */
  enter(now: number, isAway: boolean): void {
    this.#underWay += 1;
    if (!isAway) return;
    this.#sentAway += 1;
    for (const window of this.#windows) window.latestAt = now;
    for (const used of this.#used.values()) used.calls += 1;
  }

  /** Its answer begins, or it was not sent. */
  arrive(now: number, isAway: boolean, wasSent: boolean): void {
    this.#underWay -= 1;
    if (wasSent) for (const { log } of this.#windows) log?.note(now);
    if (!isAway) return;
    if (wasSent) for (const { standing } of this.#windows) standing?.note(now);
    this.#sentAway -= 1;
    if (wasSent) this.#drainedAt = now;
  }

  #quietAt({ standing }: OwnWindow, now: number): number {
    const at = standing === null ? Infinity : standing.nextAt(now, this.#sentAway, 0, 0);
    return Math.min(at, this.#quietUntil);
  }

  #windowAt({ limit, log, groups, latestAt }: OwnWindow, now: number, { index, clock }: Place): number {
    if (log !== null) return log.nextAt(now, this.#underWay, 0, 0);
    if (index === null || groups === 0) return now + LOOK_AGAIN_MS;
    const { windowMs } = limit;
    // A window for each group, and one of silence after it, since clocks differ a little.
    const cycleMs = groups * 2 * windowMs;
    const inCycle = (clock - (index % groups) * 2 * windowMs) % cycleMs;
    const since = inCycle < 0 ? inCycle + cycleMs : inCycle;
    const free = latestAt + 2 * windowMs;
    if (since < windowMs && this.#underWay === 0 && free <= now) return now;
    return now + Math.min(LOOK_AGAIN_MS, Math.max(1, cycleMs - since));
  }

  /** What is kept back of a CRM's own quota for this replica; a single one has all of it. */
  #quotaShare(limit: number | null): number {
    return limit === null || this.#replicas === 1 ? Infinity : Math.floor((limit * AWAY_QUOTA_SHARE) / this.#replicas);
  }

  #usedOf(window: QuotaWindow, limit: number | null, now: number, resetsAt: number | null) {
    let used = this.#used.get(window);
    if (used === undefined || now >= used.until) {
      const allowed = this.#quotaShare(limit);
      const until = resetsAt !== null && resetsAt > now ? resetsAt : now + WINDOW_MS[window];
      this.#used.set(window, (used = { calls: 0, allowed, until }));
    }
    return used;
  }
}

function toOwnWindow(limit: RateLimit, replicas: number): OwnWindow {
  const share = Math.floor(limit.limit / replicas);
  const ready = Math.floor((limit.limit * STANDING_SHARE) / replicas);
  const standing = ready > 0 ? new SlidingWindow({ ...limit, limit: ready }) : null;
  if (share > 0) return { limit, log: new SlidingWindow({ ...limit, limit: share }), standing, groups: 0, latestAt: -Infinity };
  const atOnce = Math.floor(limit.limit / 2);
  return { limit, log: null, standing, groups: atOnce === 0 ? 0 : Math.ceil(replicas / atOnce), latestAt: -Infinity };
}
