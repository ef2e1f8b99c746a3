import type { Call } from '../datasources/port/call.ts';
import { fieldsOf } from '../datasources/port/filter-fields.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { ListPlan } from '../datasources/port/list-plan.ts';
import type { ContactOrder, Detail, SourceFilter } from '../datasources/port/list-query.ts';
import type { ContactRecord } from '../datasources/port/records.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { filterForSource, normalizeFilter, type ContactFilter, type GivenFilter } from './contact-filter.ts';
import { countCalls } from './counted-call.ts';
import { decodeCursor, encodeCursor, InvalidCursorError, START_STATE, type StreamState } from './cursor.ts';
import { startListCall } from './list-deadline.ts';
import { compareRanked, type RankedRecord } from './order-key.ts';
import { queryHash } from './query-hash.ts';
import { doneReport, failedReport, idleReport, skippedReport, streamReport, type SourceReport } from './source-report.ts';
import { SourceStream } from './source-stream.ts';

/** Which page of which list. */
export interface ContactPageRequest {
  readonly filter: GivenFilter;
  readonly order: ContactOrder;
  /** 0 to 100; 0 only counts. */
  readonly first: number;
  readonly after: string | null;
  /** The asked ones, each once, in the order of the configuration. */
  readonly sources: readonly ContactSource[];
  readonly details: ReadonlySet<Detail>;
}

/** Within what limits a page is read. */
export interface ContactPageContext {
  readonly call: Call;
  /** The most that the whole list may take; less where the request has little time left. */
  readonly sourceTimeoutMs: number;
  /** Rows of each source that a page may read to find matches that the CRM cannot filter. */
  readonly scanBudget: number;
  readonly defaultCountry: string | undefined;
  /** `performance.now()`'s scale. */
  readonly now: () => number;
}

/** A contact at its place in the list. */
export interface ContactPageEdge {
  readonly record: ContactRecord;
  /** Made when called. */
  readonly cursor: () => string;
}

/** One page of the merged list, and what each source gave to it. */
export interface ContactPage {
  readonly edges: readonly ContactPageEdge[];
  readonly hasNextPage: boolean;
  /** Whether there was a cursor: something came before. */
  readonly hasPreviousPage: boolean;
  /** The first row's; null when the page has none. */
  readonly startCursor: () => string | null;
  /** Goes on after the page, failed sources included; there is one even when the page is empty. */
  readonly endCursor: () => string | null;
  /** The sum over the asked sources; null when any of them cannot tell. */
  readonly totalCount: number | null;
  /** Whether every report is complete. */
  readonly isComplete: boolean;
  /** One for each asked source, in the order asked. */
  readonly reports: readonly SourceReport[];
}

/** One asked source's part in a page: a stream, or a report when there is nothing to stream. */
interface Lane {
  readonly stream: SourceStream | null;
  readonly state: () => StreamState;
  readonly report: () => SourceReport;
}

interface PlannedSource {
  readonly source: ContactSource;
  readonly filter: SourceFilter;
  readonly plan: ListPlan | SourceError;
}

/**
 * Reads one page of the list that is merged of all asked sources.
 *
 * Each source's own order is kept; the least of the next rows comes first, by sort key, then source name, then id. Blocks are read only as
 * far as the page needs them. A source that fails, or does not answer in time, is told in its report and takes nothing from the others.
 *
 * Cost: one block of each source that is not done, and the blocks that the page's rows, or a scan, reach into; after a cursor, at most two
 * more of a source whose rows have moved.
 *
 * @throws InvalidCursorError for an `after` that is no cursor of this query.
 */
export async function readContactPage(request: ContactPageRequest, context: ContactPageContext): Promise<ContactPage> {
  const filter = normalizeFilter(request.filter);
  const planned = request.sources.map((source) => planFor(source, filter, request));
  const hash = hashFor(filter === 'none' ? request.filter : filter, request.order, planned);
  const states = request.after === null ? planned.map(() => START_STATE) : statesOf(request.after, hash, planned.length);
  const list = startListCall(context.call, context.sourceTimeoutMs, context.now);
  try {
    const lanes = planned.map((one, index) => laneFor(one, states[index] ?? START_STATE, request, { ...context, call: list.call }));
    const streams = lanes.map((lane) => lane.stream).filter((stream) => stream !== null);
    await Promise.all(streams.map((stream) => stream.open()));
    const statesNow = (): StreamState[] => lanes.map((lane) => lane.state());
    const rows = await merge(streams, request, statesNow);
    const edges = rows.map(({ row, after }) => ({
      record: row.record,
      cursor: () => encodeCursor({ queryHash: hash, streams: after }),
    }));
    const endStates = statesNow();
    const reports = lanes.map((lane) => lane.report());
    return {
      edges,
      hasNextPage: streams.some((stream) => stream.hasMore),
      hasPreviousPage: request.after !== null,
      startCursor: () => edges[0]?.cursor() ?? null,
      endCursor: () => encodeCursor({ queryHash: hash, streams: endStates }),
      totalCount: sumOf(reports),
      isComplete: reports.every((report) => report.isComplete),
      reports,
    };
  } finally {
    list.stop();
  }
}

interface MergedRow {
  readonly row: RankedRecord;
  /** Where each source goes on after this row. */
  readonly after: readonly StreamState[];
}

async function merge(
  streams: readonly SourceStream[],
  { first, order }: ContactPageRequest,
  statesNow: () => readonly StreamState[],
): Promise<MergedRow[]> {
  const rows: MergedRow[] = [];
  while (rows.length < first) {
    const best = leastHead(streams, order);
    if (best === null || streams.some((stream) => stream.mayPrecede(best.head))) break;
    const row = best.stream.take();
    // One head anywhere tells that there is a next page: after the last row no block is read for it in vain.
    const isKnownToGoOn = rows.length + 1 === first && streams.some((stream) => stream.hasMore);
    await best.stream.seek(!isKnownToGoOn);
    rows.push({ row, after: statesNow() });
  }
  return rows;
}

function leastHead(streams: readonly SourceStream[], order: ContactOrder): { stream: SourceStream; head: RankedRecord } | null {
  let least: { stream: SourceStream; head: RankedRecord } | null = null;
  for (const stream of streams) {
    const { head } = stream;
    if (head !== null && (least === null || compareRanked(head, least.head, order.direction) < 0)) least = { stream, head };
  }
  return least;
}

function planFor(source: ContactSource, filter: ContactFilter | 'none', { order, details }: ContactPageRequest): PlannedSource {
  const asked = filter === 'none' ? 'none' : filterForSource(filter, source.name, source.capabilities.kinds.includes('COMPANY'));
  if (asked === 'none') return { source, filter: {}, plan: { outcome: 'none' } };
  try {
    return { source, filter: asked, plan: wholePlan(source.planList({ filter: asked, order, details }), asked) };
  } catch (error) {
    const failure =
      error instanceof SourceError
        ? error
        : new SourceError(source.name, 'UNAVAILABLE', 'The source failed.', { cause: error, wasSent: false });
    return { source, filter: asked, plan: failure };
  }
}

/** Refuses a plan that leaves a member of the filter out: its rows would come back unfiltered. */
function wholePlan(plan: ListPlan, filter: SourceFilter): ListPlan {
  if (plan.outcome !== 'runnable') return plan;
  const unplanned = fieldsOf(filter).filter((field) => !plan.members.has(field));
  return unplanned.length === 0 ? plan : { outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: unplanned };
}

function hashFor(filter: GivenFilter, order: ContactOrder, planned: readonly PlannedSource[]): string {
  const plans = planned.map(({ source, plan }) => ({
    name: source.name,
    plan: plan instanceof SourceError ? { outcome: 'none' as const } : plan,
  }));
  return queryHash(filter, order, plans);
}

function statesOf(after: string, hash: string, count: number): readonly StreamState[] {
  const cursor = decodeCursor(after);
  if (cursor.queryHash !== hash || cursor.streams.length !== count) throw new InvalidCursorError();
  return cursor.streams;
}

function laneFor(
  { source, filter, plan }: PlannedSource,
  state: StreamState,
  request: ContactPageRequest,
  context: ContactPageContext,
): Lane {
  if (plan instanceof SourceError) return idleLane(state, failedReport(source, plan));
  if (plan.outcome === 'none') return idleLane(state, idleReport(source));
  if (plan.outcome === 'impossible') return idleLane(state, skippedReport(source, plan.code, plan.members));
  if (state.isDone) return idleLane(state, doneReport(source, plan, state));
  const { order } = request;
  const { scanBudget, defaultCountry } = context;
  const { call, count } = countCalls(context.call);
  const stream = new SourceStream({ source, plan, filter, order, state, call, scanBudget, defaultCountry });
  return { stream, state: () => stream.state, report: () => streamReport(stream, count()) };
}

function idleLane(state: StreamState, report: SourceReport): Lane {
  return { stream: null, state: () => state, report: () => report };
}

function sumOf(reports: readonly SourceReport[]): number | null {
  let sum = 0;
  for (const { totalCount } of reports) {
    if (totalCount === null) return null;
    sum += totalCount;
  }
  return sum;
}
