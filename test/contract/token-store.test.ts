import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import { TokenFile } from '../../src/datasources/credentials/token-file.ts';
import { RedisTokens } from '../../src/replicas/redis-tokens.ts';
import { makeFolder } from '../support/processes/child-process.ts';
import { HAS_REDIS, openLink, startRedis } from '../support/processes/redis-server.ts';
import { describeTokenStore } from './token-store.contract.ts';

describe('the token file', () => {
  describeTokenStore(async () => {
    const folder = await makeFolder();
    const path = join(folder.path, 'tokens.json');
    return {
      store: new TokenFile(path),
      other: new TokenFile(path),
      async loseLock() {
        const longAgo = new Date(Date.now() - 60_000);
        await utimes(`${path}.lock`, longAgo, longAgo);
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  });
});

describe.skipIf(!HAS_REDIS)('tokens in Redis', () => {
  describeTokenStore(async () => {
    const redis = await startRedis();
    // What is tested is what is stored, not how fast a busy machine is.
    const [link, otherLink] = [await openLink(redis.url, { answerMs: 5_000 }), await openLink(redis.url, { answerMs: 5_000 })];
    return {
      store: new RedisTokens(link),
      other: new RedisTokens(otherLink),
      async loseLock() {
        const locks = await redis.client.keys('*lock*');
        if (locks.length === 0) throw new Error('There is no lock to lose.');
        await redis.client.del(...locks);
      },
      async [Symbol.asyncDispose]() {
        link.close();
        otherLink.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  });
});
