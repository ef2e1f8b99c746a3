import { LRUCache } from 'lru-cache';
import type {
  Block,
  Call,
  ContactSource,
  DeletionTarget,
  Deletion,
  Detail,
  ListPlan,
  ListQuery,
  RunnablePlan,
  WriteCall,
} from './contact-source.ts';
import type { ContactEntity, Entity, RecordOf, ReferenceByKind, ReferenceKind } from './records.ts';
import { createRemembered, type Remembered } from './remembered.ts';
import { SourceError } from './source-error.ts';

/** A list asked for with `no-cache` is read afresh at most this often. */
const FRESH_READ_INTERVAL_MS = 5_000;
/** TTLs stretch to at most this many times their length when a day quota runs ahead of its pace. */
const STRETCH_MAX = 20;
const DAY_MS = 24 * 60 * 60_000;
/** Rough size of one record in memory. */
const RECORD_BYTES = 2_500;

/** Remembered answers of all sources, bounded by bytes. */
export type AnswerStore = LRUCache<string, StoredAnswer>;
export interface StoredAnswer {
  readonly answer: object;
  /** Unix milliseconds. */
  readonly readAt: number;
  readonly generation: number;
}

export function createAnswerStore(bytesMax: number): AnswerStore {
  return new LRUCache<string, StoredAnswer>({ maxSize: bytesMax, sizeCalculation: ({ answer }) => sizeOf(answer) });
}

function sizeOf(answer: object): number {
  const records = Array.isArray(answer) ? answer.length : 'rows' in answer && Array.isArray(answer.rows) ? answer.rows.length : 1;
  return (records + 1) * RECORD_BYTES;
}

export interface MemoryOptions {
  readonly store: AnswerStore;
  /** Time to live of blocks and single records, in milliseconds; 0 is off (reads in flight are still shared). */
  readonly ttlMs: number;
  readonly referenceTtlMs: number;
}

/**
 * A source that remembers: identical reads in flight are one, and blocks, records and look-up lists are kept for a while. Nothing kept depends
 * on the caller. Deletions raise the source's generation before and after: reads in flight are then neither kept nor joined.
 */
export class RememberingSource implements ContactSource {
  readonly #source: ContactSource;
  readonly #options: MemoryOptions;
  /** Remembers nothing itself: it makes equal reads in flight one. */
  readonly #shared: Remembered<object>;
  #generation = 0;

  constructor(source: ContactSource, options: MemoryOptions) {
    this.#source = source;
    this.#options = options;
    this.#shared = createRemembered<object>({ source: source.name, ttlMs: 0, now: Date.now });
  }

  get name() {
    return this.#source.name;
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
    const detailKey = [...details].sort().join();
    const keyOf = (id: string) => `${entity} ${detailKey} ${id}`;
    const found = new Map<string, RecordOf<E> | SourceError>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const remembered = this.#recall(keyOf(id), this.#options.ttlMs, call);
      if (remembered === undefined) missing.push(id);
      else found.set(id, (remembered as { record: RecordOf<E> }).record);
    }
    if (missing.length === 0) return found;
    missing.sort();
    const generation = this.#generation;
    const read = (await this.#shared.get(`${entity} ${detailKey} ${JSON.stringify(missing)}`, call, (shared) =>
      this.#source.findByIds(entity, missing, details, shared),
    )) as ReadonlyMap<string, RecordOf<E> | SourceError>;
    for (const [id, record] of read) {
      found.set(id, record);
      if (!(record instanceof SourceError)) this.#keep(keyOf(id), { record }, generation, this.#options.ttlMs);
    }
    return found;
  }

  listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]> {
    return this.#read(`references ${kind}`, this.#options.referenceTtlMs, call, (shared) => this.#source.listReferences(kind, shared));
  }

  async deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>> {
    this.#raiseGeneration();
    try {
      return await this.#source.deleteContacts(targets, write);
    } finally {
      this.#raiseGeneration();
    }
  }

  previewDeletion(target: DeletionTarget): Deletion {
    return this.#source.previewDeletion(target);
  }

  contactUrl(entity: ContactEntity, idInSource: string): string | null {
    return this.#source.contactUrl(entity, idInSource);
  }

  health() {
    return this.#source.health();
  }

  async #read<T extends object>(key: string, ttlMs: number, call: Call, read: (call: Call) => Promise<T>): Promise<T> {
    const remembered = this.#recall(key, ttlMs, call);
    if (remembered !== undefined) return remembered as T;
    const generation = this.#generation;
    const answer = (await this.#shared.get(key, call, read)) as T;
    this.#keep(key, answer, generation, ttlMs);
    return answer;
  }

  #recall(key: string, ttlMs: number, call: Call): object | undefined {
    if (ttlMs === 0) return undefined;
    const remembered = this.#options.store.get(this.#storeKey(key));
    if (remembered === undefined || remembered.generation !== this.#generation) return undefined;
    const ageMs = Date.now() - remembered.readAt;
    if (ageMs >= ttlMs * this.#stretch()) return undefined;
    const mustBeFresh = call.freshAfter !== undefined && remembered.readAt < call.freshAfter && ageMs >= FRESH_READ_INTERVAL_MS;
    return mustBeFresh ? undefined : remembered.answer;
  }

  #keep(key: string, answer: object, generation: number, ttlMs: number): void {
    if (ttlMs === 0 || generation !== this.#generation) return;
    this.#options.store.set(this.#storeKey(key), { answer, readAt: Date.now(), generation });
  }

  /** The rows just before a block are read along with it: when they are not those that the block before ended with, the list has moved. */
  #forgetIfMoved(plan: RunnablePlan, index: number, block: Block): void {
    if (index === 0 || block.overlap.length === 0) return;
    const key = this.#storeKey(blockKey(plan, index - 1));
    const before = this.#options.store.peek(key)?.answer as Block | undefined;
    if (before === undefined || before.asOf >= block.asOf) return;
    const lastIds = before.rows.slice(-block.overlap.length).map((row) => row?.idInSource ?? null);
    const agrees = block.overlap.every((id, place) => lastIds[place] === null || lastIds[place] === id);
    if (agrees) return;
    const prefix = this.#storeKey(`block ${plan.key} `);
    for (const stored of this.#options.store.keys()) {
      if (stored.startsWith(prefix) && this.#options.store.peek(stored)?.answer !== block) this.#options.store.delete(stored);
    }
  }

  /** Above 1 when more of the day's quota is used up than of the day. */
  #stretch(): number {
    const day = this.#source.health().quotas.find((quota) => quota.window === 'DAY');
    if (!day?.limit || day.remaining === null || day.resetsAt === null) return 1;
    const timeLeft = Math.min(1, Math.max(0, (day.resetsAt.getTime() - Date.now()) / DAY_MS));
    const quotaLeft = Math.max(day.remaining / day.limit, timeLeft / STRETCH_MAX);
    return quotaLeft > 0 ? Math.min(STRETCH_MAX, Math.max(1, timeLeft / quotaLeft)) : 1;
  }

  #raiseGeneration(): void {
    this.#generation += 1;
    this.#shared.clear();
  }

  #storeKey(key: string): string {
    return `${this.#source.name} ${key}`;
  }
}

function blockKey(plan: RunnablePlan, index: number): string {
  return `block ${plan.key} ${index}`;
}
