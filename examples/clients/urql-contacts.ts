import type { Cache, Resolver } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

interface PageInfo {
  readonly endCursor: unknown;
  readonly hasNextPage: unknown;
}

/**
 * Makes Graphcache's resolver for `Query.contacts`: urql's relayPagination, which also goes on behind pages without edges.
 *
 * The stock resolver passes over an empty page together with its cursor, and so loads the same page again and again.
 */
export function contactsPagination(options?: Parameters<typeof relayPagination>[0]): Resolver {
  const merge = relayPagination(options);
  return (parent, args, cache, info) => {
    const connection = merge(parent, args, cache, info) as { readonly pageInfo: PageInfo } | undefined;
    if (connection === undefined) return undefined;
    const pages = new Map<unknown, PageInfo>();
    for (const field of cache.inspectFields(info.parentKey)) {
      if (field.fieldName !== info.fieldName || !isSameList(field.arguments ?? {}, args)) continue;
      const pageInfo = readPageInfo(cache, cache.resolve(info.parentKey, field.fieldKey));
      if (pageInfo !== null) pages.set(field.arguments?.['after'] ?? null, pageInfo);
    }
    let { pageInfo } = connection;
    for (let passed = 0; passed < pages.size; passed += 1) pageInfo = { ...pageInfo, ...pages.get(pageInfo.endCursor) };
    return { ...connection, pageInfo };
  };
}

function readPageInfo(cache: Cache, connection: unknown): PageInfo | null {
  const pageInfo = typeof connection === 'string' ? cache.resolve(connection, 'pageInfo') : null;
  if (typeof pageInfo !== 'string') return null;
  return { endCursor: cache.resolve(pageInfo, 'endCursor'), hasNextPage: cache.resolve(pageInfo, 'hasNextPage') };
}

/** Whether two sets of arguments differ only in what chooses the page. */
function isSameList(
  { first: _first, after: _after, ...one }: object & PageArguments,
  { first: _asked, after: _from, ...other }: object & PageArguments,
): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

interface PageArguments {
  readonly first?: unknown;
  readonly after?: unknown;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
