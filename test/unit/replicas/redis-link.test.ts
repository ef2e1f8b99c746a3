import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { RedisAwayError } from '../../../src/replicas/redis-link.ts';
import { HAS_REDIS, linkIs, logOf, openLink, startRedis, STATE_KEY } from '../../support/processes/redis-server.ts';

/** A command waits 150 ms at most; the rest is for a busy machine. */
const WAIT_MS_MAX = 5_000;

describe.skipIf(!HAS_REDIS)('the connection to Redis', () => {
  test('is away while Redis is not there, says so once, and is here when it is', async () => {
    await using redis = await startRedis();
    await redis.kill();
    const lines: string[] = [];
    using link = await openLink(redis.url, { log: logOf(lines) });
    expect(link.isAway).toBe(true);
    expect(lines).toEqual([expect.stringMatching(/^warn: Redis is not there\. Each replica keeps to its own share/)]);
    await expect(link.run((client) => client.get('a'))).rejects.toThrow(RedisAwayError);
    await redis.start();
    await linkIs(link, 'here');
    expect(await link.run((client) => client.get('a'))).toBeNull();
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^info: Redis answers again/);
  });

  test('waits for no command longer than 150 ms when Redis stands still, and is here again when it goes on', async () => {
    await using redis = await startRedis();
    using link = await openLink(redis.url);
    redis.signal('SIGSTOP');
    const startedAt = performance.now();
    await expect(link.run((client) => client.get('a'))).rejects.toThrow(RedisAwayError);
    expect(performance.now() - startedAt).toBeLessThan(WAIT_MS_MAX);
    const again = link.run((client) => client.get('a')).catch((error: unknown) => error);
    expect(await Promise.race([again, nextTurn('it waits')])).toBeInstanceOf(RedisAwayError);
    redis.signal('SIGCONT');
    await linkIs(link, 'here');
  });

  test('is waited for by who can do nothing without it, while it has been away for less than a second', async () => {
    await using redis = await startRedis();
    using link = await openLink(redis.url);
    await redis.kill();
    await linkIs(link, 'away');
    await link.whenBackSoon();
    expect(link.isAway).toBe(true);
    // On a busy machine a timer may be some milliseconds early.
    await eventually(async () => expect(await Promise.race([link.whenBackSoon(), nextTurn('it waits')])).toBeUndefined());
    expect(link.isAway).toBe(true);
    await redis.start();
    await linkIs(link, 'here');
    expect(await Promise.race([link.whenBackSoon(), nextTurn('it waits')])).toBeUndefined();
  });

  test('gives up at once a server that takes connections and never answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const startedAt = performance.now();
    using link = await openLink(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    expect(link.isAway).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    silent.close();
  });

  test('notices that a server started anew has forgotten', async () => {
    await using redis = await startRedis('--appendonly', 'no');
    using link = await openLink(redis.url);
    const before = link.agreement?.since;
    await redis.restart();
    if (!link.isAway) await linkIs(link, 'away');
    await linkIs(link, 'here');
    expect(link.agreement?.since).not.toBe(before);
  });

  test.each([
    ['a wrong password', ['--requirepass', 'right'], 'wrong', /refuses the user name or password/],
    ['no password', ['--requirepass', 'right'], '', /wants a password/],
    ['one that evicts any key', ['--maxmemory-policy', 'allkeys-lru'], '', /forgets any key .* volatile-lru/],
    ['one that is full', ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'], '', /is full/],
    ['a read-only copy', ['--replicaof', '127.0.0.1 1', '--replica-serve-stale-data', 'yes'], '', /read-only copy/],
  ])('keeps nothing in a Redis with %s, and says why without showing the address', async (_name, options, password, words) => {
    await using redis = await startRedis(...options);
    const lines: string[] = [];
    using link = await openLink(redis.url.replace('redis://', `redis://:${password}@`).replace('://:@', '://'), { log: logOf(lines) });
    // On a busy machine the first thing that it says can be that Redis does not answer in time.
    await expect.poll(() => `${link.state.message} ${link.state.advice}`).toMatch(words);
    expect(link.isAway).toBe(true);
    await expect.poll(() => lines.join()).toMatch(words);
    expect(lines.join()).not.toMatch(/127\.0\.0\.1|wrong,/);
  });

  test('keeps nothing beside the state of another STATE_KEY, and opens it with that as the old one', async () => {
    await using redis = await startRedis();
    using first = await openLink(redis.url);
    expect(first.isAway).toBe(false);
    const other = 'another state key for tests, of 32 characters or more';
    using stranger = await openLink(redis.url, { stateKey: other });
    expect(stranger.state).toMatchObject({ isAway: true, message: expect.stringContaining('another STATE_KEY') });
    using both = await openLink(redis.url, { stateKey: other, stateKeyOld: STATE_KEY });
    expect(both.isAway).toBe(false);
    expect(both.agreement?.names.of('a', 'b')).toBe(first.agreement?.names.of('a', 'b'));
    await linkIs(stranger, 'here');
  });

  test('takes tokens only where a restart does not lose them', async () => {
    await using safe = await startRedis();
    await using unsafe = await startRedis('--appendonly', 'no');
    using safeLink = await openLink(safe.url);
    using unsafeLink = await openLink(unsafe.url);
    expect(safeLink.agreement?.areTokensSafe).toBe(true);
    expect(unsafeLink.agreement?.areTokensSafe).toBe(false);
    expect(unsafeLink.state.findings.map(({ message }) => message).join()).toMatch(/would lose the tokens/);
  });
});
