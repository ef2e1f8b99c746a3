import { randomUUID } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Redis } from 'ioredis';
import type { HashedContact, HashedKey } from '../datasources/port/identity/contact-index.ts';
import type { IndexChange, IndexNews, IndexShare, ReadingFacts, ReadingPlan } from '../indexing/index-share.ts';
import { DROP, LEAVE, LOG_PART, LOOK, RENEW, SET } from './index-scripts.ts';
import { decodeAnswer, encodeAnswer } from './answer-code.ts';
import { RedisAwayError, type Agreement, type RedisLink } from './redis-link.ts';
import { SealError } from './seal.ts';

/** Whoever reads for all says so again before this is over, in milliseconds; then another one does. */
const LEASE_MS = 6_000;
const LOOK_EVERY_MS = 2_000;
/** Redis may be away for a moment only; nobody waits for an index. */
const ALONE_AFTER_MS = 10_000;
/** A reading of which something is missing is given again at the asking of each replica, but not more often. */
const DROP_EVERY_MS = 5 * 60_000;
/** Contacts in one value: some 100 kB, which Redis and this process have done with in a few milliseconds. */
const CHUNK_ROWS = 1_000;
/** Changes that are kept. */
const LOG_MAX = 10_000;
const START = '0-0';

/** What an index is shared with. */
export interface RedisIndexOptions {
  readonly link: RedisLink;
  /** All that the index depends on beside the account's own data; a secret. */
  readonly account: string;
  readonly replicas: number;
  /** How long a reading is kept, in milliseconds. */
  readonly lifeMs: number;
}

/** What Redis holds of a reading. */
interface Head extends ReadingFacts {
  readonly version: string;
  readonly chunks: number;
  /** Changes after this position of the log belong to it. */
  readonly logFrom: string;
}

interface Keys {
  readonly lease: string;
  readonly head: string;
  readonly log: string;
  readonly rows: (version: string, chunk: number) => string;
}

type LogEntry = readonly [id: Buffer, fields: readonly Buffer[]];
/** A contact without the names of its members. */
type Row = readonly [isCompanyEntity: boolean, idInSource: string, isCompany: boolean, name: readonly number[], keys: readonly RowKey[]];
type RowKey = readonly [hash: bigint, type: HashedKey['type'], sharedBecause: HashedKey['sharedBecause']];

const ALONE: IndexNews = { role: 'ALONE', reading: null, changes: [], plan: null };

/** Keeps the index of one source in Redis, encrypted, and lets one replica read the CRM for all. */
export class RedisIndex implements IndexShare {
  readonly lookEveryMs = LOOK_EVERY_MS;
  readonly aloneAfterMs = ALONE_AFTER_MS;
  readonly #options: RedisIndexOptions;
  readonly #source: string;
  readonly #renewing: NodeJS.Timeout;
  #agreement: Agreement | null = null;
  #leads = false;
  #position = START;
  #beginning = START;
  #head: Head | null = null;
  #droppedAt = -Infinity;

  constructor(source: string, options: RedisIndexOptions) {
    this.#source = source;
    this.#options = options;
    // A reading takes long.
    this.#renewing = setInterval(() => {
      if (this.#leads) void this.#run((redis, keys, owner) => RENEW.run(redis, [keys.lease], [owner, LEASE_MS]));
    }, LOOK_EVERY_MS);
    this.#renewing.unref();
  }

  get replicas(): number {
    return this.#options.replicas;
  }

  async look(): Promise<IndexNews> {
    const { link } = this.#options;
    if (link.agreement?.mayKeepAnswers === false) return ALONE;
    const looked = await this.#run((redis, keys, owner) =>
      LOOK.runForBytes(redis, [keys.lease, keys.head, keys.log], [owner, LEASE_MS, this.#position]),
    );
    if (looked === null) {
      this.#leads = false;
      return ALONE;
    }
    const [leads, facts, plan, log] = looked as [number, Buffer | null, Buffer | null, readonly LogEntry[]];
    this.#leads = leads === 1;
    const head = this.#opened(facts, 'facts') as Head | null;
    const isNew = head !== null && head.version !== this.#head?.version;
    this.#head = head;
    if (isNew) this.#position = head.logFrom;
    const changes = await this.#changes(isNew ? null : log, isNew);
    return {
      role: this.#leads ? 'LEADS' : 'FOLLOWS',
      reading: head === null ? null : { ...head, load: () => this.#load(head, facts) },
      changes,
      plan: this.#opened(plan, 'plan') as ReadingPlan | null,
    };
  }

  noteBeginning(): void {
    this.#beginning = this.#position;
  }

  async publish(facts: ReadingFacts, contacts: Iterable<HashedContact>): Promise<boolean> {
    const { lifeMs } = this.#options;
    const before = this.#head;
    const version = randomUUID();
    let chunks = 0;
    for (const rows of inChunks(contacts)) {
      const written = await this.#run((redis, keys) => {
        const key = keys.rows(version, chunks);
        return redis.set(key, this.#options.link.seal.seal(serialize(rows), key), 'PX', lifeMs);
      });
      if (written === null) return false;
      chunks += 1;
    }
    const head: Head = { ...facts, version, chunks, logFrom: this.#beginning };
    if (!(await this.#set('facts', head))) return false;
    this.#head = head;
    await this.#run(async (redis, keys) => {
      await redis.xtrim(keys.log, 'MINID', head.logFrom);
      for (let chunk = 0; chunk < (before?.chunks ?? 0); chunk += 1) await redis.unlink(keys.rows(before?.version ?? '', chunk));
      return true;
    });
    return true;
  }

  async report(change: IndexChange): Promise<void> {
    if (change.changed.length === 0 && change.deleted.length === 0 && change.facts === undefined) return;
    const { lifeMs, link } = this.#options;
    await this.#run(async (redis, keys, owner) => {
      const sealed = link.seal.seal(serialize(change), keys.log);
      await redis.xadd(keys.log, 'MAXLEN', '~', LOG_MAX, '*', 'by', owner, 'change', sealed);
      return redis.pexpire(keys.log, lifeMs);
    });
  }

  async plan(plan: ReadingPlan): Promise<void> {
    await this.#set('plan', plan);
  }

  async leave(): Promise<void> {
    clearInterval(this.#renewing);
    this.#leads = false;
    await this.#run((redis, keys, owner) => LEAVE.run(redis, [keys.lease], [owner]));
  }

  close(): void {
    clearInterval(this.#renewing);
  }

  async #set(field: 'facts' | 'plan', value: object): Promise<boolean> {
    const { lifeMs, link } = this.#options;
    const isSet = await this.#run((redis, keys, owner) =>
      SET.run(redis, [keys.lease, keys.head], [owner, field, link.seal.seal(encodeAnswer(value), `${keys.head} ${field}`), lifeMs]),
    );
    return isSet === 1;
  }

  /** @param first Those that came with the look; null: none yet. @param isReplay Own ones belong to what was read, too. */
  async #changes(first: readonly LogEntry[] | null, isReplay: boolean): Promise<readonly IndexChange[]> {
    const { link } = this.#options;
    const changes: IndexChange[] = [];
    for (let part = first; ; part = null) {
      part ??= (await this.#run((redis, keys) => redis.xrangeBuffer(keys.log, `(${this.#position}`, '+', 'COUNT', LOG_PART))) as
        | readonly LogEntry[]
        | null;
      for (const [id, [, by, , sealed]] of part ?? []) {
        this.#position = id.toString();
        if (sealed === undefined || (!isReplay && by?.toString() === link.replica)) continue;
        const change = this.#opened(sealed, 'log');
        if (change !== null) changes.push(change as IndexChange);
      }
      if (part === null || part.length < LOG_PART) return changes;
    }
  }

  /** @param sealed The head as Redis has it. */
  async *#load(head: Head, sealed: Buffer | null): AsyncGenerator<readonly HashedContact[] | null> {
    for (let chunk = 0; chunk < head.chunks; chunk += 1) {
      const key = this.#agreement === null ? '' : this.#keys(this.#agreement).rows(head.version, chunk);
      const chunkSealed = await this.#run((redis) => redis.getBuffer(key));
      const rows = chunkSealed === null ? null : this.#unsealed(chunkSealed, key);
      if (rows === null) {
        await this.#drop(sealed);
        yield null;
        return;
      }
      yield (deserialize(rows) as readonly Row[]).map((row) => fromRow(row, this.#source));
    }
  }

  /** Redis may have evicted a part of a reading: whoever has all of it gives it again. */
  async #drop(sealed: Buffer | null): Promise<void> {
    this.#head = null;
    const now = performance.now();
    if (sealed === null || now - this.#droppedAt < DROP_EVERY_MS) return;
    this.#droppedAt = now;
    await this.#run((redis, keys) => DROP.run(redis, [keys.head], [sealed]));
  }

  /** @returns null: there is none, or it was written by a stranger. */
  #opened(sealed: Buffer | null, what: 'facts' | 'plan' | 'log'): object | null {
    if (sealed === null || this.#agreement === null) return null;
    const keys = this.#keys(this.#agreement);
    const bytes = this.#unsealed(sealed, what === 'log' ? keys.log : `${keys.head} ${what}`);
    if (bytes === null) return null;
    return what === 'log' ? (deserialize(bytes) as object) : decodeAnswer(bytes);
  }

  #unsealed(sealed: Buffer, name: string): Buffer | null {
    try {
      return this.#options.link.seal.open(sealed, name);
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }

  /** @returns null: Redis is away. */
  async #run<T>(command: (redis: Redis, keys: Keys, owner: string) => Promise<T>): Promise<T | null> {
    const { link } = this.#options;
    try {
      return await link.run((redis, agreement) => {
        if (this.#agreement?.since !== agreement.since) this.#forget();
        this.#agreement = agreement;
        return command(redis, this.#keys(agreement), link.replica);
      });
    } catch (error) {
      if (error instanceof RedisAwayError) return null;
      throw error;
    }
  }

  /** Redis has forgotten what it held, or may have. */
  #forget(): void {
    this.#position = START;
    this.#beginning = START;
    this.#head = null;
  }

  #keys({ names }: Agreement): Keys {
    const name = names.ofFew('index', this.#options.account);
    return {
      lease: `${name}:lease`,
      head: `${name}:head`,
      log: `${name}:log`,
      rows: (version, chunk) => `${name}:rows:${version}:${chunk}`,
    };
  }
}

function* inChunks(contacts: Iterable<HashedContact>): Generator<readonly Row[]> {
  let rows: Row[] = [];
  for (const contact of contacts) {
    rows.push(toRow(contact));
    if (rows.length < CHUNK_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

function toRow({ entity, idInSource, kind, name, keys }: HashedContact): Row {
  return [entity === 'company', idInSource, kind === 'COMPANY', name, keys.map((key) => [key.hash, key.type, key.sharedBecause])];
}

function fromRow([isCompanyEntity, idInSource, isCompany, name, keys]: Row, source: string): HashedContact {
  return {
    source,
    entity: isCompanyEntity ? 'company' : 'contact',
    idInSource,
    kind: isCompany ? 'COMPANY' : 'PERSON',
    name,
    keys: keys.map(([hash, type, sharedBecause]) => ({ hash, type, sharedBecause })),
  };
}
