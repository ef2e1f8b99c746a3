import { describe, expect, test } from 'vitest';
import { RedisIndex } from '../../src/replicas/redis-index.ts';
import { SourceIndex, type SourceIndexOptions } from '../../src/indexing/source-index.ts';
import { eventually } from '../support/eventually.ts';
import { HAS_REDIS, linkIs, openLink, startRedis } from '../support/processes/redis-server.ts';
import { describeContactIndex, DirectorySource, indexOptions } from './contact-index.contract.ts';

/** Two replicas that share an index. What is tested is what they share, not how fast a busy machine is. */
async function openTwo(options: SourceIndexOptions) {
  const redis = await startRedis();
  const links = [await openLink(redis.url, { answerMs: 5_000 }), await openLink(redis.url, { answerMs: 5_000 })] as const;
  for (const link of links) if (link.isAway) await linkIs(link, 'here');
  const open = (link: (typeof links)[number]) => {
    const share = new RedisIndex('crm', { link, account: 'account', replicas: 2, lifeMs: 3_600_000 });
    const index = new SourceIndex({ ...options, share });
    return { index, running: index.run() };
  };
  const [one, other] = [open(links[0]), open(links[1])];
  return {
    redis,
    links,
    one: one.index,
    other: other.index,
    async [Symbol.asyncDispose]() {
      for (const { index, running } of [one, other]) {
        index.stop();
        await running;
      }
      for (const link of links) link.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

describe('the index of one process', () => {
  describeContactIndex(async (options) => {
    const index = new SourceIndex(options);
    const running = index.run();
    return {
      one: index,
      other: index,
      async [Symbol.asyncDispose]() {
        index.stop();
        await running;
      },
    };
  });
});

describe.skipIf(!HAS_REDIS)('the index of several processes', () => {
  describeContactIndex(openTwo);

  test('is kept by each while Redis is away, and shared again when Redis is back and has lost it', async () => {
    const source = new DirectorySource({ name: 'crm' });
    await using index = await openTwo(indexOptions(source));
    for (const part of [index.one, index.other]) await eventually(() => expect(part.state.status).toBe('READY'));
    const { asOf } = index.one.state;
    await index.redis.client.flushall();
    await index.redis.kill();
    for (const link of index.links) if (!link.isAway) await linkIs(link, 'away');
    expect(index.other.state).toMatchObject({ status: 'READY', asOf });
    await index.redis.start();
    await eventually(async () => expect((await index.redis.client.keys('*:rows:*')).length).toBe(3));
    expect(source.walks).toHaveLength(3);
    expect(index.one.state.asOf).toEqual(asOf);
    expect(index.other.state.asOf).toEqual(asOf);
  });

  test('is given again when Redis has evicted a part of it', async () => {
    const source = new DirectorySource({ name: 'crm' });
    await using index = await openTwo(indexOptions(source));
    for (const part of [index.one, index.other]) await eventually(() => expect(part.state.status).toBe('READY'));
    await index.redis.client.unlink((await index.redis.client.keys('*:rows:*'))[1] ?? '');
    using link = await openLink(index.redis.url, { answerMs: 5_000 });
    const share = new RedisIndex('crm', { link, account: 'account', replicas: 3, lifeMs: 3_600_000 });
    const third = new SourceIndex({ ...indexOptions(source), share });
    const running = third.run();
    await eventually(() => expect(third.size).toBe(index.one.size));
    expect(source.walks).toHaveLength(3);
    third.stop();
    await running;
  });

  test('is not given by one who is no longer the reader', async () => {
    await using redis = await startRedis();
    using slow = await openLink(redis.url, { answerMs: 5_000 });
    using next = await openLink(redis.url, { answerMs: 5_000 });
    const options = { account: 'account', replicas: 2, lifeMs: 3_600_000 };
    const [one, other] = [new RedisIndex('crm', { ...options, link: slow }), new RedisIndex('crm', { ...options, link: next })];
    const facts = { asOf: 1, mayHaveGaps: false, currentUntil: 1, pages: 1, rowsTotal: null };
    expect((await one.look()).role).toBe('LEADS');
    expect((await other.look()).role).toBe('FOLLOWS');
    // As when the lease is over.
    await redis.client.del(...(await redis.client.keys('*:lease')));
    expect((await other.look()).role).toBe('LEADS');
    expect(await one.publish(facts, [])).toBe(false);
    expect(await other.publish({ ...facts, asOf: 2 }, [])).toBe(true);
    expect((await one.look()).reading?.asOf).toBe(2);
    for (const part of [one, other]) part.close();
  });
});
