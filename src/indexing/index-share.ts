import type { HashedContact } from '../datasources/port/identity/contact-index.ts';
import type { ContactEntity } from '../datasources/port/records/contact.ts';
import type { SourceError } from '../datasources/port/source-error.ts';

/**
 * - `LEADS`: this replica reads the CRM for all.
 * - `FOLLOWS`: another one does.
 * - `ALONE`: the others cannot be reached, so that each reads for itself.
 */
export type IndexRole = 'LEADS' | 'FOLLOWS' | 'ALONE';

/** What is known of one whole reading of a source. Moments are Unix milliseconds. */
export interface ReadingFacts {
  /** When it began. */
  readonly asOf: number;
  readonly mayHaveGaps: boolean;
  /** Until when it is known to be what the source holds. */
  readonly currentUntil: number;
  readonly pages: number;
  readonly rowsTotal: number | null;
}

/** A reading of another replica. */
export interface SharedReading extends ReadingFacts {
  /** Loads its contacts, some hundreds at a time. @returns null: they have left. */
  readonly load: () => AsyncIterable<readonly HashedContact[] | null>;
}

/** What has become known of a source after a reading of it. */
export interface IndexChange {
  readonly changed: readonly HashedContact[];
  readonly deleted: readonly { readonly entity: ContactEntity; readonly idInSource: string }[];
  /** Left out where nobody asked the CRM: the gateway itself has deleted something. */
  readonly facts?: Pick<ReadingFacts, 'mayHaveGaps' | 'currentUntil'>;
}

/** What whoever reads next has to go by. */
export interface ReadingPlan {
  /** When to read all contacts the next time; null: at once. Unix milliseconds. */
  readonly nextAt: number | null;
  /** Readings that failed, one after the other. */
  readonly failures: number;
  readonly error: SourceError | null;
  /** Calls of the day that began then. */
  readonly usage: { readonly dayBegan: number; readonly calls: number } | null;
}

/** What the other replicas have to say since the last time. */
export interface IndexNews {
  readonly role: IndexRole;
  /** The newest reading, where it is another one than the last one that was seen; null: there is none. */
  readonly reading: SharedReading | null;
  readonly changes: readonly IndexChange[];
  /** null: nobody has one. */
  readonly plan: ReadingPlan | null;
}

/** What replicas share of one index. Nothing of it rejects. */
export interface IndexShare {
  /** By how many replicas the share of a day quota is divided while each reads for itself. */
  readonly replicas: number;
  /** How long the others have to be out of reach before each reads for itself, in milliseconds. */
  readonly aloneAfterMs: number;
  /** How often to look for news, in milliseconds. */
  readonly lookEveryMs: number;
  /** Hears of the others, and becomes the one who reads where nobody is. */
  look(): Promise<IndexNews>;
  /** Marks that a reading of all contacts begins: changes from now on belong to it too. */
  noteBeginning(): void;
  /** Gives a whole reading to the others. @param contacts All of it. @returns false: another one reads for all by now, or nobody can be reached. */
  publish(facts: ReadingFacts, contacts: Iterable<HashedContact>): Promise<boolean>;
  report(change: IndexChange): Promise<void>;
  /** Tells whoever reads next what to go by. */
  plan(plan: ReadingPlan): Promise<void>;
  /** Lets another one read. */
  leave(): Promise<void>;
}

/** The index of a process that has no others. */
export const NOBODY: IndexShare = {
  replicas: 1,
  aloneAfterMs: 0,
  lookEveryMs: Infinity,
  look: async () => ({ role: 'ALONE', reading: null, changes: [], plan: null }),
  noteBeginning: () => undefined,
  publish: async () => false,
  report: async () => undefined,
  plan: async () => undefined,
  leave: async () => undefined,
};
