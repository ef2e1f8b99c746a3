import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { RunnablePlan } from '../datasources/port/list-plan.ts';
import type { ContactFilterField } from '../datasources/port/list-query.ts';
import { isUnsupported, SourceError } from '../datasources/port/source-error.ts';
import type { StreamState } from './cursor.ts';
import type { SourceStream } from './source-stream.ts';

export const SOURCE_REPORT_STATUSES = ['OK', 'PARTIAL', 'FAILED', 'SKIPPED'] as const;
/**
 * - `OK`: all that the page needed came.
 * - `PARTIAL`: some rows came; others could not be read, did not fit the contract, or lie beyond the scan budget.
 * - `FAILED`: nothing came; the end cursor goes on where the source was left.
 * - `SKIPPED`: the source cannot answer such a filter or order.
 */
export type SourceReportStatus = (typeof SOURCE_REPORT_STATUSES)[number];

/** How a source's part of a page was made. */
export interface SourceExplanation {
  readonly pushed: readonly ContactFilterField[];
  readonly checked: readonly ContactFilterField[];
  /** Rows that came from the source for this page. */
  readonly rowsRead: number;
  /** Of these, rows that were looked at and did not match. */
  readonly rowsDropped: number;
  /** Upstream calls that it took to read them; none where they were cached, or another list of the request was reading them. */
  readonly calls: number;
}

/** What one source gave to one page. */
export interface SourceReport {
  readonly source: ContactSource;
  readonly status: SourceReportStatus;
  readonly error: SourceError | null;
  readonly unsupportedFilters: readonly ContactFilterField[];
  /** As the CRM counts; null when it cannot say, or rows are checked here. */
  readonly totalCount: number | null;
  readonly isComplete: boolean;
  readonly isOrdered: boolean;
  readonly hasMoved: boolean;
  readonly asOf: Date | null;
  /** Rows left out for want of a usable id, or seen to be damaged in the members that were read. */
  readonly damagedRows: number;
  readonly explain: SourceExplanation;
}

const NOTHING_DONE: SourceExplanation = { pushed: [], checked: [], rowsRead: 0, rowsDropped: 0, calls: 0 };

/** Reports a source that cannot answer the query, found out without a call. */
export function skippedReport(
  source: ContactSource,
  code: 'FILTER_UNSUPPORTED' | 'ORDER_UNSUPPORTED',
  members: readonly ContactFilterField[],
): SourceReport {
  const message = code === 'FILTER_UNSUPPORTED' ? 'The source cannot filter like this.' : 'The source cannot order like this.';
  const error = new SourceError(source.name, code, message, { unsupportedFilters: members, wasSent: false });
  return { ...idleReport(source), status: 'SKIPPED', error, unsupportedFilters: members, totalCount: null, isComplete: false };
}

/** Reports a source of which nothing can match: no call, no row, no trouble. */
export function idleReport(source: ContactSource): SourceReport {
  return {
    source,
    status: 'OK',
    error: null,
    unsupportedFilters: [],
    totalCount: 0,
    isComplete: true,
    isOrdered: true,
    hasMoved: false,
    asOf: null,
    damagedRows: 0,
    explain: NOTHING_DONE,
  };
}

/** Reports a source that could not even be planned. */
export function failedReport(source: ContactSource, error: SourceError): SourceReport {
  return { ...idleReport(source), status: 'FAILED', error, totalCount: null, isComplete: false };
}

/** Reports a source whose last row was given by an earlier page: it is not called again. */
export function doneReport(source: ContactSource, plan: RunnablePlan, state: StreamState): SourceReport {
  return {
    ...idleReport(source),
    status: state.isCut ? 'PARTIAL' : 'OK',
    totalCount: state.totalCount,
    isComplete: plan.isComplete && !state.isCut,
    explain: { ...NOTHING_DONE, ...membersOf(plan) },
  };
}

/** Reports what a stream gave to the page that was made of it. @param calls Upstream calls that it made. */
export function streamReport(stream: SourceStream, calls: number): SourceReport {
  const { source, plan, blocks, check } = stream;
  const status = statusOf(stream);
  const error = stream.error ?? damageError(stream) ?? ignoredFilterError(stream);
  return {
    source,
    status,
    error,
    unsupportedFilters: error?.unsupportedFilters ?? [],
    totalCount: status === 'OK' || status === 'PARTIAL' ? stream.totalCount : null,
    isComplete: status === 'OK' && plan.isComplete && check.rowsUnknown === 0,
    isOrdered: stream.isOrdered,
    hasMoved: stream.hasMoved,
    asOf: blocks.asOf,
    damagedRows: blocks.rowsOdd + check.damaged.size,
    explain: { ...membersOf(plan), rowsRead: blocks.rowsRead, rowsDropped: check.rowsDropped, calls },
  };
}

function statusOf(stream: SourceStream): SourceReportStatus {
  if (stream.error !== null && stream.rowsGiven === 0) return isUnsupported(stream.error) ? 'SKIPPED' : 'FAILED';
  const { rowsOdd, isWhole, isInPieces } = stream.blocks;
  const isDamaged = rowsOdd > 0 || stream.check.damaged.size > 0;
  const isPartial = stream.error !== null || stream.isOutOfBudget || isDamaged || !isWhole || isInPieces;
  return isPartial ? 'PARTIAL' : 'OK';
}

/** Rows that are missing count for more than rows that are shown in part. */
function damageError({ source, blocks, check }: SourceStream): SourceError | null {
  const sentence = blocks.rowsOdd > 0 ? leftOut(blocks.rowsOdd) : shownInPart(check.damaged.size);
  return sentence === null ? null : new SourceError(source.name, 'BAD_RESPONSE', sentence);
}

/** The rest of a list whose filter the CRM ignores is for later pages: that is why. */
function ignoredFilterError({ source, blocks, isOutOfBudget }: SourceStream): SourceError | null {
  if (!isOutOfBudget || blocks.ignored.size === 0) return null;
  const sentence =
    'The source ignores a part of the filter: its rows are checked instead, as many for each page as the scan budget allows.';
  return new SourceError(source.name, 'FILTER_UNSUPPORTED', sentence, { unsupportedFilters: [...blocks.ignored] });
}

function leftOut(count: number): string {
  return count === 1 ? 'One row could not be read and was left out.' : `${count} rows could not be read and were left out.`;
}

function shownInPart(count: number): string | null {
  if (count === 0) return null;
  return count === 1 ? 'One row could be read only in part.' : `${count} rows could be read only in part.`;
}

function membersOf(plan: RunnablePlan): Pick<SourceExplanation, 'pushed' | 'checked'> {
  const members = [...plan.members];
  return {
    pushed: members.filter(([, member]) => member !== 'CHECKED').map(([field]) => field),
    checked: members.filter(([, member]) => member !== 'PUSHED').map(([field]) => field),
  };
}
