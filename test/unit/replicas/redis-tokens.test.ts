import { describe, expect, test } from 'vitest';
import { RedisTokens } from '../../../src/replicas/redis-tokens.ts';
import { eventually } from '../../support/eventually.ts';
import { HAS_REDIS, linkIs, openLink, startRedis } from '../../support/processes/redis-server.ts';

const PAIR = { accessToken: 'access', refreshToken: 'refresh', expiresAt: new Date('2026-12-01T10:00:00Z') };

describe.skipIf(!HAS_REDIS)('tokens in Redis', () => {
  test('are read by who asks while Redis stands still for a moment', async () => {
    await using redis = await startRedis();
    using link = await openLink(redis.url);
    const tokens = new RedisTokens(link);
    await tokens.update('kommo', async () => PAIR);
    // Once more where the machine is so busy that the moment lasts longer than a second.
    await eventually(async () => {
      await linkIs(link, 'here');
      redis.signal('SIGSTOP');
      const reading = tokens.read('kommo').catch((error: unknown) => error);
      await linkIs(link, 'away');
      redis.signal('SIGCONT');
      expect(await reading).toEqual(PAIR);
    });
  });

  test('cannot be read when Redis has been away for longer, which is known at once', async () => {
    await using redis = await startRedis();
    using link = await openLink(redis.url);
    await redis.kill();
    await linkIs(link, 'away');
    await link.whenBackSoon();
    await expect(new RedisTokens(link).read('kommo')).rejects.toThrow('Redis does not answer.');
  });
});
