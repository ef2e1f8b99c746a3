import { expect, test } from 'vitest';
import { Generations } from '../../../src/replicas/generations.ts';
import { HAS_REDIS, linkIs, openLink, startRedis } from '../../support/processes/redis-server.ts';

test.skipIf(!HAS_REDIS)(
  'a change is over when everybody who asks another replica hears of it, though that one has just asked',
  async () => {
    await using redis = await startRedis();
    using link = await openLink(redis.url, { answerMs: 5_000 });
    using otherLink = await openLink(redis.url, { answerMs: 5_000 });
    for (const each of [link, otherLink]) if (each.isAway) await linkIs(each, 'here');
    const [one, other] = [new Generations(link), new Generations(otherLink)];
    const changed = one.of('crm', () => undefined);
    const seen = other.of('crm', () => undefined);
    await other.refresh();
    for (let change = 0; change < 20; change += 1) {
      const before = seen.epoch;
      const raised = changed.raise();
      // Sent after the change or before it, and good for a while.
      await other.refresh();
      await raised;
      await other.refresh();
      expect(seen.epoch).toBe(changed.epoch);
      expect(seen.epoch).not.toBe(before);
    }
    for (const each of [one, other]) each.close();
  },
);
