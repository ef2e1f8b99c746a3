import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { cacheExchange, type Resolver } from '@urql/exchange-graphcache';
import { Client, fetchExchange } from '@urql/core';
import relay from 'relay-runtime';
import { firstValueFrom, skipWhile } from 'rxjs';
import { LIST } from './relay-list.ts';

/** Which list is shown. */
export interface Shown {
  readonly filter: object;
  readonly first: number;
}

/** What a screen with a list that grows has at a moment. */
export interface View {
  readonly ids: readonly string[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** A list that grows, as a front end has it with one client's stock pagination. */
export interface Pager {
  view(): View;
  /** Loads what comes after the view's end cursor; the first page at first. */
  loadMore(): Promise<void>;
}

const DOCUMENT = `query Contacts($first: Int, $after: String, $filter: ContactFilter) {
  contacts(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id displayName } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    sourceReports { status error { code retryAfterMs } }
  }
}`;

interface Connection {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
const EMPTY: View = { ids: [], hasNextPage: true, endCursor: null };

function viewOf({ edges, pageInfo }: Connection): View {
  return { ids: edges.map(({ node }) => node.id), hasNextPage: pageInfo.hasNextPage, endCursor: pageInfo.endCursor };
}

export function apolloPager(uri: string, { filter, first }: Shown): Pager {
  const client = new ApolloClient({
    link: new HttpLink({ uri }),
    cache: new InMemoryCache({
      possibleTypes: { Contact: ['Company', 'Person'] },
      typePolicies: { Query: { fields: { contacts: relayStylePagination(['filter', 'orderBy', 'sources']) } } },
    }),
  });
  const document = gql(DOCUMENT);
  const query = client.watchQuery<{ contacts: Connection }>({ query: document, variables: { filter, first } });
  const read = (): View =>
    viewOf(client.readQuery<{ contacts: Connection }>({ query: document, variables: { filter, first } })?.contacts as Connection);
  let view = EMPTY;
  // The screen that shows the list.
  const shown = query.subscribe(() => undefined);
  return {
    view: () => view,
    async loadMore() {
      if (view.endCursor === null) await firstValueFrom(query.pipe(skipWhile(({ loading }) => loading)));
      else await query.fetchMore({ variables: { after: view.endCursor } });
      view = read();
      if (!view.hasNextPage) shown.unsubscribe();
    },
  };
}

/** @param resolver Of `Query.contacts`. */
export function urqlPager(resolver: Resolver): (url: string, shown: Shown) => Pager {
  return (url, { filter, first }) => {
    const client = new Client({
      url,
      preferGetMethod: false,
      exchanges: [
        cacheExchange({ keys: { SourceReport: () => null, SourceError: () => null }, resolvers: { Query: { contacts: resolver } } }),
        fetchExchange,
      ],
    });
    let view = EMPTY;
    return {
      view: () => view,
      async loadMore() {
        const result = await client.query<{ contacts: Connection }>(DOCUMENT, { filter, first, after: view.endCursor }).toPromise();
        if (result.data === undefined) throw new Error('No data.', { cause: result.error });
        view = viewOf(result.data.contacts);
      },
    };
  };
}

export function relayPager(url: string, { filter, first }: Shown): Pager {
  const environment = new relay.Environment({
    store: new relay.Store(new relay.RecordSource()),
    network: relay.Network.create(async (_request, variables) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: LIST.params.text, variables }),
      });
      return (await response.json()) as relay.GraphQLResponse;
    }),
  });
  const operationFor = (after: string | null) => relay.createOperationDescriptor(LIST, { filter, first, after }, { force: true });
  // What usePaginationFragment reads stays in the store while the screen is there.
  environment.retain(operationFor(null));
  let view = EMPTY;
  return {
    view: () => view,
    async loadMore() {
      const { endCursor } = view;
      await relay.fetchQuery(environment, LIST, { filter, first, after: endCursor }, { networkCacheConfig: { force: true } }).toPromise();
      const { data } = environment.lookup(operationFor(null).fragment);
      view = viewOf((data as unknown as { contacts: Connection }).contacts);
    },
  };
}
