import type { Call } from '../call.ts';
import type { ContactEntity, ContactRecord } from '../records/contact.ts';
import type { SourceError } from '../source-error.ts';
import type { ContactKey } from './contact-key.ts';

/**
 * What a source says of itself when asked what has changed.
 *
 * - `CHANGES_AND_DELETIONS`: it lists what was changed, and what was deleted.
 * - `CREATIONS`: it lists what is new; everything else is found by reading all of it.
 * - `NONE`: it says nothing.
 */
export const CHANGE_DETECTIONS = ['CHANGES_AND_DELETIONS', 'CREATIONS', 'NONE'] as const;
export type ChangeDetection = (typeof CHANGE_DETECTIONS)[number];

/** One page of a reading of all contacts. */
export interface WalkPage {
  /** Each contact once as a rule; a repeat is no fault. Large pages had better be mapped one row after the other, as they are taken. */
  readonly rows: Iterable<ContactRecord>;
  /** Rows that did not fit the contract. */
  readonly droppedRows: number;
  /** As the CRM counts all of them; null when it does not say. */
  readonly total: number | null;
  /** Where the next page begins; null: this one is proven to be the last. */
  readonly next: string | null;
}

/** What happened in a source. */
export interface ContactChanges {
  /** As they are now. */
  readonly changed: readonly ContactRecord[];
  readonly deleted: readonly { readonly entity: ContactEntity; readonly idInSource: string }[];
  /** False when there was more than could be read: then only a whole reading says what is there. */
  readonly isWhole: boolean;
}

/**
 * The ways to read a source that a contact index and identities need. A source may leave all of it out: its contacts are then found by the filters
 * of its lists.
 */
export interface ContactDirectory {
  /** Between two calls of a walk, in milliseconds, whatever the limits of the CRM allow. */
  readonly walkPaceMs: number;

  /**
   * Reads one of the largest pages of all contacts, in an order that does not move. Cost: 1 call as a rule.
   *
   * @param position The `next` of the page before; null for the first.
   */
  walk(position: string | null, call: Call): Promise<WalkPage>;

  /** Reads what has happened since a moment, as far as `changeDetection` goes. Left out where it is NONE. */
  changesSince?(since: Date, call: Call): Promise<ContactChanges>;

  /**
   * Finds the contacts that have any of some keys; others may come along. At most `keysPerCall` keys.
   * Left out where the filter of the lists does the same. Cost: 1 call as a rule.
   *
   * @returns By `keyText`; a SourceError for a key that could not be looked for.
   */
  findByKeys?(keys: readonly ContactKey[], call: Call): Promise<ReadonlyMap<string, readonly ContactRecord[] | SourceError>>;

  /**
   * Reads contacts by id as `findByIds` does, in fewer calls. Left out where `findByIds` needs few calls itself.
   *
   * @param singlesMax Where the CRM does not read several at once: how many are read one by one. The others are COST_EXCEEDED.
   */
  findTogether?(ids: readonly string[], singlesMax: number, call: Call): Promise<ReadonlyMap<string, ContactRecord | SourceError>>;
}
