import type { Call, WriteCall } from '../port/call.ts';
import type { ContactSource } from '../port/contact-source.ts';
import type { ContactIndex } from '../port/identity/contact-index.ts';
import type { DeletionTarget, Deletion } from '../port/deletion.ts';
import type { Block, ListPlan, RunnablePlan } from '../port/list-plan.ts';
import type { Detail, ListQuery } from '../port/list-query.ts';
import type { ContactEntity } from '../port/records/contact.ts';
import type { Entity, RecordOf, ReferenceByKind, ReferenceKind } from '../port/records/entity.ts';
import { blockKey, isBlockKey, listPrefix, recordPrefix } from './answer-keys.ts';
import type { CacheStore } from './cache-store.ts';
import { KeptAnswers, type KeptAnswersOptions } from './kept-answers.ts';
import { ReadCache, isOwnFailure } from './read-cache.ts';
import { stretchOf } from './stretch.ts';
import { SourceError } from '../port/source-error.ts';

/** One record as cached; null: the CRM knows no such id. */
interface FoundById<Found> {
  readonly record: Found | null;
}

/** What a read gave that this process had not cached, and when it began (Unix milliseconds). */
interface FreshRead<T> {
  readonly answer: T;
  readonly readAt: number;
  readonly origin: ReadOrigin;
}

/** Records that this process had not cached. */
interface RecordsRead<Found> {
  readonly records: ReadonlyMap<string, Found | SourceError>;
  readonly readAt: number;
  /** Ids of those that another replica had read. */
  readonly shared: ReadonlySet<string>;
}

/** What is read: blocks of lists, single records, reference data. */
export type CachedKind = 'list' | 'record' | 'reference';

/** Where a read comes from: `cache`, it was kept; `replica`, another replica had read it; `crm`, it was neither, and is read or joined. */
export type ReadOrigin = 'cache' | 'replica' | 'crm';

/** Is called for each read. Must not throw. */
export type ReadObserver = (source: string, kind: CachedKind, origin: ReadOrigin) => void;

/** Where a source's answers are kept, and for how long. */
export interface CachingOptions {
  readonly store: CacheStore;
  /** Time to live of blocks and single records, in milliseconds; 0 is off (reads in flight are still shared). */
  readonly ttlMs: number;
  /** What is kept of all contacts of the source; its own deletions are taken out of it. */
  readonly index?: ContactIndex | undefined;
  /** Time to live of reference data, users by id included, in milliseconds; 0 is off in the same way. Sources keep none themselves. */
  readonly referenceTtlMs: number;
  readonly observeRead?: ReadObserver | undefined;
  /** What replicas share; undefined: there is one process. */
  readonly share?: KeptAnswersOptions['share'];
}

/**
 * Caches a source: identical reads in flight are one, and blocks, records and reference data are kept for a while. Nothing kept depends
 * on the caller. Deletions raise the source's generation before and after: reads in flight are then neither kept nor joined.
 */
export class CachingSource implements ContactSource {
  readonly #source: ContactSource;
  readonly #options: CachingOptions;
  /** Keeps nothing itself: it makes equal reads in flight one. */
  readonly #shared: ReadCache<object>;
  readonly #kept: KeptAnswers;

  constructor(source: ContactSource, options: CachingOptions) {
    this.#source = source;
    this.#options = options;
    this.#shared = new ReadCache<object>({ source: source.name, ttlMs: 0, now: Date.now });
    this.#kept = new KeptAnswers({
      source: source.name,
      store: options.store,
      stretch: () => stretchOf(source.health().quotas, Date.now()),
      share: options.share,
      onForget: () => this.#shared.clear(),
    });
  }

  get name() {
    return this.#source.name;
  }
  get generation() {
    return this.#kept.generation;
  }
  get kind() {
    return this.#source.kind;
  }
  get displayName() {
    return this.#source.displayName;
  }
  get url() {
    return this.#source.url;
  }
  get capabilities() {
    return this.#source.capabilities;
  }
  get directory() {
    return this.#source.directory;
  }
  get index() {
    return this.#options.index;
  }

  planList(query: ListQuery): ListPlan {
    return this.#source.planList(query);
  }

  async readBlock(plan: RunnablePlan, index: number, call: Call): Promise<Block> {
    const block = await this.#read(blockKey(plan, index), this.#options.ttlMs, call, (shared) =>
      this.#source.readBlock(plan, index, shared),
    );
    this.#forgetIfMoved(plan, index, block);
    return block;
  }

  async findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>> {
    const found = new Map<string, RecordOf<E> | SourceError>();
    const asked = new Set(ids);
    let unread: string[] = [];
    const prefix = recordPrefix(entity, details);
    for (const id of asked) {
      const cached = this.#recall(`${prefix}${id}`, this.#ttlOf(entity), call) as FoundById<RecordOf<E>> | undefined;
      if (cached === undefined) unread.push(id);
      else if (cached.record !== null) found.set(id, cached.record);
      if (cached !== undefined) this.#observe('record', 'cache');
    }
    unread.sort();
    try {
      while (unread.length > 0) {
        const { records, readAt, shared, isJoined } = await this.#readByIds(entity, unread, details, call);
        for (const id of unread) {
          const record = records.get(id);
          if (record !== undefined) found.set(id, record);
          if (record instanceof SourceError) noteFailure(call, record);
        }
        call.trace?.noteRead(readAt + this.#ttlOf(entity));
        // What befell the one who began the read need not befall this call.
        const again = isJoined ? unread.filter((id) => isOwnFailure(records.get(id))) : [];
        for (const id of unread) if (!again.includes(id)) this.#observe('record', shared.has(id) ? 'replica' : 'crm');
        unread = again;
      }
    } catch (error) {
      noteFailure(call, error);
      // What is known already is not lost with the rest.
      if (!(error instanceof SourceError) || unread.length === asked.size) throw error;
      for (const id of unread) found.set(id, error);
    }
    return found;
  }

  /** Reads what is not cached, or joins the same read under way. */
  async #readByIds<E extends Entity>(entity: E, ids: readonly string[], details: ReadonlySet<Detail>, call: Call) {
    let isJoined = true;
    const key = `${recordPrefix(entity, details)}${JSON.stringify(ids)}`;
    const read = (await this.#shared.get(key, call, (shared) => {
      isJoined = false;
      return this.#readRecords(entity, ids, details, shared);
    })) as RecordsRead<RecordOf<E>>;
    return { ...read, isJoined };
  }

  async #readRecords<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<RecordsRead<RecordOf<E>>> {
    const prefix = recordPrefix(entity, details);
    const idOf = (key: string) => key.slice(prefix.length);
    const records = new Map<string, RecordOf<E> | SourceError>();
    const { answers, readAt, shared } = await this.#kept.read(
      ids.map((id) => `${prefix}${id}`),
      this.#ttlOf(entity),
      call,
      async (missing) => {
        const read = await this.#source.findByIds(entity, missing.map(idOf), details, call);
        const toKeep = new Map<string, FoundById<RecordOf<E>>>();
        // With what was read along, and those asked for that the CRM does not know.
        for (const id of new Set([...missing.map(idOf), ...read.keys()])) {
          const record = read.get(id) ?? null;
          if (record instanceof SourceError) records.set(id, record);
          else toKeep.set(`${prefix}${id}`, { record });
        }
        return toKeep;
      },
    );
    for (const [key, answer] of answers) {
      const { record } = answer as FoundById<RecordOf<E>>;
      if (record !== null) records.set(idOf(key), record);
    }
    return { records, readAt, shared: new Set([...shared].map(idOf)) };
  }

  listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]> {
    return this.#read(`references ${kind}`, this.#options.referenceTtlMs, call, (shared) => this.#source.listReferences(kind, shared));
  }

  async deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    await this.#kept.raise();
    try {
      const deletions = await this.#source.deleteContacts(targets, write);
      for (const { entity, idInSource } of targets) {
        const outcome = deletions.get(idInSource)?.outcome;
        if (outcome === 'DELETED' || outcome === 'ALREADY_ABSENT') this.#options.index?.forget(entity, idInSource);
      }
      return deletions;
    } finally {
      await this.#kept.raise();
    }
  }

  previewDeletion(target: DeletionTarget): Deletion {
    return this.#source.previewDeletion(target);
  }

  isContactId(entity: ContactEntity, idInSource: string): boolean {
    return this.#source.isContactId(entity, idInSource);
  }

  contactUrl(entity: ContactEntity, idInSource: string): string | null {
    return this.#source.contactUrl(entity, idInSource);
  }

  readsManyAtOnce(entity: Entity): boolean {
    return this.#source.readsManyAtOnce?.(entity) ?? false;
  }

  health() {
    return this.#source.health();
  }

  /** Users change as seldom as any other reference data. */
  #ttlOf(entity: Entity): number {
    return entity === 'user' ? this.#options.referenceTtlMs : this.#options.ttlMs;
  }

  async #read<T extends object>(key: string, ttlMs: number, call: Call, read: (call: Call) => Promise<T>): Promise<T> {
    const kind = isBlockKey(key) ? 'list' : 'reference';
    const cached = this.#recall(key, ttlMs, call);
    if (cached !== undefined) {
      this.#observe(kind, 'cache');
      return cached as T;
    }
    try {
      const { answer, readAt, origin } = (await this.#shared.get(key, call, async (shared): Promise<FreshRead<object | undefined>> => {
        const {
          answers,
          readAt,
          shared: ofOthers,
        } = await this.#kept.read([key], ttlMs, shared, async () => new Map([[key, await read(shared)]]));
        return { answer: answers.get(key), readAt, origin: ofOthers.has(key) ? 'replica' : 'crm' };
      })) as FreshRead<T>;
      call.trace?.noteRead(readAt + ttlMs);
      this.#observe(kind, origin);
      return answer;
    } catch (error) {
      this.#observe(kind, 'crm');
      noteFailure(call, error);
      throw error;
    }
  }

  #recall(key: string, ttlMs: number, call: Call): object | undefined {
    const kept = this.#kept.recall(key, ttlMs, call);
    if (kept !== undefined) call.trace?.noteRead(kept.freshUntil);
    return kept?.answer;
  }

  /** The rows just before a block are read along with it: when they are not those that the block before ended with, the list has moved. */
  #forgetIfMoved(plan: RunnablePlan, index: number, block: Block): void {
    if (index === 0 || block.overlap.length === 0) return;
    const key = blockKey(plan, index);
    const before = this.#kept.peek(blockKey(plan, index - 1));
    const readAt = this.#kept.peek(key)?.readAt ?? block.asOf.getTime();
    if (before === undefined || before.readAt >= readAt) return;
    const lastIds = (before.answer as Block).rows.slice(-block.overlap.length).map((row) => row?.idInSource ?? null);
    const agrees = block.overlap.every((id, place) => lastIds[place] === null || lastIds[place] === id);
    if (!agrees) this.#kept.forgetList(listPrefix(plan), key);
  }

  #observe(kind: CachedKind, origin: ReadOrigin): void {
    this.#options.observeRead?.(this.#source.name, kind, origin);
  }
}

function noteFailure({ trace }: Call, error: unknown): void {
  trace?.noteFailure(error instanceof SourceError ? error.code : 'BAD_RESPONSE');
}
