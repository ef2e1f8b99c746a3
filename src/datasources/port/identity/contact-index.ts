import type { ContactEntity, ContactKind } from '../records/contact.ts';
import type { SourceError } from '../source-error.ts';
import type { OrderedContact } from './contact-order.ts';
import type { ContactKeyType } from './contact-key.ts';

/**
 * - `OFF`: not wanted, or the source cannot be read whole.
 * - `BUILDING`: the first reading is under way.
 * - `READY`: read to the proven end, and not too old.
 * - `STALE`: too old, or rows may have been missed; still used.
 * - `FAILED`: the first reading was given up.
 */
export const CONTACT_INDEX_STATUSES = ['OFF', 'BUILDING', 'READY', 'STALE', 'FAILED'] as const;
export type ContactIndexStatus = (typeof CONTACT_INDEX_STATUSES)[number];

/** How an index is doing. */
export interface ContactIndexState {
  readonly status: ContactIndexStatus;
  readonly rowsRead: number;
  readonly rowsTotal: number | null;
  /** When the last whole reading began; null before the first. */
  readonly asOf: Date | null;
  readonly nextAt: Date | null;
  readonly callsPerDay: number | null;
  readonly error: SourceError | null;
}

/** Why a phone or e-mail address is taken to be used by many. */
export const SHARED_REASONS = ['ROLE_MAILBOX', 'OF_COMPANY', 'MANY_NAMES', 'NUMBER_KIND', 'BY_SETTING'] as const;
export type SharedBecause = (typeof SHARED_REASONS)[number];

/** A key as matching knows it: its keyed hash, and what its value alone shows. */
export interface HashedKey {
  readonly hash: bigint;
  readonly type: ContactKeyType;
  /** As far as the key itself says; who else has it says the rest. */
  readonly sharedBecause: SharedBecause | null;
}

/** A contact as matching knows it, whether made of a record or kept in an index: nothing of it can be read back. */
export interface HashedContact {
  readonly source: string;
  readonly entity: ContactEntity;
  readonly idInSource: string;
  readonly kind: ContactKind;
  /** Digests of the words of its name, each a whole number below 2^53, sorted, at most nine; [] where it has no name. */
  readonly name: readonly number[];
  readonly keys: readonly HashedKey[];
}

/** What is kept of all contacts of one source. */
export interface ContactIndex {
  readonly state: ContactIndexState;
  /** Whether what it holds may be used: READY or STALE. */
  readonly isUsable: boolean;
  /** Whether it is known to be what the source holds at this moment, as far as any reading can be. */
  readonly isCurrent: boolean;
  readonly size: number;
  /** Contacts that have a key, at most `limit`. */
  find(hash: bigint, limit: number): readonly HashedContact[];
  /** Contacts of just this name, at most `limit`. */
  findByName(name: readonly number[], limit: number): readonly HashedContact[];
  /** null: not in it. */
  get(entity: ContactEntity, idInSource: string): HashedContact | null;
  /** Those that come after one, in the order of `compareOrder`; null: all. */
  entriesAfter(anchor: OrderedContact | null): Iterable<HashedContact>;
  /** Takes out a contact that the gateway itself has deleted. */
  forget(entity: ContactEntity, idInSource: string): void;
}
