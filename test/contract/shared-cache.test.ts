import { describe } from 'vitest';
import { createCacheStore } from '../../src/datasources/cache/cache-store.ts';
import { CachingSource } from '../../src/datasources/cache/caching-source.ts';
import { HAS_REDIS, startRedis } from '../support/processes/redis-server.ts';
import { openReplica } from '../support/replicas/shared-cache.ts';
import { describeSharedCache } from './shared-cache.contract.ts';

describe('the cache of one process', () => {
  describeSharedCache(async (inner, ttlMs) => {
    const source = new CachingSource(inner, { store: createCacheStore(10_000_000), ttlMs, referenceTtlMs: ttlMs });
    return { one: async () => source, other: async () => source, [Symbol.asyncDispose]: async () => undefined };
  });
});

describe.skipIf(!HAS_REDIS)('the cache of several processes', () => {
  describeSharedCache(async (inner, ttlMs) => {
    const redis = await startRedis();
    const [one, other] = [await openReplica(redis.url, inner, { ttlMs }), await openReplica(redis.url, inner, { ttlMs })];
    return {
      one: one.begin,
      other: other.begin,
      async [Symbol.asyncDispose]() {
        one.close();
        other.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  });
});
