import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Limits how many requests one caller may send in a minute. */
export interface CallerRate {
  /** Counts one request. @returns null, or the milliseconds to wait when the caller has sent too many. */
  count(callerKey: string): Promise<number | null>;
  /** Takes back one request that was counted. */
  giveBack(callerKey: string): Promise<void>;
}

/** @param requestsPerMinute null is no limit. */
export function createCallerRate(requestsPerMinute: number | null): CallerRate {
  if (requestsPerMinute === null) return { count: async () => null, giveBack: async () => undefined };
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  return {
    async count(callerKey) {
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
