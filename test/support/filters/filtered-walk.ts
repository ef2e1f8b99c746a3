import { encodeSourceId, type SourceIdEntity } from '../../../src/federation/source-id.ts';
import type { AskedFilter, AskedId } from './filter-truth.ts';
import type { SourceName, TestGateway } from '../gateway.ts';

/** What one source told of one page. */
export interface WalkReport {
  readonly source: { readonly name: SourceName };
  readonly status: 'OK' | 'PARTIAL' | 'FAILED' | 'SKIPPED';
  readonly error: { readonly code: string } | null;
  readonly unsupportedFilters: readonly string[];
  readonly totalCount: number | null;
  readonly isComplete: boolean;
}

export interface WalkPage {
  readonly nodes: readonly { readonly source: { readonly name: SourceName }; readonly idInSource: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  readonly totalCount: number | null;
  readonly isComplete: boolean;
  readonly sourceReports: readonly WalkReport[];
}

/** A list that was paged through to its end. */
export interface Walk {
  readonly pages: readonly WalkPage[];
  /** Ids of the contacts, in the order in which they came; repeats included. */
  readonly idsOf: (source: SourceName) => readonly string[];
  /** The source's report on each page. */
  readonly reportsOf: (source: SourceName) => readonly WalkReport[];
}

export interface WalkOptions {
  readonly first?: number;
  readonly sources?: readonly SourceName[];
  readonly orderBy?: { readonly field: string; readonly direction?: string };
  readonly pagesMax?: number;
}

const DOCUMENT = `query ($filter: ContactFilter, $first: Int, $after: String, $sources: [String!], $orderBy: ContactOrder) {
  contacts(filter: $filter, first: $first, after: $after, sources: $sources, orderBy: $orderBy) {
    nodes { source { name } idInSource }
    pageInfo { hasNextPage endCursor }
    totalCount
    isComplete
    sourceReports { source { name } status error { code } unsupportedFilters totalCount isComplete }
  }
}`;

/** Reads one page of a filtered list. */
export async function readFiltered(
  gateway: TestGateway,
  filter: AskedFilter,
  { first = 100, sources, orderBy }: WalkOptions = {},
  after: string | null = null,
): Promise<WalkPage> {
  const variables = { filter: toInput(filter), first, after, ...(sources && { sources }), ...(orderBy && { orderBy }) };
  return (await gateway.ask<{ contacts: WalkPage }>(DOCUMENT, variables)).contacts;
}

/** Pages through a filtered list as a client does: until there is no next page. @throws Error when there is no end of it. */
export async function walk(gateway: TestGateway, filter: AskedFilter, options: WalkOptions = {}): Promise<Walk> {
  const { pagesMax = 100 } = options;
  const pages: WalkPage[] = [];
  while (pages.length < pagesMax) {
    const page = await readFiltered(gateway, filter, options, pages.at(-1)?.pageInfo.endCursor ?? null);
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return toWalk(pages);
  }
  throw new Error(`There is a next page after ${pagesMax} pages.`);
}

function toWalk(pages: readonly WalkPage[]): Walk {
  return {
    pages,
    idsOf: (source) => pages.flatMap(({ nodes }) => nodes.filter((node) => node.source.name === source).map((node) => node.idInSource)),
    reportsOf: (source) => pages.flatMap(({ sourceReports }) => sourceReports.filter((report) => report.source.name === source)),
  };
}

const ENTITIES: Readonly<Record<string, SourceIdEntity>> = {
  statusIds: 'status',
  typeIds: 'type',
  responsibleIds: 'user',
  groupIds: 'group',
};

/** The filter as the schema takes it. */
export function toInput(filter: AskedFilter): Readonly<Record<string, unknown>> {
  const members = Object.entries(filter).map(([member, value]: readonly [string, unknown]) => {
    const entity = ENTITIES[member];
    if (member !== 'companyIds' && entity === undefined) return [member, value] as const;
    const ids = value as readonly AskedId[];
    return [
      member,
      ids.map(({ source, id }) => encodeSourceId({ source, entity: entity ?? companyEntity(source), idInSource: id })),
    ] as const;
  });
  return Object.fromEntries(members);
}

/** ONLYOFFICE's companies are contacts. */
function companyEntity(source: SourceName): SourceIdEntity {
  return source === 'onlyoffice' ? 'contact' : 'company';
}
