import type { Call, WriteCall } from './call.ts';
import type { Deletion, DeletionTarget } from './deletion.ts';
import type { Block, ListPlan, RunnablePlan } from './list-plan.ts';
import type { ContactFilterField, ContactOrderField, Detail, ListQuery } from './list-query.ts';
import type { ContactEntity, ContactKind } from './records/contact.ts';
import type { Entity, RecordOf, ReferenceByKind, ReferenceKind } from './records/entity.ts';
import type { ChangeDetection, ContactDirectory } from './identity/contact-directory.ts';
import type { ContactIndex } from './identity/contact-index.ts';
import type { SourceError } from './source-error.ts';
import type { SourceHealth } from './source-health.ts';

/** What a source can do at all, known without a call. */
export interface SourceCapabilities {
  /** That lists hold; others may still be found by id. */
  readonly kinds: readonly ContactKind[];
  readonly deletableKinds: readonly ContactKind[];
  /** Whether blocks may have a total count. */
  readonly canCount: boolean;
  readonly orderFields: readonly ContactOrderField[];
  readonly filterFields: readonly ContactFilterField[];
  /** How many phones and e-mail addresses one call can look for; 1 when left out. */
  readonly keysPerCall?: number;
  /** NONE when left out. */
  readonly changeDetection?: ChangeDetection;
  /** What the CRM may hold of a person and the gateway cannot see, in words for people. */
  readonly uncoveredData?: readonly string[];
}

/** Something about an account that its operator should know, and what to do about it. */
export interface SourceFinding {
  readonly message: string;
  readonly advice: string;
}

/**
 * One configured CRM account, whichever CRM it is. Federation and schema know this and nothing below it.
 * Every promise rejects with a SourceError and nothing else.
 */
export interface ContactSource<Plan extends RunnablePlan = RunnablePlan> {
  /** Permanent: it is part of every id. */
  readonly name: string;
  readonly kind: string;
  readonly displayName: string;
  /** The CRM's own screen; null where there is none. */
  readonly url: string | null;
  readonly capabilities: SourceCapabilities;
  /**
   * Raised before and after each deletion, where answers are kept: whatever was read under another one is out of date. Left out where nothing is
   * kept.
   */
  readonly generation?: number;

  /** Ways to read many contacts at once; left out where there are none beyond the lists. */
  readonly directory?: ContactDirectory | undefined;
  /** What is kept of all of its contacts; left out below the gateway that keeps it. */
  readonly index?: ContactIndex | undefined;

  /** Pure: makes no call. */
  planList(query: ListQuery): Plan | Exclude<ListPlan, RunnablePlan>;

  /** Reads one block of a plan of this source. Cost: 1 call as a rule; more where the CRM gives short pages or the plan collects. */
  readBlock(plan: Plan, index: number, call: Call): Promise<Block>;

  /**
   * Reads by id. Ids are as the CRM writes them; repeats are allowed.
   *
   * @returns Records by id; users may be more than were asked for, where the CRM gives them all at once. An absent key: the CRM does not know the id. A SourceError as value: that one failed and others did not.
   * @throws SourceError when the whole read failed.
   */
  findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>>;

  /**
   * Whether one call reads all records of an entity that a page of 100 contacts refers to, as far as is known at this moment. Left out: of none.
   * Makes no call.
   */
  readsManyAtOnce?(entity: Entity): boolean;

  /** Lists one kind of reference data, whole; [] where the CRM has no such thing. */
  listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]>;

  /** Deletes; one entry for each target, by idInSource. Never rejects. */
  deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>>;

  /** Says what a deletion would do, as far as that can be known without writing. Makes no call. */
  previewDeletion(target: DeletionTarget): Deletion;

  /** Whether a text looks like the id of one of this CRM's contacts or companies: whatever does not may come from anyone. Makes no call. */
  isContactId(entity: ContactEntity, idInSource: string): boolean;

  /** The contact's page in the CRM's own screen, made of its id alone; null where there is none. Makes no call. */
  contactUrl(entity: ContactEntity, idInSource: string): string | null;

  /** From traffic: makes no call. */
  health(): SourceHealth;

  /**
   * Looks for what the account lacks without any read failing for it. For `npm run check`; left out where there is no such thing.
   *
   * @throws SourceError when the account cannot be asked.
   */
  diagnose?(call: Call): Promise<readonly SourceFinding[]>;
}
