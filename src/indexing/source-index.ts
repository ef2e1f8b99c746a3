import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { ContactIndex, ContactIndexState, ContactIndexStatus, HashedContact } from '../datasources/port/identity/contact-index.ts';
import type { OrderedContact } from '../datasources/port/identity/contact-order.ts';
import type { Log } from '../datasources/port/log.ts';
import type { ContactEntity, ContactRecord } from '../datasources/port/records/contact.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { BackgroundCalls } from './background-calls.ts';
import { ContactTable } from './contact-table.ts';
import { applyChange, ContactWalk } from './contact-walk.ts';
import type { IndexClock, IndexSettings } from './index-settings.ts';
import { NOBODY, type IndexChange, type IndexRole, type IndexShare, type ReadingPlan, type SharedReading } from './index-share.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Between two questions for what has changed, and how long an answer vouches for what is there. */
const CHANGES_EVERY_MS = 60_000;
const CURRENT_MS = 2 * CHANGES_EVERY_MS;
/** A next reading begins before the one before is too old. */
const RENEW_SHARE = 0.9;
const RETRY_MS = 5 * 60_000;
const RETRY_MS_MAX = 60 * 60_000;
/** What an index is made with. */
export interface SourceIndexOptions {
  readonly source: ContactSource;
  readonly settings: IndexSettings;
  readonly clock: IndexClock;
  readonly log: Log;
  readonly hash: (record: ContactRecord) => HashedContact;
  /** What replicas share; left out where there is one process. */
  readonly share?: IndexShare | undefined;
}

/**
 * The index of one source's contacts: builds it in the background, keeps it up to date as far as the CRM says what has changed, and builds it anew
 * before it is too old. A reading that fails leaves the one before in use. Of several replicas one reads for all, and the others take what it has read.
 */
export class SourceIndex implements ContactIndex {
  readonly #options: SourceIndexOptions;
  readonly #stop = new AbortController();
  readonly #share: IndexShare;
  readonly #calls: BackgroundCalls;
  readonly #walk: ContactWalk;
  #table: ContactTable;
  #role: IndexRole = 'ALONE';
  #aloneSince: number | null = null;
  #asOf: number | null = null;
  #mayHaveGaps = false;
  #currentUntil = -Infinity;
  #isBuilding = false;
  #nextAt: number | null = null;
  #changesAt = -Infinity;
  #error: SourceError | null = null;
  #failures = 0;
  /** Contacts that were deleted while a reading is under way, so that it does not bring them back. */
  readonly #forgotten = new Map<string, { readonly entity: ContactEntity; readonly idInSource: string }>();

  constructor(options: SourceIndexOptions) {
    const { source, settings, clock, hash, share = NOBODY } = options;
    this.#options = options;
    this.#share = share;
    this.#table = new ContactTable(source.name);
    const shareOfQuota = () => settings.quotaShare / (this.#role === 'ALONE' ? share.replicas : 1);
    this.#calls = new BackgroundCalls(source, { ...settings, quotaShare: shareOfQuota }, clock, this.#stop.signal);
    this.#walk = new ContactWalk({ source, clock, calls: this.#calls, hash });
  }

  get state(): ContactIndexState {
    return {
      status: this.#status,
      rowsRead: this.#isBuilding || this.#asOf === null ? this.#walk.rowsRead : this.#table.size,
      rowsTotal: this.#walk.rowsTotal,
      asOf: this.#asOf === null ? null : new Date(this.#asOf),
      nextAt: this.#nextAt === null ? null : new Date(this.#nextAt),
      callsPerDay: this.#walk.pages === 0 ? null : this.#callsPerDay(),
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
    this.#remove(entity, idInSource);
    void this.#share.report({ changed: [], deleted: [{ entity, idInSource }] });
  }

  /** Keeps the index until `stop`. Never rejects. */
  async run(): Promise<void> {
    const { clock, log, source } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#hear();
        if (this.#isReader) await this.#buildIfDue();
        await clock.sleep(this.#untilNext(), this.#stop.signal);
        if (this.#isReader) await this.#readChanges();
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        log.error({ source: source.name, error }, 'the contact index stopped unexpectedly and goes on');
        await clock.sleep(RETRY_MS, this.#stop.signal).catch(() => undefined);
      }
    }
    await this.#share.leave();
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

  /** Whether this process reads the CRM. Where the others cannot be reached they may be in a moment, so that it does not begin at once. */
  get #isReader(): boolean {
    if (this.#role !== 'ALONE') return this.#role === 'LEADS';
    return this.#options.clock.now() - (this.#aloneSince ?? Infinity) >= this.#share.aloneAfterMs;
  }

  #untilNext(): number {
    const now = this.#options.clock.now();
    const untilBuild = Math.max(0, (this.#nextAt ?? 0) - now);
    const untilChanges = this.#listsChanges() && this.#asOf !== null ? Math.max(0, this.#changesAt + CHANGES_EVERY_MS - now) : Infinity;
    const own = this.#isReader ? Math.min(untilBuild, untilChanges) : Infinity;
    return Math.min(own, this.#share.lookEveryMs);
  }

  #listsChanges(): boolean {
    return this.#options.source.directory?.changesSince !== undefined;
  }

  #remove(entity: ContactEntity, idInSource: string): void {
    this.#table.remove(entity, idInSource);
    if (this.#isBuilding) this.#forgotten.set(`${entity} ${idInSource}`, { entity, idInSource });
  }

  /** Takes in what the other replicas have read and deleted. */
  async #hear(): Promise<void> {
    const { role, reading, changes, plan } = await this.#share.look();
    this.#role = role;
    this.#aloneSince = role === 'ALONE' ? (this.#aloneSince ?? this.#options.clock.now()) : null;
    if (reading !== null && reading.asOf > (this.#asOf ?? -Infinity)) await this.#adopt(reading);
    for (const change of changes) this.#apply(change);
    const areBehind = this.#asOf !== null && (reading === null || reading.asOf < this.#asOf);
    if (plan !== null && !areBehind) this.#adoptPlan(plan);
    if (role === 'LEADS' && areBehind && !this.#isBuilding) await this.#publish();
  }

  async #adopt(reading: SharedReading): Promise<void> {
    const { clock, source, settings } = this.#options;
    const table = new ContactTable(source.name);
    for await (const contacts of reading.load()) {
      if (contacts === null) return;
      for (const contact of contacts) table.put(contact);
      await clock.giveWay();
    }
    this.#table = table;
    this.#asOf = reading.asOf;
    this.#mayHaveGaps = reading.mayHaveGaps;
    this.#currentUntil = reading.currentUntil;
    this.#walk.pages = reading.pages;
    this.#walk.rowsTotal = reading.rowsTotal;
    this.#error = null;
    this.#failures = 0;
    this.#nextAt = reading.asOf + settings.maxAgeMs * RENEW_SHARE;
  }

  #apply({ changed, deleted, facts }: IndexChange): void {
    applyChange(this.#table, { changed, deleted: [] });
    for (const { entity, idInSource } of deleted) this.#remove(entity, idInSource);
    if (facts === undefined) return;
    this.#mayHaveGaps ||= facts.mayHaveGaps;
    this.#currentUntil = Math.max(this.#currentUntil, facts.currentUntil);
  }

  #adoptPlan({ nextAt, failures, error, usage }: ReadingPlan): void {
    this.#nextAt = nextAt;
    this.#failures = failures;
    this.#error = error;
    if (usage !== null) this.#calls.adopt(usage);
  }

  async #publish(): Promise<void> {
    if (this.#asOf === null) return;
    const facts = { asOf: this.#asOf, mayHaveGaps: this.#mayHaveGaps, currentUntil: this.#currentUntil };
    const { pages, rowsTotal } = this.#walk;
    await this.#share.publish({ ...facts, pages, rowsTotal }, this.#table.entriesAfter(null));
    await this.#sharePlan();
  }

  #sharePlan(): Promise<void> {
    return this.#share.plan({ nextAt: this.#nextAt, failures: this.#failures, error: this.#error, usage: this.#calls.usage });
  }

  async #buildIfDue(): Promise<void> {
    const { clock, settings, log, source } = this.#options;
    if (this.#nextAt !== null && clock.now() < this.#nextAt) return;
    this.#isBuilding = true;
    this.#forgotten.clear();
    this.#share.noteBeginning();
    try {
      const { table, asOf, mayHaveGaps } = await this.#walk.readAll();
      // What the others have deleted meanwhile.
      await this.#hear();
      for (const { entity, idInSource } of this.#forgotten.values()) table.remove(entity, idInSource);
      this.#table = table;
      this.#asOf = asOf;
      this.#mayHaveGaps = mayHaveGaps;
      this.#currentUntil = asOf + CURRENT_MS;
      this.#changesAt = clock.now();
      this.#error = null;
      this.#failures = 0;
      this.#nextAt = asOf + settings.maxAgeMs * RENEW_SHARE;
      log.info({ source: source.name, contacts: table.size, calls: this.#walk.pages }, 'the contact index is ready');
      await this.#publish();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#stop.signal.throwIfAborted();
      this.#error = error;
      this.#failures += 1;
      const retryMs = Math.min(RETRY_MS * 2 ** (this.#failures - 1), RETRY_MS_MAX);
      this.#nextAt = clock.now() + Math.max(retryMs, error.retryAfterMs ?? 0);
      const meanwhile = this.#asOf === null ? 'matches are searched for in the CRM' : 'the one before stays in use';
      log.warn({ source: source.name, code: error.code }, `the contact index could not be built; ${meanwhile}`);
      await this.#sharePlan();
    } finally {
      this.#isBuilding = false;
    }
  }

  async #readChanges(): Promise<void> {
    const { clock, source, log } = this.#options;
    const now = clock.now();
    const isDue = this.#nextAt !== null && now >= this.#nextAt;
    if (this.#asOf === null || isDue || !this.#listsChanges() || now < this.#changesAt + CHANGES_EVERY_MS) return;
    this.#changesAt = now;
    try {
      // From the last answer that is sure; what was read twice does no harm.
      const changes = await this.#walk.readChanges(Math.max(this.#asOf, this.#currentUntil - CURRENT_MS), false);
      if (changes === null) return;
      const { changed, deleted, hasGaps } = changes;
      const isSure = !hasGaps && source.capabilities.changeDetection === 'CHANGES_AND_DELETIONS';
      const facts = { mayHaveGaps: hasGaps, currentUntil: isSure ? now + CURRENT_MS : this.#currentUntil };
      this.#apply({ changed, deleted, facts });
      await this.#share.report({ changed, deleted, facts });
      if (this.#table.gone > this.#table.size) this.#nextAt = clock.now();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#stop.signal.throwIfAborted();
      log.warn({ source: source.name, code: error.code }, 'the contact index could not learn what has changed');
    }
    await this.#sharePlan();
  }

  #callsPerDay(): number {
    const { settings } = this.#options;
    const builds = Math.ceil((DAY_MS / (settings.maxAgeMs * RENEW_SHARE)) * this.#walk.pages);
    const callsOfChanges = this.#options.source.capabilities.changeDetection === 'CHANGES_AND_DELETIONS' ? 2 : 1;
    return builds + (this.#listsChanges() ? (DAY_MS / CHANGES_EVERY_MS) * callsOfChanges : 0);
  }
}
