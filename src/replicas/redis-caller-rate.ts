import { LRUCache } from 'lru-cache';
import { CALLERS_MAX, createCallerRate, type CallerRate } from '../auth/caller-rate.ts';
import { RedisAwayError, type RedisLink } from './redis-link.ts';
import { Script } from './script.ts';

const WINDOW_MS = 60_000;
/** What was taken and is not used within this goes back, in milliseconds; who uses it up faster takes more the next time. */
const LOT_MS = 1_000;
/** At most this part of what a caller has left is taken at once, divided by the replicas: what one holds must not make another one refuse early. */
const LOT_SHARE = 1 / 8;

/**
 * Takes as many as there are. Key: the count. Arguments: how many, the limit, the length of a window. Answers with how many were taken, how many are
 * left, how long the window goes on, and its end on Redis' clock.
 */
const TAKE = new Script(`
local time = redis.call('TIME')
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local taken = math.max(0, math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - used))
if taken > 0 then redis.call('INCRBY', KEYS[1], taken) end
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  ttl = tonumber(ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ttl)
end
return { taken, tonumber(ARGV[2]) - used - taken, ttl, time[1] * 1000 + math.floor(time[2] / 1000) + ttl }
`);

/** Gives back, where the window is still the one that it was taken from. Key: the count. Arguments: how many, the window's end. */
const GIVE_BACK = new Script(`
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + redis.call('PTTL', KEYS[1])
if math.abs(ends - tonumber(ARGV[2])) < ${WINDOW_MS / 2} and redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end
`);

/** What this replica has taken from the count of one caller. Times are on `performance.now()`'s scale. */
interface Lot {
  readonly callerKey: string;
  left: number;
  size: number;
  takenAt: number;
  /** The window is over then, and what is left with it. */
  endsAt: number;
  /** The same on Redis' clock. */
  windowEnd: number;
  waiting: number;
  /** Gives how long to wait where nothing was left; null where something was. */
  taking: Promise<number | null> | null;
}

/**
 * Limits how many requests one caller may send in a minute to all replicas together. Permits are taken in lots, which grow while a caller uses them
 * up within a second, so that many requests cost few commands. While Redis is away each replica lets its part of the requests through.
 */
export class RedisCallerRate implements CallerRate {
  readonly #link: RedisLink;
  readonly #kind: string;
  readonly #limit: number;
  readonly #replicas: number;
  readonly #away: CallerRate;
  readonly #lots = new LRUCache<string, Lot>({
    max: CALLERS_MAX,
    dispose: (lot, _callerKey, reason) => {
      if (reason === 'evict') this.#return(lot);
    },
  });

  readonly #sweeping: NodeJS.Timeout;

  /** @param kind Keeps the counts of callers and of addresses apart. @param limit Requests in a minute. */
  constructor(link: RedisLink, kind: string, limit: number, replicas: number) {
    this.#link = link;
    this.#kind = kind;
    this.#limit = limit;
    this.#replicas = replicas;
    this.#away = createCallerRate(Math.max(1, Math.floor(limit / replicas)));
    // Redis may have forgotten what was taken.
    link.onChange(() => this.#lots.clear());
    this.#sweeping = setInterval(() => this.#sweep(), LOT_MS);
    this.#sweeping.unref();
  }

  async count(callerKey: string): Promise<number | null> {
    if (this.#link.isAway) return this.#away.count(callerKey);
    const lot = this.#lotOf(callerKey);
    try {
      while (lot.left === 0 || performance.now() >= lot.endsAt) {
        const waitMs = await this.#wait(lot);
        if (waitMs !== null) return waitMs;
      }
    } catch (error) {
      if (error instanceof RedisAwayError) return this.#away.count(callerKey);
      throw error;
    }
    lot.left -= 1;
    return null;
  }

  async giveBack(callerKey: string): Promise<void> {
    if (this.#link.isAway) return this.#away.giveBack(callerKey);
    const lot = this.#lots.get(callerKey);
    if (lot !== undefined && performance.now() < lot.endsAt) lot.left += 1;
  }

  close(): void {
    clearInterval(this.#sweeping);
  }

  #lotOf(callerKey: string): Lot {
    const known = this.#lots.get(callerKey);
    if (known !== undefined) return known;
    const lot = { callerKey, left: 0, size: 0, takenAt: -Infinity, endsAt: -Infinity, windowEnd: 0, waiting: 0, taking: null };
    this.#lots.set(callerKey, lot);
    return lot;
  }

  /** Waits until something was taken. Those who come while that is under way share it, or the one after it. */
  async #wait(lot: Lot): Promise<number | null> {
    lot.waiting += 1;
    try {
      lot.taking ??= this.#take(lot).finally(() => {
        lot.taking = null;
      });
      return await lot.taking;
    } finally {
      lot.waiting -= 1;
    }
  }

  async #take(lot: Lot): Promise<number | null> {
    const now = performance.now();
    const isUsedUp = now < lot.takenAt + LOT_MS;
    const sizeMax = isUsedUp ? lot.size : 1;
    const [taken, left, ttlMs, windowEnd] = (await this.#link.run((redis, { names }) =>
      TAKE.run(redis, [names.of(this.#kind, lot.callerKey)], [Math.max(lot.waiting, sizeMax), this.#limit, WINDOW_MS]),
    )) as [number, number, number, number];
    if (taken === 0) return Math.max(1, ttlMs);
    // What was left of another window is over with it.
    lot.left = isSameWindow(windowEnd, lot.windowEnd) ? lot.left + taken : taken;
    lot.size = Math.min(2 * sizeMax, Math.floor((left * LOT_SHARE) / this.#replicas));
    lot.takenAt = now;
    lot.endsAt = now + ttlMs;
    lot.windowEnd = windowEnd;
    return null;
  }

  #sweep(): void {
    const now = performance.now();
    for (const [callerKey, lot] of this.#lots.entries()) {
      if (now >= lot.endsAt && lot.waiting === 0) this.#lots.delete(callerKey);
      else if (now >= lot.takenAt + LOT_MS) this.#return(lot);
    }
  }

  /** Never rejects: while Redis is away nothing that was taken counts any more. */
  #return(lot: Lot): void {
    const { left, callerKey, windowEnd } = lot;
    if (left === 0) return;
    lot.left = 0;
    this.#link.run((redis, { names }) => GIVE_BACK.run(redis, [names.of(this.#kind, callerKey)], [left, windowEnd])).catch(() => undefined);
  }
}

/** The ends of two windows are a window apart at least. */
function isSameWindow(end: number, other: number): boolean {
  return Math.abs(end - other) < WINDOW_MS / 2;
}
