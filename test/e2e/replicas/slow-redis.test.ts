import { describe } from 'vitest';
import { HAS_REDIS } from '../../support/processes/redis-server.ts';
import { describeFailingRedis } from '../../support/replicas/failing-redis.ts';

describe.skipIf(!HAS_REDIS)('two gateways', () => {
  describeFailingRedis([
    {
      name: 'is full',
      words: /is full/,
      begin: ({ client }) => client.config('SET', 'maxmemory', '1'),
      end: ({ client }) => client.config('SET', 'maxmemory', '0'),
    },
    {
      name: 'is slow',
      words: /does not answer in time/,
      async begin(_redis, path) {
        Object.assign(path, { delayMs: 400 });
      },
      async end(_redis, path) {
        Object.assign(path, { delayMs: 0 });
      },
    },
    {
      name: 'is killed, and started again',
      words: /Redis (is not there|does not answer in time)/,
      begin: (redis) => redis.kill(),
      end: (redis) => redis.start(),
    },
  ]);
});
