import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { relayStylePagination } from '@apollo/client/utilities';
import facts from './schema-facts.json' with { type: 'json' };

/** Makes a cache that knows the gateway's types. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: facts.possibleTypes,
    typePolicies: {
      Query: { fields: { contacts: relayStylePagination(['filter', 'orderBy', 'sources']) } },
      // Parts of a source without an id of their own: what one query reads of them is added to what another has read.
      Source: { fields: { health: { merge: true }, capabilities: { merge: true } } },
    },
  });
}

/** Makes a client. @param key Left out where the gateway needs none. */
export function createApolloClient(uri: string, key?: string): ApolloClient {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return new ApolloClient({ link: new HttpLink({ uri, headers }), cache: createCache() });
}

/** Makes a client that sends ids of registered operations and never their texts. @param idOf As the manifest has it. */
export function createPersistedApolloClient(uri: string, key: string, idOf: PersistedQueryLink.GenerateHashFunction): ApolloClient {
  const persisted = new PersistedQueryLink({ generateHash: idOf, retry: () => false, disable: () => false });
  const http = new HttpLink({ uri, headers: { authorization: `Bearer ${key}` } });
  return new ApolloClient({ link: ApolloLink.from([persisted, http]), cache: createCache() });
}
