import type { Reply } from '../crm-server.ts';
import { nginxPage, problem } from './replies.ts';

const WINDOW_MS = 1000;
/** What Kommo's documentation grants an integration on an account. */
const REQUESTS_PER_SECOND_MAX = 7;

/** How the sandbox throttles; without this option it does not. */
export interface KommoRateLimit {
  /** 7 when left out. */
  readonly requestsPerSecondMax?: number;
  /** `html`, what the gateway in front of Kommo sends, when left out; `json` is what the documentation shows. */
  readonly form?: 'html' | 'json';
  /** Refused requests after which the address is banned: every request gets an HTML 403. Never when left out. */
  readonly refusalsBeforeBan?: number;
}

/** Counts requests in a sliding second. */
export interface RateLimiter {
  refusals: number;
  isBanned: boolean;
  /** The refusal of this request; undefined when it may pass. Refused requests do not count as load. */
  refuse(): Reply | undefined;
}

/** Makes a limiter that has seen no request. @param limit undefined never refuses. @param nowMs Unix milliseconds. */
export function createRateLimiter(limit: KommoRateLimit | undefined, nowMs: () => number): RateLimiter {
  let passedAt: number[] = [];
  const limiter: RateLimiter = {
    refusals: 0,
    isBanned: false,
    refuse() {
      if (limiter.isBanned) return nginxPage(403, 'Forbidden');
      if (limit === undefined) return undefined;
      const now = nowMs();
      passedAt = passedAt.filter((at) => now - at < WINDOW_MS);
      if (passedAt.length < (limit.requestsPerSecondMax ?? REQUESTS_PER_SECOND_MAX)) {
        passedAt.push(now);
        return undefined;
      }
      limiter.refusals += 1;
      limiter.isBanned = limiter.refusals >= (limit.refusalsBeforeBan ?? Infinity);
      if (limit.form !== 'json') return nginxPage(429, 'Too Many Requests');
      return problem(429, 'You have sent too many requests in a given amount of time. Please try again later.', { retry_after: 300 });
    },
  };
  return limiter;
}
