import { CallGate } from '../datasources/governor/call-gate.ts';
import type { GateLimits, ReportedQuota } from '../datasources/governor/limits.ts';
import type { Reserve } from '../datasources/governor/reserve.ts';
import { QUOTA_WINDOWS, type QuotaWindow } from '../datasources/port/source-health.ts';
import { OwnShare } from './own-share.ts';

/** What others must hear of at once. */
export interface GateNews {
  pause(gate: SharedGate, askedMs: number | undefined, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED'): void;
  block(gate: SharedGate, forMs: number): void;
  admit(gate: SharedGate): void;
}

/** A gate whose limits hold for all replicas together. Within this process it does what a CallGate does. */
export class SharedGate extends CallGate {
  /** Names the credential or the host; a secret. */
  readonly key: string;
  readonly own: OwnShare;
  readonly #news: GateNews;
  /** Whether the others wait for what this replica's call shows. */
  isProbe = false;

  constructor(key: string, reserve: Reserve, replicas: number, news: GateNews) {
    super(reserve);
    this.key = key;
    this.own = new OwnShare(this, replicas, performance.now());
    this.#news = news;
  }

  override tighten(limits: GateLimits): void {
    super.tighten(limits);
    this.own.tighten(limits);
  }

  override pause(now: number, askedMs: number | undefined, refusal: 'RATE_LIMITED' | 'QUOTA_EXHAUSTED'): void {
    super.pause(now, askedMs, refusal);
    this.#news.pause(this, askedMs, refusal);
  }

  override block(untilMs: number): void {
    super.block(untilMs);
    this.#news.block(this, Math.max(0, untilMs - performance.now()));
  }

  override noteAdmission(now: number): void {
    super.noteAdmission(now);
    if (!this.isProbe) return;
    this.isProbe = false;
    this.#news.admit(this);
  }

  /** Takes over what Redis knows of the CRM's quotas. @param clock Redis' own, Unix milliseconds. */
  adopt(quotas: SharedQuotas, clock: number): void {
    const reported = QUOTA_WINDOWS.flatMap((window): ReportedQuota[] => {
      const quota = quotas[window];
      if (quota === undefined) return [];
      return [{ window, limit: quota.l ?? null, remaining: quota.r ?? null, resetsInMs: quota.t === undefined ? null : quota.t - clock }];
    });
    this.adoptQuotas(reported, performance.now());
  }
}

/** A CRM's quotas as Redis keeps them: limit, what remains, and the end on Redis' clock. What is not known is left out. */
export type SharedQuotas = Partial<Record<QuotaWindow, { readonly l?: number; readonly r?: number; readonly t?: number }>>;
