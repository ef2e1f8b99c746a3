import { GATEWAY_CALLER, type CallPriority } from '../port/call.ts';
import type { QuotaWindow, SourceQuota } from '../port/source-health.ts';
import type { GateLimits, GateRefusal, ReportedQuota } from './limits.ts';
import { LiveQuota } from './live-quota.ts';
import { reportQuotas } from './quota-report.ts';
import { RecentTurns, weightOfRate, type TurnCount } from './recent-turns.ts';
import { leastUsed, NOTHING_KEPT, type CallClaim, type CallerCount, type Reserve, type Standing } from './reserve.ts';
import { SlidingWindow } from './sliding-window.ts';
import { Usage } from './usage.ts';

/** One call that a gate let through. */
export interface GatePermit {
  /** Who pays for it. */
  readonly caller: string;
  /**
   * Whether the CRM may still have to count it: it arrives somewhere between our sending and its answering, since a new connection, a lost packet
   * or a busy server can take a while. As long as there is no answer that may be any moment.
   */
  isArriving: boolean;
  enteredAt: number;
  /** Answers that had come before it was let through. */
  readonly answeredBefore: number;
}

/** A call that wants to pass. */
export interface Candidate {
  /** At least one. */
  readonly claims: readonly CallClaim[];
  /** The most urgent one of the claims. */
  readonly priority: CallPriority;
}

/** After a "too often"; twice as long each time that it is said again. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MS_MAX = 60_000;
/** Where the CRM says how long to wait, its word is doubted no further than this. */
const DOUBT_MS_MAX = 15_000;
/** What one call weighs in how long calls take usually. */
const ANSWER_WEIGHT = 0.2;
/** A second caller is reckoned with for so long after its last call. */
const OTHERS_MS = 60_000;

/** The limits of one credential or one host, and who has used them. Times are on `performance.now()`'s scale. */
export class CallGate {
  readonly #reserve: Reserve;
  #concurrencyMax = Infinity;
  #inFlight = 0;
  #arriving = 0;
  #answered = 0;
  #usualAnswerMs = 0;
  readonly #windows: SlidingWindow[] = [];
  readonly #quotas: LiveQuota[] = [];
  /** Calls under way. */
  readonly #underWay = new Usage(Infinity);
  readonly #turns = new RecentTurns();
  #enteredAt = -Infinity;
  #latestCaller = GATEWAY_CALLER;
  #othersUntil = 0;
  #paused: { readonly at: number; readonly refusal: GateRefusal } = { at: 0, refusal: 'RATE_LIMITED' };
  #blockedUntil = 0;
  #heldUntil = 0;
  /** How often in a row the CRM said that it was called too often. */
  #refusals = 0;
  /** After a refusal, until a call is admitted: one goes at a time. */
  #isOnProbation = false;
  /** Calls that wait to pass here; the governor's count. */
  waiting = 0;
  #restrictions = 0;

  constructor(reserve: Reserve) {
    this.#reserve = reserve;
  }

  /** Adds limits; where a window is limited already the smaller limit holds. */
  tighten(limits: GateLimits): void {
    for (const limit of limits.rateLimits) {
      const window = this.#windows.find((known) => known.limit.windowMs === limit.windowMs);
      if (window === undefined) this.#windows.push(new SlidingWindow(limit));
      else window.tighten(limit);
    }
    this.#concurrencyMax = Math.min(this.#concurrencyMax, limits.concurrencyMax);
  }

  /** How long calls have taken lately, in milliseconds; 0 before the first. */
  get usualAnswerMs(): number {
    return this.#usualAnswerMs;
  }

  /** How often it has become harder to pass than could be known before. */
  get restrictions(): number {
    return this.#restrictions;
  }

  /** The turns that a caller had here lately. */
  turnsOf(caller: string, now: number): TurnCount {
    return this.#turns.of(caller, now);
  }

  /** What a call must leave free here at the moment. */
  standing({ claims, priority }: Candidate, now: number): Standing {
    const reserve = this.#reserve;
    if (priority === 'SMALL' && reserve.callerShare === 0) return NOTHING_KEPT;
    const hasOthers = reserve.callerShare > 0 && now < this.#othersUntil;
    let isForOthers = priority === 'BACKGROUND';
    let paceMs = 0;
    /** @param part What a caller may use before it has to leave room for others; null: there are none. */
    const hasHadItsPart = (part: number | null, counts: readonly CallerCount[]): boolean => {
      const isCut = priority === 'BACKGROUND' || (part !== null && leastUsed(claims, counts) >= part);
      isForOthers ||= isCut;
      return isCut;
    };
    const kept = (size: number | null, part: number | null, counts: readonly CallerCount[]): number =>
      reserve.kept(size, priority, hasHadItsPart(part, counts));
    const room = kept(this.#concurrencyMax, hasOthers ? this.#concurrencyMax / 2 : null, [this.#underWay]);
    const turns = [this.#turns.countAt(now)];
    const windows = this.#windows.map((window) => {
      const { limit, windowMs } = window.limit;
      const isCut = hasHadItsPart(hasOthers ? weightOfRate(limit / windowMs) / 2 : null, turns);
      const places = reserve.keptOfWindow(limit, priority, isCut);
      // Evenly over the window, so that the next place is never far for the others.
      if (isForOthers && hasOthers) paceMs = Math.max(paceMs, Math.floor((windowMs + this.#usualAnswerMs) / (limit - places)));
      return places;
    });
    const quotas = this.#quotas.map((quota) => {
      const isShared = reserve.callerShare > 0 && (quota.isLong || hasOthers);
      // What is used up of a long one is gone for long: whoever has used as much as is left has used its part.
      const part = quota.isLong ? quota.remaining : (quota.limit ?? Infinity) / 2;
      return kept(quota.limit, isShared ? part : null, [quota]);
    });
    return { share: reserve.share(priority, isForOthers), room, windows, quotas, paceMs };
  }

  /** Whether the calls under way leave room for one more. */
  hasRoom(standing: Standing): boolean {
    return this.#isOnProbation ? this.#inFlight < 1 : this.#concurrencyMax - this.#inFlight > standing.room;
  }

  /** When a call may pass, as far as limits and holds go; `now`, or earlier: at once. @param before Calls that wait in front of it. */
  nextAt(standing: Standing, before: number, now: number): number {
    let at = Math.max(now, this.#paused.at, this.#blockedUntil, this.#heldUntil, this.#enteredAt + standing.paceMs);
    for (let index = 0; index < this.#windows.length; index += 1) {
      const windowAt = this.#windows[index]?.nextAt(now, this.#arriving, before, standing.windows[index] ?? 0) ?? now;
      if (windowAt > at) at = windowAt;
    }
    for (let index = 0; index < this.#quotas.length; index += 1) {
      const quotaAt = this.#quotas[index]?.nextAt(before, standing.quotas[index] ?? 0) ?? now;
      if (quotaAt > at) at = quotaAt;
    }
    return at;
  }

  /** What stands in a call's way until `at`, which `nextAt` gave for it. */
  refusalUntil(at: number, standing: Standing, before: number): GateRefusal {
    if (at === this.#blockedUntil) return 'BLOCKED';
    if (at === this.#paused.at) return this.#paused.refusal;
    for (const [index, quota] of this.#quotas.entries()) {
      if (at !== quota.nextAt(before, standing.quotas[index] ?? 0)) continue;
      if (!quota.isLong) return 'RATE_LIMITED';
      return before < (quota.remaining ?? 0) ? 'QUOTA_KEPT' : 'QUOTA_EXHAUSTED';
    }
    return 'RATE_LIMITED';
  }

  /** A caller is about to wait, or goes at once. Where there are several, they leave each other room. */
  noteCaller(caller: string, now: number): void {
    if (caller === GATEWAY_CALLER || caller === this.#latestCaller) return;
    if (this.#latestCaller !== GATEWAY_CALLER) this.#othersUntil = now + OTHERS_MS;
    this.#latestCaller = caller;
  }

  /** Lets one call through. @param payer Whose part of the limits it uses. @param inTurnOf Whose turn it takes. @param turn Its number. */
  enter(now: number, payer: string, inTurnOf: string, turn: number): GatePermit {
    this.noteCaller(payer, now);
    this.#turns.note(inTurnOf, turn, now);
    this.#enteredAt = now;
    this.#inFlight += 1;
    this.#arriving += 1;
    this.#underWay.add(payer);
    for (const quota of this.#quotas) quota.enter(now, payer);
    return { caller: payer, isArriving: true, enteredAt: now, answeredBefore: this.#answered };
  }

  /** The CRM has begun to answer: whatever the call counts for, it counts from now at the latest. */
  arrive(permit: GatePermit, now: number): void {
    if (!permit.isArriving) return;
    permit.isArriving = false;
    this.#arriving -= 1;
    for (const window of this.#windows) window.note(now);
  }

  /** The call is over, however it ended. */
  leave(permit: GatePermit, now: number): void {
    this.arrive(permit, now);
    this.#inFlight -= 1;
    this.#underWay.remove(permit.caller);
    this.#answered += 1;
    this.#usualAnswerMs += (now - permit.enteredAt - this.#usualAnswerMs) * ANSWER_WEIGHT;
  }

  /** The call was not sent after all, and counts for nothing. */
  cancel(permit: GatePermit): void {
    this.#inFlight -= 1;
    this.#underWay.remove(permit.caller);
    if (permit.isArriving) this.#arriving -= 1;
    permit.isArriving = false;
    for (const quota of this.#quotas) quota.cancel(permit.caller);
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
    this.#restrictions += 1;
  }

  /** Lets nothing through for a cooling time, and then one call at a time until one is admitted: the CRM refuses us altogether. */
  block(untilMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, untilMs);
    this.#restrictions += 1;
    this.#isOnProbation = true;
  }

  /** Lets nothing through until a moment: whoever knows more than this gate says so. */
  hold(untilMs: number): void {
    this.#heldUntil = untilMs;
  }

  /** Takes over a pause that another process was asked for. */
  adoptPause(untilMs: number, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED'): void {
    if (untilMs > this.#paused.at) this.#paused = { at: untilMs, refusal };
  }

  /** Takes over a block that another process met. */
  adoptBlock(untilMs: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, untilMs);
  }

  /** The CRM has answered, and not by turning us away. An answer to a call from before the end of a pause or block proves nothing. */
  noteAdmission(now: number): void {
    if (this.isBlocked(now) || now < this.#paused.at) return;
    this.#isOnProbation = false;
    this.#refusals = 0;
  }

  /** The CRM's own quotas, as far as they are known. */
  get liveQuotas(): readonly LiveQuota[] {
    return this.#quotas;
  }

  /** Takes over the CRM's count as another process knows it, calls under way included. */
  adoptQuotas(quotas: readonly ReportedQuota[], now: number): void {
    for (const reported of quotas) this.#quota(reported.window, now).report(reported, now, 0);
  }

  /** The call goes out only now: it has waited for what the gate does not know. */
  restart(permit: GatePermit, now: number): void {
    permit.enteredAt = now;
  }

  isBlocked(now: number): boolean {
    return now < this.#blockedUntil;
  }

  isPaused(now: number): boolean {
    return now < this.#paused.at || this.#quotas.some((quota) => quota.remaining === 0 && now < (quota.resetsAt ?? 0));
  }

  /**
   * Takes the CRM's own count, which other programs on the account share, less the calls that it cannot have counted yet: those under way, and
   * those that were while the one was that reported it, since answers overtake each other.
   */
  noteQuotas(quotas: readonly ReportedQuota[], now: number, reporter: GatePermit): void {
    const uncounted = Math.max(0, this.#inFlight - 1) + (this.#answered - reporter.answeredBefore);
    for (const reported of quotas) {
      if (this.#quota(reported.window, now).report(reported, now, uncounted)) this.#restrictions += 1;
    }
  }

  /** As `source.health.quotas` shows it. */
  quotas(now: number, wallNow: number): SourceQuota[] {
    return reportQuotas(this.#windows, this.#quotas, this.#arriving, now, wallNow);
  }

  #quota(window: QuotaWindow, now: number): LiveQuota {
    let quota = this.#quotas.find((known) => known.window === window);
    if (quota === undefined) this.#quotas.push((quota = new LiveQuota(window, now)));
    return quota;
  }
}
