import { LRUCache } from 'lru-cache';
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';

/** Callers whose requests are counted; beyond that those that were not seen for longest are forgotten. */
export const CALLERS_MAX = 10_000;

/** Limits how many requests one caller may send in a minute. */
export interface CallerRate {
  /** Counts one request. @returns null, or the milliseconds to wait when the caller has sent too many. */
  count(callerKey: string): Promise<number | null>;
  /** Takes back one request that was counted. */
  giveBack(callerKey: string): Promise<void>;
}

/** Makes the count of one kind of callers. */
export type CreateCallerRate = (kind: 'caller' | 'address', requestsPerMinute: number | null) => CallerRate;

/** @param requestsPerMinute null is no limit. */
export function createCallerRate(requestsPerMinute: number | null, callersMax = CALLERS_MAX): CallerRate {
  if (requestsPerMinute === null) return { count: async () => null, giveBack: async () => undefined };
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  // The limiter forgets by time only.
  const known = new LRUCache<string, true>({
    max: callersMax,
    dispose: (_value, callerKey, reason) => {
      if (reason === 'evict') void limiter.delete(callerKey);
    },
  });
  return {
    async count(callerKey) {
      known.set(callerKey, true);
      try {
        await limiter.consume(callerKey);
        return null;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw refusal;
      }
    },
    async giveBack(callerKey) {
      await limiter.reward(callerKey);
    },
  };
}
