import type { SourceName, TestGateway } from '../../support/gateway.ts';

export interface WalkedContact {
  readonly id: string;
  readonly idInSource: string;
  readonly displayName: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly source: { readonly name: SourceName };
}

export interface WalkedReport {
  readonly source: { readonly name: SourceName };
  readonly status: 'OK' | 'PARTIAL' | 'FAILED' | 'SKIPPED';
  readonly error: { readonly code: string; readonly message: string; readonly retryAfterMs: number | null } | null;
  readonly unsupportedFilters: readonly string[];
  readonly totalCount: number | null;
  readonly isComplete: boolean;
  readonly isOrdered: boolean;
  readonly hasMoved: boolean;
  readonly asOf: string | null;
}

export interface WalkedPage {
  readonly edges: readonly { readonly cursor: string; readonly node: WalkedContact }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
  readonly isComplete: boolean;
  readonly sourceReports: readonly WalkedReport[];
}

export interface ListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: object | null;
  readonly orderBy?: { readonly field: string; readonly direction?: string } | null;
  readonly sources?: readonly string[] | null;
}

export const LIST_DOCUMENT = `query ($first: Int, $after: String, $filter: ContactFilter, $orderBy: ContactOrder, $sources: [String!]) {
  contacts(first: $first, after: $after, filter: $filter, orderBy: $orderBy, sources: $sources) {
    edges { cursor node { id idInSource displayName createdAt updatedAt source { name } ... on Person { firstName lastName } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
    isComplete
    sourceReports {
      source { name } status error { code message retryAfterMs } unsupportedFilters totalCount isComplete isOrdered hasMoved asOf
    }
  }
}`;

/** Reads one page, which must come without errors. */
export async function readPage(gateway: TestGateway, list: ListArguments = {}): Promise<WalkedPage> {
  const { contacts } = await gateway.ask<{ contacts: WalkedPage }>(LIST_DOCUMENT, { ...list });
  return contacts;
}

/** Reads page after page until the last. @throws Error when pages do not come to an end. */
export async function walk(gateway: TestGateway, list: ListArguments): Promise<{ contacts: WalkedContact[]; pages: WalkedPage[] }> {
  const pages: WalkedPage[] = [];
  let after = list.after ?? null;
  do {
    const page = await readPage(gateway, { ...list, after });
    pages.push(page);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    if (pages.length > 5_000) throw new Error('The pages do not come to an end.');
  } while (after !== null);
  return { contacts: pages.flatMap(({ edges }) => edges.map(({ node }) => node)), pages };
}

/** All that the CRMs hold and show, as `source:id`, in no order that means anything. */
export function everyone(gateway: TestGateway, sources: readonly SourceName[]): string[] {
  const ids: Readonly<Record<SourceName, () => number[]>> = {
    onlyoffice: () => gateway.onlyoffice.visibleContacts().map(({ id }) => id),
    kommo: () => gateway.kommo.data.contacts.filter(({ isTrashed }) => !isTrashed).map(({ id }) => id),
    callgear: () => gateway.callgear.contacts.map(({ id }) => id),
  };
  return sources.flatMap((source) => ids[source]().map((id) => `${source}:${id}`)).toSorted();
}

/** `source:id` of contacts as they came. */
export function namesOf(contacts: readonly WalkedContact[]): string[] {
  return contacts.map(({ source, idInSource }) => `${source.name}:${idInSource}`);
}

export function reportOf(page: WalkedPage | undefined, source: SourceName): WalkedReport | undefined {
  return page?.sourceReports.find((report) => report.source.name === source);
}
