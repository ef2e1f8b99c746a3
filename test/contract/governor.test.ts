import { describe, expect, test } from 'vitest';
import { Governor } from '../../src/datasources/governor/governor.ts';
import { SharedGovernor } from '../../src/replicas/shared-governor.ts';
import { HAS_REDIS, openLink, startRedis } from '../support/processes/redis-server.ts';
import { describeGovernor } from './governor.contract.ts';

describe('the governor of one process', () => {
  describeGovernor(async () => ({ governor: new Governor(), [Symbol.asyncDispose]: async () => undefined }));
});

describe.skipIf(!HAS_REDIS)('the governor of several processes', () => {
  describeGovernor(async () => {
    const redis = await startRedis();
    const link = await openLink(redis.url);
    const governor = new SharedGovernor({ link, replicas: 1, callMsMax: 10_000 });
    return {
      governor,
      async [Symbol.asyncDispose]() {
        governor.close();
        link.close();
        await redis[Symbol.asyncDispose]();
      },
    };
  });
});

test.runIf(process.env['CI'] !== undefined)('CI has a Redis', () => {
  expect(HAS_REDIS).toBe(true);
});
