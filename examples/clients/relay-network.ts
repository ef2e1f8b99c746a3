import relay, { type GraphQLResponse } from 'relay-runtime';

/** Makes Relay's network. Registered operations are sent as ids, where the compiler's `persistConfig` gave them one. @param key Left out where the gateway needs none. */
export function createNetwork(url: string, key?: string): ReturnType<typeof relay.Network.create> {
  return relay.Network.create(async ({ id, text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ ...(id ? { documentId: id } : { query: text }), variables }),
    });
    return (await response.json()) as GraphQLResponse;
  });
}
