import { GATEWAY_CALLER, type CallPriority } from '../port/call.ts';

/** In whose name a call may go out, and how urgent it is. */
export interface CallClaim {
  readonly caller: string;
  readonly priority: CallPriority;
}

/** Counts calls by caller. */
export interface CallerCount {
  usedBy(caller: string): number;
}

/** The share of each limit that a call must leave free for more urgent ones. */
const PRIORITY_SHARES: Readonly<Record<CallPriority, number>> = { SMALL: 0, SCAN: 0.1, BACKGROUND: 0.2 };
const RANKS: Readonly<Record<CallPriority, number>> = { SMALL: 0, SCAN: 1, BACKGROUND: 2 };
/** Of fewer places none is kept. */
const PLACES_MIN = 4;
/** A page of contacts from one CRM, with companies and responsible users. Its calls go at once where so many places are free. */
const CALLS_OF_PAGE = 3;

/**
 * What is kept free of a limit: for more urgent calls always, and for callers who have used little of it where there are several.
 *
 * A caller has used its part once it has used as much as is left. So of a quota of 750, with a fifth kept, the first caller gets 600, the next one
 * half of what is left, and so on: there is always something left for one more.
 */
export class Reserve {
  /** 0: there is one caller only, or nothing is to be kept for others. */
  readonly callerShare: number;

  constructor(callerShare: number) {
    this.callerShare = callerShare;
  }

  /**
   * Returns how many places of a limit a call must leave free.
   *
   * @param size The limit; null is unknown, and keeps nothing.
   * @param isForOthers Whether it leaves room for other callers, too, and not only for more urgent calls.
   */
  kept(size: number | null, priority: CallPriority, isForOthers: boolean): number {
    if (size === null || size < PLACES_MIN || !Number.isFinite(size)) return 0;
    const forUrgent = Math.ceil(size * PRIORITY_SHARES[priority]);
    return isForOthers ? forUrgent + Math.floor(size * this.callerShare) : forUrgent;
  }

  /**
   * Returns how many places of a short window a call must leave free: where it leaves room for others, enough for a page, but no more than half of
   * them. A place that was given out comes back a window later, so who comes then finds only what was kept.
   */
  keptOfWindow(limit: number, priority: CallPriority, isForOthers: boolean): number {
    const kept = this.kept(limit, priority, isForOthers);
    if (!isForOthers || this.callerShare === 0 || limit < PLACES_MIN) return kept;
    return Math.max(kept, Math.min(CALLS_OF_PAGE, Math.floor(limit / 2)));
  }

  /** The share that a call leaves free in all. Whoever leaves less may pass one who leaves more. */
  share(priority: CallPriority, isForOthers: boolean): number {
    return PRIORITY_SHARES[priority] + (isForOthers ? this.callerShare : 0);
  }
}

/** What a call must leave free at one gate, as things are there. */
export interface Standing {
  /** Of each limit; the most that holds for any of them. */
  readonly share: number;
  /** Places among the calls under way. */
  readonly room: number;
  /** Places in each sliding window and in each quota; one that is not there: none. */
  readonly windows: readonly number[];
  readonly quotas: readonly number[];
  /** How long after the last call it may go at the earliest. */
  readonly paceMs: number;
}

export const NOTHING_KEPT: Standing = { share: 0, room: 0, windows: [], quotas: [], paceMs: 0 };

export function isAsUrgent(one: CallClaim, other: CallClaim): boolean {
  return RANKS[one.priority] <= RANKS[other.priority];
}

/** The most urgent of a call's claims. */
export function priorityOf(claims: readonly CallClaim[]): CallPriority {
  let priority: CallPriority = 'BACKGROUND';
  for (const claim of claims) if (RANKS[claim.priority] < RANKS[priority]) priority = claim.priority;
  return priority;
}

/** Returns how much the callers of a call have used, by the one who has used the least. The gateway's own calls count for nothing. */
export function leastUsed(claims: readonly CallClaim[], counts: readonly CallerCount[]): number {
  let least = Infinity;
  for (const { caller } of claims) {
    let used = 0;
    if (caller !== GATEWAY_CALLER) for (const count of counts) used += count.usedBy(caller);
    if (used < least) least = used;
  }
  return least;
}
