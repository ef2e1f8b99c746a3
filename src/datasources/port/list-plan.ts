import type { ContactFilterField } from './list-query.ts';
import type { ContactRecord } from './records/contact.ts';

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
  /** Whether `search` looks for words in the names, which rows show: then it can be checked. False when left out. */
  readonly searchesNames?: boolean;
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

/** Rows of a block that are not of the list that was asked for: a filter was ignored, or could not be sent. */
export interface Strangers {
  /** By id: whether the row shows that it is none of the list, or does not show whether it is. */
  readonly verdicts: ReadonlyMap<string, 'no' | 'unknown'>;
  /** The members that the rows show to be ignored. */
  readonly fields: readonly ContactFilterField[];
}

/** A fixed stretch of one source's list. */
export interface Block {
  /** In the CRM's order; the index is the position. null is a hole: an odd row that was left out, or a short page. */
  readonly rows: readonly (ContactRecord | null)[];
  /** Ids of the rows just before this block (at most 3, oldest first), where the source reads them along; else empty. */
  readonly overlap: readonly string[];
  /** Proven, not guessed from a short page. */
  readonly isLast: boolean;
  /** As the CRM counts all rows of the plan; null when it does not say. */
  readonly totalCount: number | null;
  /** Rows that did not fit the contract. */
  readonly droppedRows: number;
  /** Those of the rows that are to be left out, and keep their places all the same. None when left out. */
  readonly strangers?: Strangers;
  /** When it was read from the CRM. */
  readonly asOf: Date;
  /** False when the list ends with this block though there may be more, which cannot be reached. Otherwise true. */
  readonly isWhole: boolean;
}
