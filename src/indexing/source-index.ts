import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { WalkPage } from '../datasources/port/identity/contact-directory.ts';
import type { ContactIndex, ContactIndexState, ContactIndexStatus, HashedContact } from '../datasources/port/identity/contact-index.ts';
import type { OrderedContact } from '../datasources/port/identity/contact-order.ts';
import type { Log } from '../datasources/port/log.ts';
import type { ContactEntity, ContactRecord } from '../datasources/port/records/contact.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { BackgroundCalls } from './background-calls.ts';
import { ContactTable } from './contact-table.ts';
import type { IndexClock, IndexSettings } from './index-settings.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Between two questions for what has changed, and how long an answer vouches for what is there. */
const CHANGES_EVERY_MS = 60_000;
const CURRENT_MS = 2 * CHANGES_EVERY_MS;
/** How long rows are hashed in one turn of the event loop, in milliseconds; then the clock of the index says how long others go first. */
const TURN_MS = 1;
/** A next reading begins before the one before is too old. */
const RENEW_SHARE = 0.9;
const RETRY_MS = 5 * 60_000;
const RETRY_MS_MAX = 60 * 60_000;
/** A total that the CRM counts may be off by so much, beside what changed meanwhile. */
const TOTAL_TOLERANCE = 0.01;
const TOTAL_TOLERANCE_MIN = 3;
/** No CRM holds more contacts than fit on so many pages; a walk that goes on is no honest one. */
const PAGES_MAX = 20_000;
/** Pages of one walk that may fail for a passing reason. */
const WALK_ERRORS_MAX = 3;

/** What one whole reading gave. */
interface Reading {
  readonly table: ContactTable;
  readonly asOf: number;
  readonly mayHaveGaps: boolean;
}

/** What an index is made with. */
export interface SourceIndexOptions {
  readonly source: ContactSource;
  readonly settings: IndexSettings;
  readonly clock: IndexClock;
  readonly log: Log;
  readonly hash: (record: ContactRecord) => HashedContact;
}

/**
 * The index of one source's contacts: builds it in the background, keeps it up to date as far as the CRM says what has changed, and builds it anew
 * before it is too old. A reading that fails leaves the one before in use.
 */
export class SourceIndex implements ContactIndex {
  readonly #options: SourceIndexOptions;
  readonly #stop = new AbortController();
  readonly #calls: BackgroundCalls;
  #table: ContactTable;
  #asOf: number | null = null;
  #mayHaveGaps = false;
  #currentUntil = -Infinity;
  #isBuilding = false;
  #rowsRead = 0;
  #rowsTotal: number | null = null;
  #nextAt: number | null = null;
  #error: SourceError | null = null;
  #failures = 0;
  #pagesOfWalk = 0;
  /** Contacts that were deleted here while a reading is under way, so that it does not bring them back. */
  readonly #forgotten = new Map<string, { readonly entity: ContactEntity; readonly idInSource: string }>();

  constructor(options: SourceIndexOptions) {
    const { source, settings, clock } = options;
    this.#options = options;
    this.#table = new ContactTable(source.name);
    this.#calls = new BackgroundCalls(source, settings, clock, this.#stop.signal);
  }

  get state(): ContactIndexState {
    return {
      status: this.#status,
      rowsRead: this.#isBuilding || this.#asOf === null ? this.#rowsRead : this.#table.size,
      rowsTotal: this.#rowsTotal,
      asOf: this.#asOf === null ? null : new Date(this.#asOf),
      nextAt: this.#nextAt === null ? null : new Date(this.#nextAt),
      callsPerDay: this.#pagesOfWalk === 0 ? null : this.#callsPerDay(),
      error: this.#error,
    };
  }

  get isUsable(): boolean {
    return this.#asOf !== null;
  }

  get isCurrent(): boolean {
    return this.#status === 'READY' && this.#options.clock.now() <= this.#currentUntil;
  }

  get size(): number {
    return this.#table.size;
  }

  find(hash: bigint, limit: number): readonly HashedContact[] {
    return this.#table.find(hash, limit);
  }

  findByName(name: readonly number[], limit: number): readonly HashedContact[] {
    return name.length === 0 ? [] : this.#table.findByName(name, limit);
  }

  get(entity: ContactEntity, idInSource: string): HashedContact | null {
    return this.#table.get(entity, idInSource);
  }

  entriesAfter(anchor: OrderedContact | null): Iterable<HashedContact> {
    return this.#table.entriesAfter(anchor);
  }

  forget(entity: ContactEntity, idInSource: string): void {
    this.#table.remove(entity, idInSource);
    if (this.#isBuilding) this.#forgotten.set(`${entity} ${idInSource}`, { entity, idInSource });
  }

  /** Keeps the index until `stop`. Never rejects. */
  async run(): Promise<void> {
    const { clock, log, source } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#buildIfDue();
        await clock.sleep(this.#untilNext(), this.#stop.signal);
        await this.#readChanges();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        log.error({ source: source.name, error }, 'the contact index stopped unexpectedly and goes on');
        await clock.sleep(RETRY_MS, this.#stop.signal).catch(() => undefined);
      }
    }
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stop.abort();
  }

  get #status(): ContactIndexStatus {
    if (this.#asOf === null) return this.#error === null ? 'BUILDING' : 'FAILED';
    const isOld = this.#options.clock.now() - this.#asOf > this.#options.settings.maxAgeMs;
    return isOld || this.#mayHaveGaps ? 'STALE' : 'READY';
  }

  #untilNext(): number {
    const untilBuild = Math.max(0, (this.#nextAt ?? 0) - this.#options.clock.now());
    return this.#listsChanges() && this.#asOf !== null ? Math.min(CHANGES_EVERY_MS, untilBuild) : untilBuild;
  }

  #listsChanges(): boolean {
    return this.#options.source.directory?.changesSince !== undefined;
  }

  async #buildIfDue(): Promise<void> {
    const { clock, settings, log, source } = this.#options;
    if (this.#nextAt !== null && clock.now() < this.#nextAt) return;
    this.#isBuilding = true;
    this.#rowsRead = 0;
    this.#forgotten.clear();
    try {
      const { table, asOf, mayHaveGaps } = await this.#readAll();
      for (const { entity, idInSource } of this.#forgotten.values()) table.remove(entity, idInSource);
      this.#table = table;
      this.#asOf = asOf;
      this.#mayHaveGaps = mayHaveGaps;
      this.#currentUntil = asOf + CURRENT_MS;
      this.#error = null;
      this.#failures = 0;
      this.#nextAt = asOf + settings.maxAgeMs * RENEW_SHARE;
      log.info({ source: source.name, contacts: table.size, calls: this.#pagesOfWalk }, 'the contact index is ready');
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#stop.signal.throwIfAborted();
      this.#error = error;
      this.#failures += 1;
      const retryMs = Math.min(RETRY_MS * 2 ** (this.#failures - 1), RETRY_MS_MAX);
      this.#nextAt = clock.now() + Math.max(retryMs, error.retryAfterMs ?? 0);
      const meanwhile = this.#asOf === null ? 'matches are searched for in the CRM' : 'the one before stays in use';
      log.warn({ source: source.name, code: error.code }, `the contact index could not be built; ${meanwhile}`);
    } finally {
      this.#isBuilding = false;
    }
  }

  async #readAll(): Promise<Reading> {
    const { clock, source, hash } = this.#options;
    const { directory } = source;
    if (directory === undefined) throw new TypeError('a source without a directory has no index');
    this.#calls.throwIfScarce(this.#pagesOfWalk);
    const asOf = clock.now();
    const table = new ContactTable(source.name);
    let position: string | null = null;
    let pages = 0;
    let errors = 0;
    do {
      const at: string | null = position;
      try {
        const page: WalkPage = await this.#calls.run((call) => directory.walk(at, call));
        pages += 1;
        this.#rowsTotal = page.total;
        await this.#putAll(page.rows, table, hash);
        this.#rowsRead = table.size;
        position = page.next;
      } catch (error) {
        errors += 1;
        // One page that fails for a passing reason is no reason to begin anew.
        if (!(error instanceof SourceError && error.isRetryable && errors < WALK_ERRORS_MAX)) throw error;
      }
    } while (position !== null && pages < PAGES_MAX);
    this.#pagesOfWalk = pages;
    if (position !== null) throw this.#unproven('never came to an end');
    const gaps = await this.#patch(table, asOf, pages > 1);
    this.#throwIfShort(table.size);
    return { table, asOf, mayHaveGaps: gaps };
  }

  /** @returns Whether rows may have been missed: pages move up where rows are deleted while they are read. */
  async #patch(table: ContactTable, since: number, hasPages: boolean): Promise<boolean> {
    const { directory, capabilities } = this.#options.source;
    if (directory?.changesSince === undefined) return false;
    const changes = await this.#calls.run((call) => directory.changesSince?.(new Date(since), call) ?? Promise.reject(new TypeError()));
    await this.#putAll(changes.changed, table, this.#options.hash);
    for (const { entity, idInSource } of changes.deleted) table.remove(entity, idInSource);
    const listsDeletions = capabilities.changeDetection === 'CHANGES_AND_DELETIONS';
    return !changes.isWhole || (hasPages && listsDeletions && changes.deleted.length > 0);
  }

  #throwIfShort(rows: number): void {
    const total = this.#rowsTotal;
    if (total !== null && rows < total - Math.max(TOTAL_TOLERANCE_MIN, total * TOTAL_TOLERANCE)) {
      throw this.#unproven('gave fewer contacts than it counts');
    }
  }

  async #readChanges(): Promise<void> {
    const { clock, source, log } = this.#options;
    const isDue = this.#nextAt !== null && clock.now() >= this.#nextAt;
    if (this.#asOf === null || isDue || !this.#listsChanges()) return;
    const begun = clock.now();
    try {
      // From the last answer that is sure; what was read twice does no harm.
      const since = Math.max(this.#asOf, this.#currentUntil - CURRENT_MS);
      const hasGaps = await this.#patch(this.#table, since, false);
      this.#mayHaveGaps ||= hasGaps;
      if (!hasGaps && source.capabilities.changeDetection === 'CHANGES_AND_DELETIONS') this.#currentUntil = begun + CURRENT_MS;
      if (this.#table.gone > this.#table.size) this.#nextAt = clock.now();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#stop.signal.throwIfAborted();
      log.warn({ source: source.name, code: error.code }, 'the contact index could not learn what has changed');
    }
  }

  async #putAll(rows: Iterable<ContactRecord>, table: ContactTable, hash: SourceIndexOptions['hash']): Promise<void> {
    let turnBegan = -Infinity;
    for (const row of rows) {
      if (performance.now() - turnBegan > TURN_MS) {
        await this.#options.clock.giveWay();
        turnBegan = performance.now();
      }
      table.put(hash(row));
    }
  }

  #callsPerDay(): number {
    const { settings } = this.#options;
    const builds = Math.ceil((DAY_MS / (settings.maxAgeMs * RENEW_SHARE)) * this.#pagesOfWalk);
    const callsOfChanges = this.#options.source.capabilities.changeDetection === 'CHANGES_AND_DELETIONS' ? 2 : 1;
    return builds + (this.#listsChanges() ? (DAY_MS / CHANGES_EVERY_MS) * callsOfChanges : 0);
  }

  #unproven(what: string): SourceError {
    const { name } = this.#options.source;
    return new SourceError(name, 'BAD_RESPONSE', `${name} ${what}: its contact index is not made of that.`);
  }
}
