import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createCallerRate, type CallerRate } from '../auth/caller-rate.ts';
import { RedisAwayError, type RedisLink } from './redis-link.ts';
import { KEY_PREFIX } from './seal.ts';

const WINDOW_S = 60;

/**
 * Limits how many requests one caller may send in a minute to all replicas together. While Redis is away each replica lets its part of them through.
 *
 * @param kind Keeps the counts of callers and of addresses apart.
 */
export function createRedisCallerRate(link: RedisLink, kind: string, requestsPerMinute: number | null, replicas: number): CallerRate {
  if (requestsPerMinute === null) return createCallerRate(null);
  const away = createCallerRate(Math.max(1, Math.floor(requestsPerMinute / replicas)));
  let limiter: RateLimiterRedis | null = null;
  const run = async <T>(
    work: (shared: RateLimiterRedis, key: string) => Promise<T>,
    callerKey: string,
  ): Promise<T | RateLimiterRes | null> => {
    try {
      return await link.run((redis, { names }) => {
        limiter ??= new RateLimiterRedis({
          storeClient: redis,
          keyPrefix: `${KEY_PREFIX}rate`,
          points: requestsPerMinute,
          duration: WINDOW_S,
        });
        return work(limiter, names.of(kind, callerKey)).catch((refusal: unknown) => {
          if (refusal instanceof RateLimiterRes) return refusal;
          throw refusal;
        });
      });
    } catch (error) {
      if (error instanceof RedisAwayError) return null;
      throw error;
    }
  };
  return {
    async count(callerKey) {
      const counted = await run((shared, key) => shared.consume(key), callerKey);
      if (counted === null) return away.count(callerKey);
      return counted.consumedPoints > requestsPerMinute ? Math.max(1, counted.msBeforeNext) : null;
    },
    async giveBack(callerKey) {
      const given = await run((shared, key) => shared.reward(key), callerKey);
      if (given === null) await away.giveBack(callerKey);
    },
  };
}
