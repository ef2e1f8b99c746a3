import { Client, fetchExchange, type Exchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import facts from './schema-facts.json' with { type: 'json' };
import { contactsPagination } from './urql-contacts.ts';

/** Makes a cache that knows the gateway's types. */
export function createCacheExchange(): Exchange {
  return cacheExchange({
    possibleTypes: facts.possibleTypes,
    // What has no id is kept with what it belongs to.
    keys: Object.fromEntries(facts.typesWithoutId.map((type) => [type, () => null])),
    resolvers: { Query: { contacts: contactsPagination() } },
    updates: {
      Mutation: {
        deleteContact({ deleteContact }, _arguments, cache) {
          const id = (deleteContact as { deletedContactId?: string | null } | null)?.deletedContactId;
          if (!id) return;
          for (const type of ['Company', 'Person']) cache.invalidate({ __typename: type, id });
        },
      },
    },
  });
}

/** Makes a client. @param key Left out where the gateway needs none. */
export function createUrqlClient(url: string, key?: string): Client {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return new Client({ url, preferGetMethod: false, fetchOptions: { headers }, exchanges: [createCacheExchange(), fetchExchange] });
}

/** Makes a client that sends ids of registered operations and never their texts. @param idOf The id of a text, as the manifest has it. */
export function createPersistedUrqlClient(url: string, key: string, idOf: (text: string) => Promise<string>): Client {
  const persisted = persistedExchange({
    enforcePersistedQueries: true,
    enableForMutation: true,
    preferGetForPersistedQueries: false,
    generateHash: idOf,
  });
  const headers = { authorization: `Bearer ${key}` };
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [createCacheExchange(), persisted, fetchExchange],
  });
}
