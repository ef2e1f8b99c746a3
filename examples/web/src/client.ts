import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** What the cache has to know of the gateway: see docs/clients.md. */
export function createClient(): ApolloClient {
  return new ApolloClient({
    link: new HttpLink({ uri: '/graphql' }),
    cache: new InMemoryCache({
      possibleTypes: { Contact: ['Company', 'Person'] },
      typePolicies: {
        Query: { fields: { contacts: relayStylePagination(['filter', 'orderBy', 'sources']) } },
        Source: { fields: { health: { merge: true } } },
      },
    }),
  });
}
