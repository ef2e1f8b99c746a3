import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Mutex } from 'redis-semaphore';
import { z } from 'zod';
import {
  LostTurnError,
  TokenStoreAwayError,
  TokenStoreError,
  type Change,
  type TokenPair,
  type TokenStore,
} from '../datasources/credentials/token-store.ts';
import { TokenTurns, type TokenLock } from '../datasources/credentials/token-turns.ts';
import { RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';
import { SealError } from './seal.ts';
import { Script } from './script.ts';

/** Longer than the 30 s that Kommo may take: the lock of a process that died ends by itself. */
const LOCK_MS = 45_000;
/** How long a lock that another process holds is tried for, and how often. */
const LOCK_WAIT_MS = 50_000;
const LOCK_PAUSE_MS = 50;
/** The library's own, before the name of each lock. */
const MUTEX_PREFIX = 'mutex:';

/** Stores a pair if nobody has stored one since it was read. Arguments: the version that was read, the sealed pair or '' for none. */
const STORE = new Script(`
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[2] == '' then redis.call('HDEL', KEYS[1], 'pair') else redis.call('HSET', KEYS[1], 'pair', ARGV[2]) end
return 1
`);

const storedPair = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresAt: z.iso.datetime({ offset: true }),
});

interface RedisLock extends TokenLock {
  /** @throws LostTurnError when another process has it by now. */
  readonly check: () => Promise<void>;
}

type Command<T> = (redis: Redis, agreement: Agreement) => Promise<T>;

interface VersionedPair {
  readonly pair: TokenPair | null;
  readonly version: string;
}

/**
 * Keeps rotating tokens in Redis, encrypted. A change is made under a lock, and stored only if nobody else has stored anything meanwhile: a process
 * that was paused and lost the lock cannot write over a newer pair.
 */
export class RedisTokens implements TokenStore {
  readonly #link: RedisLink;
  readonly #turns = new TokenTurns<RedisLock>(
    (cause) => new TokenStoreError('the tokens in Redis were changed by other replicas again and again', { cause }),
  );

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async read(source: string): Promise<TokenPair | null> {
    return (await this.#read(source)).pair;
  }

  update(source: string, change: Change): Promise<TokenPair | null> {
    return this.#turns.take(
      () => this.#lock(source),
      ({ check }) => this.#takeTurn(source, change, check),
    );
  }

  settle(): Promise<void> {
    return this.#turns.settle();
  }

  /** @throws LostTurnError when another process has stored a pair: this one's is not written then. */
  async #takeTurn(source: string, change: Change, check: () => Promise<void>): Promise<TokenPair | null> {
    const before = await this.#read(source);
    const after = await change(before.pair, { check });
    if (after === before.pair) return after;
    const isStored = await this.#run((redis, { names }) => {
      const name = names.of('token', source);
      return STORE.run(redis, [name], [before.version, after === null ? '' : this.#sealed(after, name)]);
    });
    if (isStored !== 1) throw new LostTurnError();
    return after;
  }

  async #read(source: string): Promise<VersionedPair> {
    const [version, sealed, name] = await this.#runTwice(async (redis, { names }) => {
      const key = names.of('token', source);
      const [known, pair] = await redis.hmget(key, 'version', 'pair');
      return [known ?? '0', pair ?? null, key] as const;
    });
    return { version, pair: sealed === null ? null : this.#opened(sealed, name) };
  }

  async #lock(source: string): Promise<RedisLock> {
    const giveUpAt = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      // Not renewed: the library's renewal ends the process when Redis goes away meanwhile.
      const held = await this.#run(async (redis, { names }) => {
        const key = names.of('lock', source);
        const mutex = new Mutex(redis, key, { lockTimeout: LOCK_MS, refreshInterval: 0, acquireAttemptsLimit: 1, retryInterval: 1 });
        return (await mutex.tryAcquire()) ? { key, mutex } : null;
      });
      if (held !== null) {
        const { key, mutex } = held;
        return {
          check: async () => {
            if ((await this.#run((redis) => redis.get(`${MUTEX_PREFIX}${key}`))) !== mutex.identifier) throw new LostTurnError();
          },
          release: () => this.#run(() => mutex.release()).catch(() => undefined),
        };
      }
      if (performance.now() >= giveUpAt) throw new TokenStoreError('the tokens in Redis are held by another replica');
      await sleep(LOCK_PAUSE_MS * (0.5 + Math.random()));
    }
  }

  /** Once more where Redis was only slow: for commands that change nothing. @throws as #run. */
  async #runTwice<T>(command: Command<T>): Promise<T> {
    return this.#run(command).catch((error: unknown) => {
      if (error instanceof TokenStoreAwayError) return this.#run(command);
      throw error;
    });
  }

  /**
   * Gives a Redis that has just gone away a second to come back: who needs a token can do nothing without it.
   *
   * @throws TokenStoreAwayError while Redis does not answer; TokenStoreError when it would lose tokens.
   */
  async #run<T>(command: Command<T>): Promise<T> {
    await this.#link.whenBackSoon();
    this.#refuseUnsafe(this.#link.agreement);
    try {
      return await this.#link.run(command);
    } catch (error) {
      if (error instanceof RedisAwayError) throw new TokenStoreAwayError('Redis does not answer.', { cause: error });
      throw error;
    }
  }

  #refuseUnsafe(agreement: Agreement | null): void {
    if (agreement === null || agreement.areTokensSafe) return;
    throw new TokenStoreError('Redis would lose the tokens when it starts anew: set "appendonly yes" in its configuration');
  }

  #sealed({ accessToken, refreshToken, expiresAt }: TokenPair, name: string): string {
    const text = JSON.stringify({ accessToken, refreshToken, expiresAt: expiresAt.toISOString() });
    return this.#link.seal.seal(Buffer.from(text), name).toString('base64');
  }

  #opened(sealed: string, name: string): TokenPair {
    try {
      const pair = storedPair.parse(JSON.parse(this.#link.seal.open(Buffer.from(sealed, 'base64'), name).toString('utf8')));
      return { ...pair, expiresAt: new Date(pair.expiresAt) };
    } catch (error) {
      const isOther = error instanceof SealError;
      throw new TokenStoreError(
        isOther
          ? 'the tokens in Redis were stored with another STATE_KEY; set it as STATE_KEY_OLD, or connect again'
          : 'the tokens in Redis are not of the expected form; connect again',
      );
    }
  }
}
