import type { Call } from '../datasources/port/call.ts';
import { fieldsOf } from '../datasources/port/filter-fields.ts';
import type { ContactSource } from '../datasources/port/contact-source.ts';
import type { ListPlan } from '../datasources/port/list-plan.ts';
import type { ContactOrder, Detail, SourceFilter } from '../datasources/port/list-query.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { SourceError } from '../datasources/port/source-error.ts';
import { filterForSource, normalizeFilter, type ContactFilter, type GivenFilter } from './contact-filter.ts';
import { countCalls } from './counted-call.ts';
import {
  decodeCursor,
  encodeCursor,
  FRUITLESS_TRIES_MAX,
  InvalidCursorError,
  START_STATE,
  type CursorState,
  type StreamState,
} from './cursor.ts';
import { startListCall } from './list-deadline.ts';
import { mergeStreams, openStreams } from './merge.ts';
import type { RankedRecord } from './order-key.ts';
import { Patience } from './patience.ts';
import { queryHash } from './query-hash.ts';
import { doneReport, failedReport, idleReport, skippedReport, streamReport, type SourceReport } from './source-report.ts';
import { SourceStream } from './source-stream.ts';

/** Rows for each source that a page has to have room for, so that what is read for a source's rows is hardly ever read in vain. */
const CANDIDATES_FROM = 5;

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
  /** The members of a contact that the answer shows: what is damaged in others is no matter for the reports. */
  readonly shown: readonly (keyof ContactRecord)[];
  /** Called with the rows that a source may give to the page, when other sources are still awaited; must not throw. */
  readonly onCandidates?: (records: readonly ContactRecord[]) => void;
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
  /**
   * Whether a source has more, or failed and is to be asked again: false once three pages in a row did so in vain, with nothing else to give.
   * `endCursor` resumes it even then.
   */
  readonly hasNextPage: boolean;
  /** Whether there was a cursor: something came before. */
  readonly hasPreviousPage: boolean;
  /** The first row's; null when the page has none. */
  readonly startCursor: () => string | null;
  /** Goes on after the page, failed sources included; there is one even when the page is empty. */
  readonly endCursor: () => string | null;
  /** The sum over the asked sources; null when any of them cannot say. */
  readonly totalCount: number | null;
  /** Whether every report is complete. */
  readonly isComplete: boolean;
  /** One for each asked source, in the order asked. */
  readonly reports: readonly SourceReport[];
}

/** One asked source's part in a page: a stream, or a report when there is nothing to stream. */
interface Lane {
  readonly stream: SourceStream | null;
  /** Whether the source failed, and can be asked again from where it was left. */
  readonly canBeResumed: () => boolean;
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
 * far as the page needs them. A source that fails, or does not answer in time, says so in its report and takes nothing from the others: while
 * it is silent for a third of the list's time, they read ahead.
 *
 * Cost: one block of each source that is not done, and the blocks that the page's rows, or a scan, reach into; after a cursor, at most two
 * more of a source whose rows have moved. While a source is silent, the blocks that the page would need of the others if nothing came of it.
 *
 * @throws InvalidCursorError for an `after` that is no cursor of this query.
 */
export async function readContactPage(request: ContactPageRequest, context: ContactPageContext): Promise<ContactPage> {
  const filter = normalizeFilter(request.filter);
  const planned = request.sources.map((source) => planFor(source, filter, request));
  const hash = once(() => hashFor(filter === 'none' ? request.filter : filter, request.order, planned));
  const cursor = request.after === null ? null : readCursor(request.after, hash(), planned.length);
  const list = startListCall(context.call, context.sourceTimeoutMs, context.now);
  try {
    const lanes = planned.map((one, index) =>
      laneFor(one, cursor?.streams[index] ?? START_STATE, request, { ...context, call: list.call }),
    );
    const streams = lanes.map((lane) => lane.stream).filter((stream) => stream !== null);
    const edges: ContactPageEdge[] = [];
    const cursorNow = (fruitlessTries: number): (() => string) => {
      const streamStates = lanes.map((lane) => lane.state());
      return () => encodeCursor({ queryHash: hash(), fruitlessTries, streams: streamStates });
    };
    const merging = {
      order: request.order,
      patience: new Patience(list.call.deadline, context.now),
      onRow: ({ record }: RankedRecord) => void edges.push({ record, cursor: cursorNow(0) }),
    };
    await openStreams(streams.toSorted(bySteps), request.first, {
      ...merging,
      onOpen: (stream) => offerCandidates(stream, streams.length, request),
    });
    await mergeStreams(streams, request.first, merging);
    const fruitlessTries = countFruitlessTries(lanes, cursor?.fruitlessTries ?? 0);
    const reports = lanes.map((lane) => lane.report());
    return {
      edges,
      hasNextPage:
        streams.some((stream) => stream.hasMore) || (lanes.some((lane) => lane.canBeResumed()) && fruitlessTries < FRUITLESS_TRIES_MAX),
      hasPreviousPage: request.after !== null,
      startCursor: () => edges[0]?.cursor() ?? null,
      endCursor: cursorNow(fruitlessTries),
      totalCount: sumOf(reports),
      isComplete: reports.every((report) => report.isComplete),
      reports,
    };
  } finally {
    list.stop();
  }
}

/** Puts sources first whose rows refer to records that are read in a second step: whoever waits for both steps waits for these the longest. */
function bySteps(one: SourceStream, other: SourceStream): number {
  return Number(hasSecondStep(other.source)) - Number(hasSecondStep(one.source));
}

function hasSecondStep(source: ContactSource): boolean {
  return source.readsManyAtOnce?.('company') === true || source.readsManyAtOnce?.('user') === true;
}

/** Offers what a source may give to a page that is so long that each source is likely to be on it. */
function offerCandidates(stream: SourceStream, streams: number, { first, onCandidates }: ContactPageRequest): void {
  if (onCandidates === undefined || first < CANDIDATES_FROM * streams) return;
  const candidates = stream.candidates(first);
  if (candidates.length > 0) onCandidates(candidates);
}

/**
 * How many tries of failing sources were fruitless, this page's included: with nothing left but what they have, none of them got on.
 *
 * @param before Those that the page's cursor counts.
 */
function countFruitlessTries(lanes: readonly Lane[], before: number): number {
  const failing = lanes.filter((lane) => lane.canBeResumed());
  const isInVain = failing.length > 0 && !lanes.some((lane) => lane.stream?.hasMore) && !failing.some((lane) => lane.stream?.hasAdvanced);
  return isInVain ? before + 1 : 0;
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

function readCursor(after: string, hash: string, count: number): CursorState {
  const cursor = decodeCursor(after);
  if (cursor.queryHash !== hash || cursor.streams.length !== count) throw new InvalidCursorError();
  return cursor;
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
  const { order, shown } = request;
  const { scanBudget, defaultCountry } = context;
  const { call, count } = countCalls(context.call);
  const stream = new SourceStream({ source, plan, filter, order, shown, state, call, scanBudget, defaultCountry });
  return {
    stream,
    canBeResumed: () => stream.canBeResumed,
    state: () => stream.state,
    report: () => streamReport(stream, count()),
  };
}

function idleLane(state: StreamState, report: SourceReport): Lane {
  return { stream: null, canBeResumed: () => report.status === 'FAILED', state: () => state, report: () => report };
}

/** Makes a value when it is first needed, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function sumOf(reports: readonly SourceReport[]): number | null {
  let sum = 0;
  for (const { totalCount } of reports) {
    if (totalCount === null) return null;
    sum += totalCount;
  }
  return sum;
}
