import { shuffled } from '../seeded-random.ts';
import type { Reply } from '../crm-server.ts';
import { predicatesOf } from './filters.ts';
import type { FilterRules, Predicate } from './filters.ts';
import { branchAt, textAt } from './query-tree.ts';
import type { QueryBranch } from './query-tree.ts';
import { hal, nothing, problem, type KommoEmptiness } from './replies.ts';

/** More than this is not refused but cut down to it without a word. */
const ROWS_PER_PAGE_MAX = 250;
const ROWS_PER_PAGE = 50;

/** What one request asks, read once. */
export interface ListRequest {
  /** `http://host` of the request. */
  readonly origin: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly tree: QueryBranch;
  readonly withs: ReadonlySet<string>;
}

/** How lists misbehave on this account. */
export interface ListHabits {
  readonly hasPhantomNext: boolean;
  readonly hasShortPages: boolean;
  readonly isApiFilterEnabled: boolean;
  /** Draws for rows with equal sort keys; undefined leaves them in the order of their ids. */
  readonly tieRandom: (() => number) | undefined;
  /** Names of filters that are refused in words. */
  readonly refusedFilters: ReadonlySet<string>;
  /** Names of fields by which an order is refused in words. */
  readonly refusedOrders: ReadonlySet<string>;
  /** Whether `query` is refused in words. */
  readonly refusesQuery: boolean;
  /** Whether a filtered list holds one row that does not match. */
  readonly hasStrayRow: boolean;
  /** Rows that cannot be written: a page with one of them fails. */
  readonly unwritableIds: ReadonlySet<number>;
  /** How it is said that there is nothing. */
  readonly emptiness: KommoEmptiness;
}

interface Identified {
  readonly id: number;
}

/** One list of the account, and what can be asked of it. */
export interface ListDefinition<Row extends Identified> {
  /** The member of `_embedded`. */
  readonly key: string;
  readonly rows: readonly Row[];
  readonly filters: FilterRules<Row>;
  readonly search?: Predicate<Row> | undefined;
  /** Fields that `order` understands; others are ignored. */
  readonly orders: Readonly<Record<string, (row: Row) => number | string>>;
  /** Order without `order`, ascending. */
  readonly defaultOrder: string;
  /** Rows that have a place on a page but are taken off it when the account has short pages; else they are not there at all. */
  readonly isHidden?: Predicate<Row>;
  readonly toWire: (row: Row, hrefQuery: string) => unknown;
  /** Whether a page says how many rows and pages there are; false when left out. */
  readonly hasTotals?: boolean;
}

function positiveInteger(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : otherwise;
}

function collate(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
}

function compare(one: number | string, other: number | string): number {
  const [a, b] = [typeof one === 'string' ? collate(one) : one, typeof other === 'string' ? collate(other) : other];
  return a < b ? -1 : a > b ? 1 : 0;
}

function sorted<Row extends Identified>(
  rows: readonly Row[],
  definition: ListDefinition<Row>,
  request: ListRequest,
  habits: ListHabits,
): Row[] {
  const asked = [...branchAt(request.tree, 'order')].flatMap(([name, direction]) =>
    Object.hasOwn(definition.orders, name) && typeof direction === 'string' && /^(asc|desc)$/i.test(direction)
      ? [{ name, sign: direction.toLowerCase() === 'desc' ? -1 : 1 }]
      : [],
  );
  const { name, sign } = asked[0] ?? { name: definition.defaultOrder, sign: 1 };
  const select = definition.orders[name] ?? ((row: Row) => row.id);
  const tied = habits.tieRandom === undefined ? rows.toSorted((one, other) => one.id - other.id) : shuffled(rows, habits.tieRandom);
  return tied.sort((one, other) => sign * compare(select(one), select(other)));
}

function hrefOf(request: ListRequest, page: number, limit: number): URLSearchParams {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  query.set('limit', String(limit));
  return query;
}

function linksOf(
  request: ListRequest,
  place: { page: number; limit: number; hasNext: boolean; lastPage: number | undefined },
): Record<string, { href: string }> {
  const link = (page: number) => ({ href: `${request.origin}${request.path}?${hrefOf(request, page, place.limit).toString()}` });
  return {
    self: link(place.page),
    ...(place.hasNext ? { next: link(place.page + 1) } : {}),
    ...(place.page > 1 ? { first: link(1), prev: link(place.page - 1) } : {}),
    ...(place.lastPage === undefined ? {} : { last: link(place.lastPage) }),
  };
}

/** What the account does not take of a request, in its words. */
function refusalOf(request: ListRequest, habits: ListHabits): string | undefined {
  const has = (branch: string, names: ReadonlySet<string>) => [...branchAt(request.tree, branch).keys()].some((name) => names.has(name));
  if (has('filter', habits.refusedFilters)) return 'Invalid filter for current account';
  if (has('order', habits.refusedOrders)) return 'Invalid order for current account';
  return habits.refusesQuery && request.query.has('query') ? 'Search is not available for current account' : undefined;
}

/**
 * Answers a list request: filters, sorts, cuts one page out and links to the next one.
 *
 * 204 when the page has no row. `next` stands when there are more rows or, on an account with that habit, always. On an account with short
 * pages rows are taken off after the page is cut: the page is short, `next` stands all the same.
 */
export function listReply<Row extends Identified>(definition: ListDefinition<Row>, request: ListRequest, habits: ListHabits): Reply {
  const page = positiveInteger(textAt(request.tree, 'page'), 1);
  const limit = Math.min(positiveInteger(textAt(request.tree, 'limit'), ROWS_PER_PAGE), ROWS_PER_PAGE_MAX);
  const isHidden = definition.isHidden ?? (() => false);
  const refused = refusalOf(request, habits);
  if (refused !== undefined) return problem(400, refused);
  const predicates = habits.isApiFilterEnabled ? predicatesOf(branchAt(request.tree, 'filter'), definition.filters) : [];
  const listed = definition.rows.filter((row) => (habits.hasShortPages || !isHidden(row)) && (definition.search?.(row) ?? true));
  const isMatch = (row: Row) => predicates.every((predicate) => predicate(row));
  const stray = habits.hasStrayRow ? listed.find((row) => !isMatch(row)) : undefined;
  const matching = listed.filter((row) => row === stray || isMatch(row));
  const cut = sorted(matching, definition, request, habits).slice((page - 1) * limit, page * limit);
  const hasMore = matching.length > page * limit;
  const shown = cut.filter((row) => !isHidden(row));
  if (shown.some(({ id }) => habits.unwritableIds.has(id))) return problem(500, 'An unknown error occurred.');
  if (shown.length === 0 && !hasMore) return nothing(habits.emptiness);
  const lastPage = definition.hasTotals === true ? Math.ceil(matching.length / limit) : undefined;
  const hrefQuery = `?${hrefOf(request, page, limit).toString()}`;
  return hal({
    ...(lastPage === undefined ? {} : { _total_items: matching.length }),
    _page: page,
    ...(lastPage === undefined ? {} : { _page_count: lastPage }),
    _links: linksOf(request, { page, limit, hasNext: hasMore || habits.hasPhantomNext, lastPage }),
    _embedded: { [definition.key]: shown.map((row) => definition.toWire(row, hrefQuery)) },
  });
}
