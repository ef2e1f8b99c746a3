import { setTimeout as sleep } from 'node:timers/promises';
import { RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';

/**
 * How long counts are good for from when they were asked for, in milliseconds. Whoever changes something waits for so long once it is counted: then
 * no process goes by what it read before.
 */
const COUNTS_MS = 20;
/** Timers may end a little early. */
const TIMER_MARGIN_MS = 2;
/** While Redis is away nobody hears of the deletions of others: nothing kept is given out that is older. */
const AWAY_AGE_MS_MAX = 5_000;

/** The changes of one source, as far as this process has heard of them. */
export interface Generation {
  /** Another text after each change, and after each time that Redis may have forgotten some. null: nobody knows now. */
  readonly epoch: string | null;
  /** Reports a change, and waits until all who ask any replica from now on hear of it. Never rejects. */
  raise(): Promise<void>;
}

/** A read of the counts that is under way. */
interface CountsRead {
  readonly sentAt: number;
  readonly promise: Promise<void>;
}

/**
 * Counts the changes of each source over all replicas. Each request goes by counts that were asked for less than 20 ms before it, and each change is
 * over 20 ms after it was counted: what was kept before a deletion on any replica is then given to nobody who asks after it was answered.
 */
export class Generations {
  readonly #link: RedisLink;
  readonly #sources = new Map<string, SourceGeneration>();
  readonly #ageing: NodeJS.Timeout;
  #reading: CountsRead | null = null;
  #next: Promise<void> | null = null;
  /** When the counts at hand were asked for, on `performance.now()`'s scale. */
  #countedAt = -Infinity;

  constructor(link: RedisLink) {
    this.#link = link;
    link.onChange((isAway) => {
      // Whatever happened meanwhile, nobody heard of it.
      this.#forgetAll();
      // What others kept before is out of date for everybody: who deleted something meanwhile may be gone.
      if (!isAway) for (const source of this.#sources.values()) void source.raise();
    });
    this.#ageing = setInterval(() => {
      if (link.isAway) this.#forgetAll();
    }, AWAY_AGE_MS_MAX);
    this.#ageing.unref();
  }

  /** @param onChange Another replica changed something at the source. */
  of(source: string, onChange: () => void): Generation {
    const generation = new SourceGeneration(source, this.#link, onChange);
    this.#sources.set(source, generation);
    return generation;
  }

  /**
   * Hears of what others had changed when this was called. Never rejects, and takes 150 ms at most. Cost: one command in 20 ms, however many ask.
   */
  refresh(): Promise<void> {
    const now = performance.now();
    if (this.#link.isAway || this.#sources.size === 0 || now - this.#countedAt < COUNTS_MS) return DONE;
    const reading = this.#reading;
    if (reading === null) return this.#read(now);
    if (now - reading.sentAt < COUNTS_MS) return reading.promise;
    this.#next ??= reading.promise.then(() => {
      this.#next = null;
      return this.#read(performance.now());
    });
    return this.#next;
  }

  close(): void {
    clearInterval(this.#ageing);
  }

  #read(sentAt: number): Promise<void> {
    const promise = this.#readCounts(sentAt).finally(() => {
      if (this.#reading?.promise === promise) this.#reading = null;
    });
    this.#reading = { sentAt, promise };
    return promise;
  }

  async #readCounts(sentAt: number): Promise<void> {
    const sources = [...this.#sources.values()];
    const read = await this.#link
      .run(async (redis, agreement) => {
        const counts = await redis.mget(...sources.map(({ source }) => agreement.names.ofFew('generation', source)));
        return { agreement, counts };
      })
      .catch(ignoreAway);
    if (read === null || this.#link.agreement !== read.agreement) return;
    for (const [index, source] of sources.entries()) source.note(read.counts[index] ?? '0', read.agreement);
    this.#countedAt = sentAt;
  }

  #forgetAll(): void {
    this.#countedAt = -Infinity;
    for (const source of this.#sources.values()) source.forget();
  }
}

class SourceGeneration implements Generation {
  readonly source: string;
  readonly #link: RedisLink;
  readonly #onChange: () => void;
  #epoch: string | null = null;

  constructor(source: string, link: RedisLink, onChange: () => void) {
    this.source = source;
    this.#link = link;
    this.#onChange = onChange;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  /** What cannot be reported because Redis is away is reported when it is back, as each replica's return is. */
  async raise(): Promise<void> {
    const raised = await this.#link
      .run(async (redis, agreement) => ({ agreement, count: await redis.incr(agreement.names.ofFew('generation', this.source)) }))
      .catch(ignoreAway);
    if (raised === null) return;
    this.note(String(raised.count), raised.agreement);
    await sleep(COUNTS_MS + TIMER_MARGIN_MS);
  }

  note(count: string, { since }: Agreement): void {
    const epoch = `${since} ${count}`;
    if (this.#epoch === epoch) return;
    const isFirst = this.#epoch === null;
    this.#epoch = epoch;
    if (!isFirst) this.#onChange();
  }

  forget(): void {
    this.#epoch = null;
    this.#onChange();
  }
}

const DONE = Promise.resolve();

function ignoreAway(error: unknown): null {
  if (error instanceof RedisAwayError) return null;
  throw error;
}
