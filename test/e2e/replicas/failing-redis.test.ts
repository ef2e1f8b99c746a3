import { describe } from 'vitest';
import { HAS_REDIS, type RedisServer } from '../../support/processes/redis-server.ts';
import { describeFailingRedis } from '../../support/replicas/failing-redis.ts';

const config = ({ client }: RedisServer, name: string, value: string) => client.config('SET', name, value);
/** Only then what was changed is seen: a connection that is open stays as it is. */
const hangUp = ({ client }: RedisServer) => client.call('CLIENT', 'KILL', 'SKIPME', 'yes');

describe.skipIf(!HAS_REDIS)('two gateways', () => {
  describeFailingRedis([
    {
      name: 'has another password',
      words: /refuses the user name or password/,
      async begin(redis) {
        await redis.client.call('ACL', 'SETUSER', 'default', 'resetpass', '>other');
        await hangUp(redis);
      },
      end: ({ client }) => client.call('ACL', 'SETUSER', 'default', 'nopass'),
    },
    {
      name: 'evicts any key',
      words: /forgets any key .*allkeys-lru/,
      async begin(redis) {
        await config(redis, 'maxmemory-policy', 'allkeys-lru');
        await hangUp(redis);
      },
      end: (redis) => config(redis, 'maxmemory-policy', 'noeviction'),
    },
    {
      name: 'is a read-only copy',
      words: /read-only copy/,
      begin: ({ client }) => client.call('REPLICAOF', '127.0.0.1', '1'),
      end: ({ client }) => client.call('REPLICAOF', 'NO', 'ONE'),
    },
  ]);
});
