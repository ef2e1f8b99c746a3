import type {
  ContactEntity,
  ContactInfoCategory,
  ContactInfoType,
  ContactKind,
  ContactRecord,
  Entity,
  RecordOf,
  ReferenceByKind,
  ReferenceKind,
} from './records.ts';
import type { SourceError } from './source-error.ts';

/** A part of a contact that costs more to read, so it is asked for only when a query selects it. */
export const DETAILS = ['leads', 'catalogElements', 'tags'] as const;
export type Detail = (typeof DETAILS)[number];

/** What lists can be sorted by, as far as a source can: see `SourceCapabilities.orderFields`. */
export const CONTACT_ORDER_FIELDS = ['DISPLAY_NAME', 'FIRST_NAME', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT'] as const;
export type ContactOrderField = (typeof CONTACT_ORDER_FIELDS)[number];
/** By what a list is sorted, and which end comes first. */
export interface ContactOrder {
  readonly field: ContactOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/**
 * The members of SourceFilter, to say which a source answers, and how. `contactInfos` are two: `CONTACT_INFO` are those that match `EXACT`,
 * `CONTACT_INFO_CONTAINS` the others.
 */
export const CONTACT_FILTER_FIELDS = [
  'SEARCH',
  'CONTACT_INFO',
  'CONTACT_INFO_CONTAINS',
  'KIND',
  'TAGS',
  'STATUS',
  'TYPE',
  'RESPONSIBLE',
  'GROUP',
  'COMPANY',
  'HAS_LEADS',
  'IS_SHARED',
  'CREATED_AT',
  'UPDATED_AT',
  'FIRST_NAME',
  'LAST_NAME',
] as const;
export type ContactFilterField = (typeof CONTACT_FILTER_FIELDS)[number];

/** What one contact info of a contact has to be: all members of one and the same. A missing member is no condition. */
export interface ContactInfoCondition {
  readonly type: ContactInfoType;
  /** Trimmed; never empty. */
  readonly value: string;
  readonly match: 'EXACT' | 'CONTAINS';
  readonly category?: ContactInfoCategory;
  readonly isPrimary?: boolean;
}

/** Both ends included; either may be missing. */
export interface DateTimeRange {
  readonly from?: Date;
  readonly to?: Date;
}

/**
 * What a row must satisfy, for one source: members are ANDed, a missing member is no condition.
 * Ids are the source's own; an id member never arrives empty (the planner above answers those without the source).
 */
export interface SourceFilter {
  readonly search?: string;
  /** Any of. */
  readonly contactInfos?: readonly ContactInfoCondition[];
  readonly kind?: ContactKind;
  /** All of, ignoring case. */
  readonly tags?: readonly string[];
  /** Any of; and so on. */
  readonly statusIds?: readonly string[];
  readonly typeIds?: readonly string[];
  readonly responsibleIds?: readonly string[];
  readonly groupIds?: readonly string[];
  readonly companyIds?: readonly string[];
  readonly hasLeads?: boolean;
  readonly isShared?: boolean;
  readonly createdAt?: DateTimeRange;
  readonly updatedAt?: DateTimeRange;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** What one source is asked to plan. */
export interface ListQuery {
  readonly filter: SourceFilter;
  readonly order: ContactOrder;
  readonly details: ReadonlySet<Detail>;
}

/**
 * How a source answers one member of a filter.
 *
 * - `PUSHED`: the CRM answers it exactly, and is trusted where a row does not show it.
 * - `PUSHED_AND_CHECKED`: the CRM narrows the list, and every row is checked here.
 * - `CHECKED`: the CRM cannot; rows are read within the scan budget and checked here.
 */
export type MemberPlan = 'PUSHED' | 'PUSHED_AND_CHECKED' | 'CHECKED';

/** A list that one source can give, and how. Datasources extend it with what they will send. */
export interface RunnablePlan {
  readonly outcome: 'runnable';
  /** Canonical text of what is sent, order and details included: equal keys mean equal lists. */
  readonly key: string;
  /**
   * `blocks`: read piece by piece in the CRM's own order. `collected`: a block with all matches, in no useful order; what is beyond the scan
   * budget stands in further blocks.
   */
  readonly shape: 'blocks' | 'collected';
  /** Rows in a full block; positions in the list are block × size + index. */
  readonly blockSize: number;
  readonly members: ReadonlyMap<ContactFilterField, MemberPlan>;
  /** False if the CRM may miss rows that match (other spellings). */
  readonly isComplete: boolean;
}
/** How a source would answer a list; found out without a call. */
export type ListPlan =
  | RunnablePlan
  /** Nothing can match (ids of other sources, an empty range): no call, no row, no trouble. */
  | { readonly outcome: 'none' }
  | {
      readonly outcome: 'impossible';
      readonly code: 'FILTER_UNSUPPORTED' | 'ORDER_UNSUPPORTED';
      readonly members: readonly ContactFilterField[];
    };

/** A fixed stretch of one source's list. */
export interface Block {
  /** In the CRM's order; the index is the position. null is a hole: an odd row that was left out, or a short page. */
  readonly rows: readonly (ContactRecord | null)[];
  /** Ids of the rows just before this block (at most 3, oldest first), where the source reads them along; else empty. */
  readonly overlap: readonly string[];
  /** Proven, not guessed from a short page. */
  readonly isLast: boolean;
  /** As the CRM counts all rows of the plan; null when it does not tell. */
  readonly totalCount: number | null;
  /** Rows that did not fit the contract. */
  readonly droppedRows: number;
  /** When it was read from the CRM. */
  readonly asOf: Date;
  /** False when the list ends with this block though there may be more, which cannot be reached. Otherwise true. */
  readonly isWhole: boolean;
}

/** Counts the calls of one request, and refuses those over its budget. */
export interface CallMeter {
  /** Counts one call about to be sent. @throws SourceError COST_EXCEEDED when none is left. */
  count(source: string): void;
}

/** What every read carries. */
export interface Call {
  /** Aborts at the deadline and when the client hangs up. */
  readonly signal: AbortSignal;
  /** Milliseconds on `performance.now()`'s scale. */
  readonly deadline: number;
  /** Only answers read after this moment (Unix milliseconds) may come from memory. */
  readonly freshAfter?: number;
  /** Whether `freshAfter` holds to the letter: not even an answer of the last few seconds will do. For reads that decide about a write. */
  readonly isFreshnessStrict?: boolean;
  readonly meter: CallMeter;
}

/** What every write carries. It has no signal: a write that was sent is never aborted. */
export interface WriteCall {
  /** A write that is not yet sent at this moment (`performance.now()`'s scale) is never sent. */
  readonly deadline: number;
  readonly meter: CallMeter;
}

/** One contact that is to be deleted. */
export interface DeletionTarget {
  readonly entity: ContactEntity;
  /** The CRM's own id. */
  readonly idInSource: string;
  /** What the read just before found. `absent` is the CRM's word, which is not always the truth. */
  readonly before: ContactRecord | 'absent' | SourceError;
}

/** Why a CRM refuses to delete a contact. */
export type RefusalReason = 'FORBIDDEN' | 'HAS_DEPENDENTS' | 'INVALID_ID';

/**
 * What became of one contact.
 *
 * - `DELETED`: it was there, and is gone.
 * - `WOULD_DELETE`: nothing is known against it; given by a preview only.
 * - `ALREADY_ABSENT`: it was not there.
 * - `UNSUPPORTED`: this CRM lets no program delete it.
 * - `REFUSED`: the CRM says no, or the id is none of its ids. `message` is shown to clients.
 * - `FAILED`: it is surely not deleted.
 * - `INDETERMINATE`: nobody knows; in a preview, it cannot be told without trying.
 */
export type Deletion =
  | { readonly outcome: 'DELETED' | 'WOULD_DELETE' | 'ALREADY_ABSENT' | 'UNSUPPORTED' }
  | { readonly outcome: 'REFUSED'; readonly reason: RefusalReason; readonly message: string }
  | { readonly outcome: 'INDETERMINATE' | 'FAILED'; readonly error: SourceError };

/** What a source can do at all, known without a call. */
export interface SourceCapabilities {
  /** That lists hold; others may still be found by id. */
  readonly kinds: readonly ContactKind[];
  readonly deletableKinds: readonly ContactKind[];
  /** Whether blocks may tell a total count. */
  readonly canCount: boolean;
  readonly orderFields: readonly ContactOrderField[];
  readonly filterFields: readonly ContactFilterField[];
}

/**
 * How a source has been doing.
 *
 * - `OK`: it was called, and no trouble stands.
 * - `DEGRADED`: its last call failed in another way than those below, or a right is missing.
 * - `THROTTLED`: calls wait for a quota.
 * - `UNAUTHENTICATED`: it does not accept our credentials.
 * - `BLOCKED`: it refuses this address or account altogether.
 * - `DOWN`: its last call ended in `TIMEOUT` or `UNAVAILABLE`.
 * - `UNKNOWN`: nothing was asked yet.
 */
export const SOURCE_HEALTH_STATUSES = ['OK', 'DEGRADED', 'THROTTLED', 'UNAUTHENTICATED', 'BLOCKED', 'DOWN', 'UNKNOWN'] as const;
export type SourceHealthStatus = (typeof SOURCE_HEALTH_STATUSES)[number];
/** The stretches of time over which CRMs count calls, the shortest first. */
export const QUOTA_WINDOWS = ['SECOND', 'TEN_SECONDS', 'MINUTE', 'HOUR', 'DAY'] as const;
export type QuotaWindow = (typeof QUOTA_WINDOWS)[number];

/** How many calls are allowed, and left, in one stretch of time. null: not known. */
export interface SourceQuota {
  readonly window: QuotaWindow;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** When it begins anew; of a sliding one, when the oldest call leaves it. null: not known, or no call counts in it. */
  readonly resetsAt: Date | null;
}

/** How a source has been doing, as its traffic shows. */
export interface SourceHealth {
  readonly status: SourceHealthStatus;
  /** When the last call ended that told something of the CRM; null before the first. */
  readonly checkedAt: Date | null;
  /** How long that call took. */
  readonly latencyMs: number | null;
  /** The shortest window first. */
  readonly quotas: readonly SourceQuota[];
  /** The last trouble that still stands, a permanent lack of rights included. */
  readonly error: SourceError | null;
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

  /** Pure: makes no call. */
  planList(query: ListQuery): Plan | Exclude<ListPlan, RunnablePlan>;

  /** Reads one block of a plan of this source. Cost: 1 call as a rule; more where the CRM gives short pages or the plan collects. */
  readBlock(plan: Plan, index: number, call: Call): Promise<Block>;

  /**
   * Reads by id. Ids are as the CRM writes them; repeats are allowed.
   *
   * @returns Records by id. An absent key: the CRM does not know the id. A SourceError as value: that one failed and others did not.
   * @throws SourceError when the whole read failed.
   */
  findByIds<E extends Entity>(
    entity: E,
    ids: readonly string[],
    details: ReadonlySet<Detail>,
    call: Call,
  ): Promise<ReadonlyMap<string, RecordOf<E> | SourceError>>;

  /** A look-up list of the account, whole; [] where the CRM has no such thing. */
  listReferences<K extends ReferenceKind>(kind: K, call: Call): Promise<readonly ReferenceByKind[K][]>;

  /** Deletes; one entry for each target, by idInSource. Never rejects. */
  deleteContacts(targets: readonly DeletionTarget[], write: WriteCall): Promise<ReadonlyMap<string, Deletion>>;

  /** Says what a deletion would do, as far as that can be told without writing. Makes no call. */
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
