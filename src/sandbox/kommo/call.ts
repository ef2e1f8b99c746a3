import type { Exchange } from '../crm-server.ts';
import type { FilterSwitches } from './filters.ts';
import type { ListHabits, ListRequest } from './list.ts';
import { parseQueryTree, textAt } from './query-tree.ts';
import type { KommoData } from './rows.ts';
import type { WireContext } from './wire.ts';

/** Where the account keeps its days. */
export interface KommoTimeZone {
  /** Of the IANA. */
  readonly name: string;
  /** `+03:00`. */
  readonly offset: string;
}

/** What the account lets this token see, and how it misbehaves. */
export interface ApiSettings extends FilterSwitches {
  readonly habits: ListHabits;
  readonly isAdmin: boolean;
  readonly hasTagsEndpoint: boolean;
  readonly timeZone: KommoTimeZone;
  readonly nowMs: () => number;
}

/** One call under `/api/v4`, with the numbers found in its path. */
export interface ApiCall {
  readonly data: KommoData;
  readonly settings: ApiSettings;
  readonly exchange: Exchange;
  readonly request: ListRequest;
  readonly ids: readonly number[];
}

/** The context in which rows of this call are written out; without `hrefQuery` links repeat the query as it was sent. */
export function contextOf({ data, request }: ApiCall, hrefQuery?: string): WireContext {
  const own = request.query.toString();
  return { data, origin: request.origin, withs: request.withs, hrefQuery: hrefQuery ?? (own === '' ? '' : `?${own}`) };
}

/** Reads what a list or a single read asks out of an exchange. */
export function toListRequest(exchange: Exchange, origin: string): ListRequest {
  const tree = parseQueryTree(exchange.query);
  const withs = new Set((textAt(tree, 'with') ?? '').split(',').map((name) => name.trim()));
  return { origin, path: exchange.path, query: exchange.query, tree, withs };
}
