import { RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';

/** While Redis is away nobody hears of the deletions of others: nothing kept is given out that is older. */
const AWAY_AGE_MS_MAX = 5_000;

/** The changes of one source, as far as this process has heard of them. */
export interface Generation {
  /** Another text after each change, and after each time that Redis may have forgotten some. null: nobody knows now. */
  readonly epoch: string | null;
  /** Reports a change to the others. Never rejects. */
  raise(): Promise<void>;
}

/**
 * Counts the changes of each source over all replicas. Each request reads the counts once, before anything that is kept: what was kept before a
 * deletion on any replica is then given to nobody who asks after it.
 */
export class Generations {
  readonly #link: RedisLink;
  readonly #sources = new Map<string, SourceGeneration>();
  readonly #ageing: NodeJS.Timeout;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;

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
   * Hears of what others have changed until now. Never rejects, and takes 150 ms at most. Cost: one command; those who ask while one is under way
   * share the one after it, since a change may have come in between.
   */
  refresh(): Promise<void> {
    if (this.#link.isAway || this.#sources.size === 0) return Promise.resolve();
    if (this.#reading === null) return this.#read();
    this.#next ??= this.#reading.then(() => {
      this.#next = null;
      return this.#read();
    });
    return this.#next;
  }

  close(): void {
    clearInterval(this.#ageing);
  }

  #read(): Promise<void> {
    const reading = this.#readCounts().finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    this.#reading = reading;
    return reading;
  }

  async #readCounts(): Promise<void> {
    const sources = [...this.#sources.values()];
    const read = await this.#link
      .run(async (redis, agreement) => {
        const counts = await redis.mget(...sources.map(({ source }) => agreement.names.of('generation', source)));
        return { agreement, counts };
      })
      .catch(ignoreAway);
    if (read === null) return;
    for (const [index, source] of sources.entries()) source.note(read.counts[index] ?? '0', read.agreement);
  }

  #forgetAll(): void {
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
      .run(async (redis, agreement) => ({ agreement, count: await redis.incr(agreement.names.of('generation', this.source)) }))
      .catch(ignoreAway);
    if (raised !== null) this.note(String(raised.count), raised.agreement);
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

function ignoreAway(error: unknown): null {
  if (error instanceof RedisAwayError) return null;
  throw error;
}
