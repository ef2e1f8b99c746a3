import type { Call } from '../../port/call.ts';
import type { Block, Strangers } from '../../port/list-plan.ts';
import type { Log } from '../../port/log.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { SourceError } from '../../port/source-error.ts';
import { withDamage, withMembers } from '../../wire/lazy-record.ts';
import { WireRow } from '../../wire/wire-value.ts';
import type { ListPage, OnlyofficeClient, PageRange } from '../client.ts';
import { companyPersonsPath } from './contact-path.ts';
import { readContactRows } from './contact-rows.ts';
import type { Parameter } from '../planning/filter-parameters.ts';
import { inParallel } from '../../wire/in-parallel.ts';
import type { MappingContext } from '../mapping/contact.ts';
import type { FilterTrust } from '../planning/filter-trust.ts';
import type { ListRead, OnlyofficePlan } from '../planning/plan.ts';
import { ListRefusal } from '../reply.ts';
import { readPages, type ReadPage } from './page-reader.ts';
import { strangersAmong } from './strangers.ts';
import { readTags, withTags } from './tag-reader.ts';

/** Rows that a block reads again from the end of the block before, so that a shift between two reads shows. */
const OVERLAP_ROWS = 3;
/** Lists of one union that are read at once. */
const LISTS_AT_ONCE = 4;

/** With what the lists of one portal are read. */
export interface ListReadingDependencies {
  readonly client: OnlyofficeClient;
  readonly trust: FilterTrust;
  readonly context: MappingContext;
  readonly log: Log;
  /** Rows of each list that one block of a collected plan may hold. */
  readonly scanBudget: number;
  /** The wall clock, Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Reads one block of a plan. Parameters that the portal refuses are left out, and what they would have kept away is left out here.
 *
 * Cost: see readFilterBlock and readCollectedBlock; 1 call more, 3 at most, when something is first refused.
 *
 * @throws SourceError FILTER_UNSUPPORTED where rows do not show what the portal refuses to filter by.
 */
export async function readBlock(asked: OnlyofficePlan, index: number, call: Call, dependencies: ListReadingDependencies): Promise<Block> {
  const { trust } = dependencies;
  let plan = trust.usable(asked, call);
  for (;;) {
    try {
      return await (plan.shape === 'blocks' ? readFilterBlock : readCollectedBlock)(plan, index, call, dependencies);
    } catch (error) {
      if (!(error instanceof ListRefusal)) throw error;
      plan = trust.without(plan, error);
    }
  }
}

/**
 * Reads one stretch of `contact/filter`. Cost: 1 call; more where the portal gives shorter pages than are asked for.
 *
 * Offsets are always made of the position: the portal's `nextIndex` is one too high and would skip a row.
 */
async function readFilterBlock(plan: OnlyofficePlan, index: number, call: Call, dependencies: ListReadingDependencies): Promise<Block> {
  const [read] = plan.reads;
  if (read?.list !== 'filter') throw new TypeError('a plan in blocks reads one list');
  const overlapRows = index === 0 ? 0 : OVERLAP_ROWS;
  const startIndex = index * plan.blockSize - overlapRows;
  const asOf = new Date(dependencies.now());
  const stretch = { from: startIndex, to: startIndex + plan.blockSize + overlapRows };
  const piece = await readStretch(dependencies.context.source, stretch, (range) =>
    readFilterPage(read.parameters, range, call, dependencies),
  );
  const unread = { rows: piece.rows.slice(overlapRows), form: 'LIST', rowBytes: piece.rowBytes, from: overlapRows } as const;
  const { rows, droppedRows } = readContactRows(unread, dependencies);
  const strangers = findStrangers(rows, plan, call, dependencies);
  return {
    rows,
    overlap: idsJustBefore(piece.rows.slice(0, overlapRows)),
    isLast: piece.isWhole,
    // Where others are sent along, the portal counts them too.
    totalCount: plan.strangersOf === null && strangers.verdicts.size === 0 ? piece.total : null,
    droppedRows,
    strangers,
    asOf,
    isWhole: true,
  };
}

/** Finds rows that do not belong to the list. Remembers what the portal is seen to ignore. */
function findStrangers(
  rows: readonly (ContactRecord | null)[],
  plan: OnlyofficePlan,
  call: Call,
  { trust }: ListReadingDependencies,
): Strangers {
  const strangers = strangersAmong(rows, plan, trust.ignored(plan, call));
  trust.noteIgnored(strangers.fields);
  return strangers;
}

/** The ids of rows, from behind the last one that has none. */
function idsJustBefore(rows: readonly unknown[]): string[] {
  const ids = rows.map(idOf);
  return ids.slice(ids.lastIndexOf(null) + 1).flatMap((id) => id ?? []);
}

/** null for a row without an id: the block that it belongs to reports it. */
function idOf(row: unknown): string | null {
  const wire = new WireRow(row, { source: '', path: '$', noteDamage: () => undefined });
  const id = wire.at('id').member((value) => value.requiredId());
  return id instanceof SourceError ? null : id;
}

/**
 * Reads the rows of a union of lists, each contact once: as many of each list as the scan budget allows, and those behind them with the next
 * index.
 *
 * Cost: 1 call for every list and 1,000 rows; 1 more for a phone, or a value with characters special to LIKE, that nobody has; 1 for each row's
 * tags if they are asked for. From the second block of a union on, what came before is read again.
 */
async function readCollectedBlock(plan: OnlyofficePlan, index: number, call: Call, dependencies: ListReadingDependencies): Promise<Block> {
  const asOf = new Date(dependencies.now());
  const { scanBudget } = dependencies;
  // A contact may stand in several lists at places far apart: only what came before tells whether it is new.
  const isReadAgain = plan.reads.length > 1;
  const stretch = { from: isReadAgain ? 0 : index * scanBudget, to: (index + 1) * scanBudget };
  const lists = await inParallel(plan.reads, LISTS_AT_ONCE, (read) => readWholeList(read, stretch, call, dependencies));
  const known = isReadAgain ? index * scanBudget : 0;
  const given = new Set(lists.flatMap(({ rows }) => rows.slice(0, known).map((record) => record?.idInSource)));
  const records = new Map<string, ContactRecord>();
  for (const record of lists.flatMap(({ rows }) => rows.slice(known))) {
    if (record !== null && !given.has(record.idInSource) && !records.has(record.idInSource)) records.set(record.idInSource, record);
  }
  const found = [...records.values()];
  const strangers = findStrangers(found, plan, call, dependencies);
  const kept = found.filter(({ idInSource }) => !strangers.verdicts.has(idInSource));
  const isLast = lists.every((list) => list.isWhole);
  const isExact = plan.isComplete && [...plan.members.values()].every((member) => member === 'PUSHED');
  const droppedRows = lists.reduce((sum, { rows }) => sum + rows.slice(known).filter((row) => row === null).length, 0);
  return {
    rows: plan.needsTags ? await withTagsOf(kept, call, dependencies) : found,
    overlap: [],
    isLast,
    totalCount: isLast && isExact && index === 0 ? kept.length + droppedRows : null,
    droppedRows,
    strangers,
    asOf,
    isWhole: true,
  };
}

/** Positions in a list. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

interface WholeList {
  /** null in place of each that has no usable id. */
  readonly rows: readonly (ContactRecord | null)[];
  /** Whether the list ends within the stretch. */
  readonly isWhole: boolean;
}

async function readWholeList(read: ListRead, stretch: Stretch, call: Call, dependencies: ListReadingDependencies): Promise<WholeList> {
  const { rows, isWhole, rowBytes } = await readWireRows(read, stretch, call, dependencies);
  const form = read.list === 'contactInfo' ? 'SINGLE' : 'LIST';
  return { rows: readContactRows({ rows, form, rowBytes }, dependencies).rows, isWhole };
}

async function readWireRows(read: ListRead, stretch: Stretch, call: Call, dependencies: ListReadingDependencies) {
  switch (read.list) {
    case 'filter':
      return readStretch(dependencies.context.source, stretch, (range) => readFilterPage(read.parameters, range, call, dependencies));
    case 'contactInfo': {
      const found = await readContactInfoRows(read.parameters, stretch, call, dependencies);
      return found.rows.length > 0 || read.fallback === null ? found : readContactInfoRows(read.fallback, stretch, call, dependencies);
    }
    case 'companyPersons': {
      const path = companyPersonsPath(read.companyId);
      // The API's 404 stands for a company that does not exist or is not visible: nobody is known to work there.
      return readStretch(dependencies.context.source, stretch, async (range) => {
        const page = await dependencies.client.readPage(path, [], range, call);
        return page ?? { rows: [], isLast: true, total: null, rowBytes: 0 };
      });
    }
  }
}

function readStretch(source: string, { from, to }: Stretch, readPage: ReadPage) {
  return readPages(source, to - from, (range) => readPage({ ...range, startIndex: from + range.startIndex }));
}

function readContactInfoRows(parameters: readonly Parameter[], stretch: Stretch, call: Call, dependencies: ListReadingDependencies) {
  const { client, context } = dependencies;
  return readStretch(dependencies.context.source, stretch, async (range) => {
    const page = await client.readPage('/api/2.0/crm/contact/bycontactinfo', parameters, range, call);
    if (page !== null) return page;
    // One match whose status was deleted makes the whole call a 404, so that is never "nobody".
    throw new SourceError(
      context.source,
      'BAD_RESPONSE',
      `${context.source} cannot answer: a contact that matches has a status that was deleted.`,
      { httpStatus: 404 },
    );
  });
}

/** Reads one page of all contacts, of `count` rows at most. Cost: 1 call as a rule. */
export function readAllPage(
  parameters: readonly Parameter[],
  from: number,
  count: number,
  call: Call,
  dependencies: ListReadingDependencies,
) {
  return readStretch(dependencies.context.source, { from, to: from + count }, (range) =>
    readFilterPage(parameters, range, call, dependencies),
  );
}

async function readFilterPage(
  parameters: readonly Parameter[],
  range: PageRange,
  call: Call,
  { client, context }: ListReadingDependencies,
): Promise<ListPage> {
  const page = await client.readPage('/api/2.0/crm/contact/filter', parameters, range, call);
  if (page !== null) return page;
  throw new SourceError(context.source, 'BAD_RESPONSE', `${context.source} says that its list of contacts does not exist.`, {
    httpStatus: 404,
  });
}

async function withTagsOf(records: readonly ContactRecord[], call: Call, dependencies: ListReadingDependencies): Promise<ContactRecord[]> {
  const tagsById = await readTags(
    records.map((record) => record.idInSource),
    call,
    dependencies,
  );
  return records.map((record): ContactRecord => {
    const tags = tagsById.get(record.idInSource);
    if (tags === undefined) return withMembers(record, { tags: [] });
    if (!(tags instanceof SourceError)) return withTags(record, tags);
    // Tags that this contact alone does not show are not known; what keeps others from being read too is a failure of the list.
    if (tags.scope !== 'RECORD' && tags.code !== 'BAD_RESPONSE') throw tags;
    return withDamage(withMembers(record, { tags }), 'tags');
  });
}
