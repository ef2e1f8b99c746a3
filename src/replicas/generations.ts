import type { SharedGeneration } from '../datasources/cache/caching-source.ts';
import { RedisAwayError, type RedisLink } from './redis-link.ts';

/** While Redis is away nobody hears of the deletions of others: nothing kept is given out that is older. */
const AWAY_AGE_MS_MAX = 5_000;

/**
 * Counts the changes of each source over all replicas. Each request reads the counts once, before anything that is kept: what was kept before a
 * deletion on any replica is then given to nobody who asks after it.
 */
export class Generations {
  readonly #link: RedisLink;
  readonly #sources = new Map<string, SourceGeneration>();
  readonly #ageing: NodeJS.Timeout;

  constructor(link: RedisLink) {
    this.#link = link;
    link.onChange((isAway) => {
      // Whatever happened meanwhile, nobody heard of it.
      this.#forgetAll();
      if (!isAway) for (const source of this.#sources.values()) void source.catchUp();
    });
    this.#ageing = setInterval(() => {
      if (link.isAway) this.#forgetAll();
    }, AWAY_AGE_MS_MAX);
    this.#ageing.unref();
  }

  /** @param onChange Another replica changed something at the source. */
  of(source: string, onChange: () => void): SharedGeneration {
    const generation = new SourceGeneration(source, this.#link, onChange);
    this.#sources.set(source, generation);
    return generation;
  }

  /** Hears of what others have changed until now. Never rejects, and takes 150 ms at most. Cost: one command. */
  async refresh(): Promise<void> {
    if (this.#link.isAway || this.#sources.size === 0) return;
    const sources = [...this.#sources.values()];
    const counts = await this.#link
      .run((redis, { names }) => redis.mget(...sources.map(({ source }) => names.of('generation', source))))
      .catch(ignoreAway);
    for (const [index, source] of sources.entries()) if (counts !== null) source.note(counts[index] ?? '0');
  }

  close(): void {
    clearInterval(this.#ageing);
  }

  #forgetAll(): void {
    for (const source of this.#sources.values()) source.forget();
  }
}

class SourceGeneration implements SharedGeneration {
  readonly source: string;
  readonly #link: RedisLink;
  readonly #onChange: () => void;
  #count: string | null = null;
  /** Raised here while Redis was away. */
  #isOwed = false;

  constructor(source: string, link: RedisLink, onChange: () => void) {
    this.source = source;
    this.#link = link;
    this.#onChange = onChange;
  }

  async raise(): Promise<void> {
    this.#isOwed = true;
    await this.catchUp();
  }

  /** Tells the others of what they have not heard. */
  async catchUp(): Promise<void> {
    if (!this.#isOwed) return;
    const count = await this.#link.run((redis, { names }) => redis.incr(names.of('generation', this.source))).catch(ignoreAway);
    if (count !== null) this.#isOwed = false;
  }

  note(count: string): void {
    if (this.#count === count) return;
    const isFirst = this.#count === null;
    this.#count = count;
    if (!isFirst) this.#onChange();
  }

  forget(): void {
    this.#count = null;
    this.#onChange();
  }
}

function ignoreAway(error: unknown): null {
  if (error instanceof RedisAwayError) return null;
  throw error;
}
