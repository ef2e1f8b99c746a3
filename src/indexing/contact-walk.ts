import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { WalkPage } from '../datasources/port/identity/contact-directory.ts';
import type { HashedContact } from '../datasources/port/identity/contact-index.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import type { BackgroundCalls } from './background-calls.ts';
import { ContactTable } from './contact-table.ts';
import type { IndexClock } from './index-settings.ts';
import type { IndexChange } from './index-share.ts';

/** How long rows are hashed in one turn of the event loop, in milliseconds; then the clock of the index says how long others go first. */
const TURN_MS = 2;
/** A total that the CRM counts may be off by so much, beside what changed meanwhile. */
const TOTAL_TOLERANCE = 0.01;
const TOTAL_TOLERANCE_MIN = 3;
/** No CRM holds more contacts than fit on so many pages; a walk that goes on is no honest one. */
const PAGES_MAX = 20_000;
/** Pages of one walk that may fail for a passing reason. */
const WALK_ERRORS_MAX = 3;

/** What one whole reading gave. */
export interface Reading {
  readonly table: ContactTable;
  readonly asOf: number;
  readonly mayHaveGaps: boolean;
}

/** What a source is read with. */
export interface ContactWalkOptions {
  readonly source: ContactSource;
  readonly clock: IndexClock;
  readonly calls: BackgroundCalls;
  readonly hash: (record: ContactRecord) => HashedContact;
}

/** Reads all contacts of a source, and what has changed since. */
export class ContactWalk {
  readonly #options: ContactWalkOptions;
  /** Contacts of the reading under way, or of the last one. */
  rowsRead = 0;
  /** As the CRM counts them. */
  rowsTotal: number | null = null;
  /** Of the last whole reading; 0 before the first. */
  pages = 0;

  constructor(options: ContactWalkOptions) {
    this.#options = options;
  }

  /** Reads all. @throws SourceError BAD_RESPONSE when nothing proves that it was all; or what a call fails with. */
  async readAll(): Promise<Reading> {
    const { calls, clock, source } = this.#options;
    const { directory } = source;
    if (directory === undefined) throw new TypeError('a source without a directory has no index');
    this.rowsRead = 0;
    calls.throwIfScarce(this.pages);
    const asOf = clock.now();
    const table = new ContactTable(source.name);
    let position: string | null = null;
    let pages = 0;
    let errors = 0;
    do {
      const at: string | null = position;
      try {
        const page: WalkPage = await calls.run((call) => directory.walk(at, call));
        pages += 1;
        this.rowsTotal = page.total;
        await this.#hashAll(page.rows, (contact) => table.put(contact));
        this.rowsRead = table.size;
        position = page.next;
      } catch (error) {
        errors += 1;
        // One page that fails for a passing reason is no reason to begin anew.
        if (!(error instanceof SourceError && error.isRetryable && errors < WALK_ERRORS_MAX)) throw error;
      }
    } while (position !== null && pages < PAGES_MAX);
    this.pages = pages;
    if (position !== null) throw this.#unproven('never came to an end');
    const changes = await this.readChanges(asOf, pages > 1);
    if (changes !== null) applyChange(table, changes);
    this.#throwIfShort(table.size);
    return { table, asOf, mayHaveGaps: changes?.hasGaps ?? false };
  }

  /**
   * Reads what has changed since a moment.
   *
   * @returns null where the CRM does not say. `hasGaps`: rows may have been missed, as where pages move up because rows are deleted while they are read.
   */
  async readChanges(since: number, hasPages: boolean): Promise<(IndexChange & { readonly hasGaps: boolean }) | null> {
    const { calls, source } = this.#options;
    const { directory, capabilities } = source;
    if (directory?.changesSince === undefined) return null;
    const changes = await calls.run((call) => directory.changesSince?.(new Date(since), call) ?? Promise.reject(new TypeError()));
    const changed: HashedContact[] = [];
    await this.#hashAll(changes.changed, (contact) => changed.push(contact));
    const listsDeletions = capabilities.changeDetection === 'CHANGES_AND_DELETIONS';
    const hasGaps = !changes.isWhole || (hasPages && listsDeletions && changes.deleted.length > 0);
    return { changed, deleted: changes.deleted, hasGaps };
  }

  #throwIfShort(rows: number): void {
    const total = this.rowsTotal;
    if (total !== null && rows < total - Math.max(TOTAL_TOLERANCE_MIN, total * TOTAL_TOLERANCE)) {
      throw this.#unproven('gave fewer contacts than it counts');
    }
  }

  async #hashAll(rows: Iterable<ContactRecord>, take: (contact: HashedContact) => void): Promise<void> {
    let turnBegan = -Infinity;
    for (const row of rows) {
      if (performance.now() - turnBegan > TURN_MS) {
        await this.#options.clock.giveWay();
        turnBegan = performance.now();
      }
      take(this.#options.hash(row));
    }
  }

  #unproven(what: string): SourceError {
    const { name } = this.#options.source;
    return new SourceError(name, 'BAD_RESPONSE', `${name} ${what}: its contact index is not made of that.`);
  }
}

/** Brings a table up to date. */
export function applyChange(table: ContactTable, { changed, deleted }: Pick<IndexChange, 'changed' | 'deleted'>): void {
  for (const contact of changed) table.put(contact);
  for (const { entity, idInSource } of deleted) table.remove(entity, idInSource);
}
