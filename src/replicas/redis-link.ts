import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../datasources/port/log.ts';
import { findingsOf, readInfo, wordsOfRedisFailure, type RedisFinding } from './redis-health.ts';
import { HELLO_KEY, Names, Seal } from './seal.ts';
import { Script } from './script.ts';

/** No answer waits longer than this for Redis, in milliseconds. */
export const ANSWER_MS_MAX = 150;
/** An answer that comes so much later was meant for a process that has been stopped since: nobody knows what others did meanwhile. */
const STOPPED_MS = 350;
/** How often Redis is tried while it is away, and how long it may be silent before the connection is made anew. */
const PROBE_MS = 250;
const SILENCE_MS_MAX = 5_000;
const CONNECT_MS_MAX = 1_000;
const RECONNECT_MS_MAX = 500;
/** A Redis that was only slow is back with one of the next tries. */
const BACK_SOON_MS = 1_000;

/** Redis cannot be used at the moment. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** Redis answers, and is set up so that nothing may be kept in it. */
class RedisFindingError extends Error {
  override readonly name = 'RedisFindingError';
}

/**
 * Notes that a server began a new life, and agrees on the secret of names. A server that started anew has forgotten calls, so that its life begins
 * with the first one who notices.
 */
const HELLO = new Script(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'since', now)
end
redis.call('HSETNX', KEYS[1], 'names', ARGV[2])
return { redis.call('HGET', KEYS[1], 'names'), redis.call('HGET', KEYS[1], 'since'), now }
`);

/** Where Redis is, and with what it is written to. */
export interface RedisLinkOptions {
  readonly url: string;
  readonly stateKey: string;
  readonly stateKeyOld: string | null;
  readonly log: Log;
  /** How long an answer is waited for, in milliseconds; ANSWER_MS_MAX when left out. */
  readonly answerMs?: number;
  /** Called when Redis goes away and when it is back. */
  readonly onChange?: (isAway: boolean) => void;
}

/** What all replicas agree on while Redis is the same one. */
export interface Agreement {
  readonly names: Names;
  /** Redis' own clock when its life began, Unix milliseconds. Changes when it forgot. */
  readonly since: string;
  readonly areTokensSafe: boolean;
  /** Whether answers may be kept in it: when its memory is full they leave, and nothing else does. */
  readonly mayKeepAnswers: boolean;
}

/**
 * The connection to Redis. It is either here, and answers each command within 150 ms, or away: then commands fail at once, and it is tried in the
 * background until a write succeeds again.
 */
export class RedisLink {
  /** Of this process; no other one has it. */
  readonly replica = randomUUID();
  readonly seal: Seal;
  readonly #options: RedisLinkOptions;
  readonly #answerMs: number;
  readonly #redis: Redis;
  readonly #listeners = new Set<(isAway: boolean) => void>();
  readonly #probing: NodeJS.Timeout;
  #agreement: Agreement | null = null;
  #findings: readonly RedisFinding[] = [];
  #reason: unknown = new Error('It has not answered yet.');
  #lastConnectionError: unknown;
  #awaySince = performance.now();
  /** What was logged of why Redis is away, each once while it is. */
  readonly #reported = new Set<string>();
  #isProbing = false;
  #heardAt = performance.now();
  /** Redis' clock less this process' `performance.now()`, at the last answer. */
  #clockOffset = 0;

  private constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#answerMs = options.answerMs ?? ANSWER_MS_MAX;
    this.seal = new Seal(options.stateKey, options.stateKeyOld);
    this.#redis = new Redis(options.url, {
      connectTimeout: CONNECT_MS_MAX,
      enableOfflineQueue: false,
      // What is sent in one turn of the event loop goes out in one write, which costs more than all else of a command.
      enableAutoPipelining: true,
      // As `callBuffer` is given them: ioredis 6.0.0 loses the name of the command there.
      autoPipeliningIgnoredCommands: ['EVALSHA', 'EVAL'],
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 50, RECONNECT_MS_MAX),
      // A primary that became a copy refuses writes; its name may lead to the new one by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
      connectionName: 'crm-gateway',
    });
    this.#redis.on('error', (error) => {
      this.#lastConnectionError = error;
    });
    this.#redis.on('close', () => this.#leave(this.#lastConnectionError ?? (this.isAway ? undefined : new Error('CLOSED'))));
    this.#redis.on('ready', () => void this.#probe());
    this.#probing = setInterval(() => void this.#probe(), PROBE_MS);
    this.#probing.unref();
  }

  /** Connects; gives up waiting after a second, and goes on trying. Never rejects. */
  static async open(options: RedisLinkOptions): Promise<RedisLink> {
    const link = new RedisLink(options);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CONNECT_MS_MAX);
      link.onChange(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    if (link.isAway) link.#reportAway();
    return link;
  }

  get isAway(): boolean {
    return this.#agreement === null;
  }

  /** null: Redis is away. */
  get agreement(): Agreement | null {
    return this.#agreement;
  }

  /** Why Redis is away, in words; and what is not as it should be while it is here. */
  get state(): { readonly isAway: boolean; readonly message: string; readonly advice: string; readonly findings: readonly RedisFinding[] } {
    return { isAway: this.isAway, ...wordsOfRedisFailure(this.#reason), findings: this.#findings };
  }

  /** Redis' clock, Unix milliseconds, as far as it is known here. */
  get clock(): number {
    return performance.now() + this.#clockOffset;
  }

  /** The moment on Redis' clock, Unix milliseconds, after which a command that is sent now must not be run any more. */
  get validUntil(): number {
    return Math.ceil(this.clock + this.#answerMs);
  }

  /** @returns What ends the reports. */
  onChange(listener: (isAway: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a Redis that has just gone away, until it has been away for a second. Ends at once when it is here, or was away for longer. */
  async whenBackSoon(): Promise<void> {
    const leftMs = this.#awaySince + BACK_SOON_MS - performance.now();
    // A timer may be a part of a millisecond early.
    if (!this.isAway || leftMs < 1) return;
    const { promise: isBack, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, leftMs);
    const stopListening = this.onChange((isAway) => !isAway && resolve());
    await isBack;
    clearTimeout(timer);
    stopListening();
  }

  /**
   * Runs one command, or several in one go.
   *
   * @throws RedisAwayError at once while Redis is away; after 150 ms at the latest when it does not answer, which is then away.
   */
  async run<T>(command: (redis: Redis, agreement: Agreement) => Promise<T>): Promise<T> {
    const agreement = this.#agreement;
    if (agreement === null) throw new RedisAwayError('Redis is away.');
    try {
      return await this.#timed((redis) => command(redis, agreement));
    } catch (error) {
      this.#leave(error);
      throw new RedisAwayError('Redis is away.', { cause: error });
    }
  }

  /** Takes Redis' clock from an answer. @param sentAt When it was requested, on `performance.now()`'s scale. */
  noteClock(clock: number, sentAt: number): void {
    this.#clockOffset = clock - (sentAt + performance.now()) / 2;
  }

  /** Takes Redis for another one than it was: it has forgotten, or its clock has moved. */
  disown(): void {
    this.#leave(new Error('Redis has forgotten.'));
  }

  close(): void {
    clearInterval(this.#probing);
    this.#listeners.clear();
    this.#agreement = null;
    this.#redis.disconnect();
  }

  async #timed<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    const sentAt = performance.now();
    const answer = command(this.#redis);
    const { promise: late, reject } = Promise.withResolvers<never>();
    // An answer may have arrived while this process was busy itself: it is looked for once more.
    const timer = setTimeout(() => void nextTurn().then(() => reject(new Error('It took too long.'))), this.#answerMs);
    try {
      const value = await Promise.race([answer, late]);
      this.#heardAt = performance.now();
      if (this.#heardAt - sentAt > this.#answerMs + STOPPED_MS) throw new Error('It took too long.');
      return value;
    } finally {
      clearTimeout(timer);
      answer.catch(() => undefined);
    }
  }

  async #probe(): Promise<void> {
    if (!this.isAway || this.#isProbing) return;
    if (this.#redis.status !== 'ready') {
      this.#noteReason(this.#lastConnectionError);
      return;
    }
    this.#isProbing = true;
    try {
      this.#arrive(await this.#timed((redis) => this.#greet(redis)));
    } catch (error) {
      this.#noteReason(error);
      // It may have been replaced, and the connection lead to nobody.
      if (performance.now() - this.#heardAt > SILENCE_MS_MAX) this.#reconnect();
    } finally {
      this.#isProbing = false;
    }
  }

  #reconnect(): void {
    this.#heardAt = performance.now();
    this.#redis.disconnect(true);
  }

  async #greet(redis: Redis): Promise<Agreement> {
    const info = readInfo(await redis.info());
    this.#findings = findingsOf(info);
    const worst = this.#findings.find(({ refuses }) => refuses === 'all');
    if (worst !== undefined) throw new RedisFindingError(`${worst.message} ${worst.advice}`);
    const sentAt = performance.now();
    const own = this.seal.seal(randomBytes(32), HELLO_KEY).toString('base64');
    const [sealed, since, now] = (await HELLO.run(redis, [HELLO_KEY], [info.runId, own])) as [string, string, number];
    this.#clockOffset = now - (sentAt + performance.now()) / 2;
    const bytes = Buffer.from(sealed, 'base64');
    const secret = this.seal.open(bytes, HELLO_KEY);
    if (!this.seal.isOfFirstKey(bytes)) {
      await redis.hset(HELLO_KEY, 'names', this.seal.seal(secret, HELLO_KEY).toString('base64'));
    }
    const refuses = (what: RedisFinding['refuses']) => this.#findings.some((finding) => finding.refuses === what);
    return { names: new Names(secret), since, areTokensSafe: !refuses('tokens'), mayKeepAnswers: !refuses('answers') };
  }

  #arrive(agreement: Agreement): void {
    this.#agreement = agreement;
    const awayMs = Math.round(performance.now() - this.#awaySince);
    if (this.#reported.size > 0) this.#options.log.info({ awayMs }, 'Redis answers again: limits and cache are shared');
    this.#reported.clear();
    this.#lastConnectionError = undefined;
    for (const { message, advice } of this.#findings) this.#options.log.warn({ advice }, message);
    this.#tell(false);
  }

  #leave(reason: unknown): void {
    if (reason !== undefined) this.#reason = reason;
    if (this.#agreement === null) return;
    this.#agreement = null;
    this.#awaySince = performance.now();
    this.#reportAway();
    this.#tell(true);
  }

  /** What is found out later may say more than what was reported. */
  #noteReason(reason: unknown): void {
    if (reason === undefined || !this.isAway) return;
    this.#reason = reason;
    const { message, advice } = wordsOfRedisFailure(reason);
    if (this.#reported.size === 0 || this.#reported.has(message)) return;
    this.#reported.add(message);
    this.#options.log.warn({ advice }, `Redis stays away: ${message}`);
  }

  #reportAway(): void {
    const { message, advice } = wordsOfRedisFailure(this.#reason);
    this.#reported.add(message);
    this.#options.log.warn({ advice }, `${message} Each replica keeps to its own share of the limits, and to its own cache`);
  }

  #tell(isAway: boolean): void {
    this.#options.onChange?.(isAway);
    for (const listener of this.#listeners) listener(isAway);
  }
}
