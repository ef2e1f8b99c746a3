import type { QuotaWindow } from '../port/source-health.ts';
import { LONG_WINDOWS, WINDOW_MS, type ReportedQuota } from './limits.ts';
import { Usage } from './usage.ts';

/** Callers whose calls in one window are counted. */
const CALLERS_MAX = 10_000;

/** A quota as the CRM counts it, less the calls that went out since. Times are on `performance.now()`'s scale. */
export class LiveQuota {
  readonly window: QuotaWindow;
  readonly isLong: boolean;
  #limit: number | null = null;
  #remaining: number | null = null;
  #resetsAt: number | null = null;
  readonly #usage = new Usage(CALLERS_MAX);
  #usageSince: number;

  constructor(window: QuotaWindow, now: number) {
    this.window = window;
    this.#usageSince = now;
    this.isLong = LONG_WINDOWS.has(window);
  }

  /** null: the CRM did not say. */
  get limit(): number | null {
    return this.#limit;
  }
  get remaining(): number | null {
    return this.#remaining;
  }
  get resetsAt(): number | null {
    return this.#resetsAt;
  }

  /** Calls of one caller since the window began, as far as the gateway knows. */
  usedBy(caller: string): number {
    return this.#usage.usedBy(caller);
  }

  /** When a call may go out: whoever is further back than what remains waits for the next window. 0 is at once. */
  nextAt(before: number, kept: number): number {
    if (this.#remaining === null || this.#resetsAt === null || before < this.#remaining - kept) return 0;
    return this.#resetsAt;
  }

  /** Takes the CRM's own count. @param uncounted Calls that it cannot have counted yet. @returns Whether less is left than was known. */
  report({ limit, remaining, resetsInMs }: ReportedQuota, now: number, uncounted: number): boolean {
    const windowMs = WINDOW_MS[this.window];
    const resetMs = resetsInMs ?? (this.window === 'MINUTE' ? Infinity : null);
    const resetsAt = resetMs === null ? null : now + Math.min(resetMs, windowMs);
    // The CRM's clock may be ahead of ours: a window whose end has moved by much is a new one.
    const isNew = resetsAt !== null && this.#resetsAt !== null && resetsAt - this.#resetsAt > windowMs / 2;
    if (isNew) this.#startUsage(now);
    const before = this.#remaining ?? Infinity;
    this.#limit = limit;
    this.#remaining = remaining === null ? null : Math.max(0, remaining - uncounted);
    this.#resetsAt = resetsAt;
    return (this.#remaining ?? Infinity) < before;
  }

  enter(now: number, caller: string): void {
    const isOver = this.#resetsAt !== null && this.#usageSince < this.#resetsAt && now >= this.#resetsAt;
    if (isOver || now - this.#usageSince >= WINDOW_MS[this.window]) this.#startUsage(now);
    this.#usage.add(caller);
    if (this.#remaining !== null) this.#remaining = Math.max(0, this.#remaining - 1);
  }

  /** Takes back a call that was not sent. */
  cancel(caller: string): void {
    this.#usage.remove(caller);
    if (this.#remaining !== null) this.#remaining += 1;
  }

  #startUsage(now: number): void {
    this.#usage.clear();
    this.#usageSince = now;
  }
}
