// Apollo Server with its own HTTP server, DataLoader, undici. With REUSE=cached: its response cache.
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import responseCache from '@apollo/server-plugin-response-cache';
import { startStandaloneServer } from '@apollo/server/standalone';
import { IS_CACHED, PORT, sayReady, SDL } from './lib/crm.mjs';
import { contextOf, resolvers } from './lib/resolvers.mjs';
import { http } from './lib/undici-http.mjs';

const CACHE_SDL = `
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }
`;
const typeDefs = IS_CACHED
  ? CACHE_SDL + SDL.replace(/type (ContactInfo|CustomField|Company|User|Contact) /g, 'type $1 @cacheControl(maxAge: 60) ')
  : SDL;
const plugins = IS_CACHED ? [ApolloServerPluginCacheControl({ defaultMaxAge: 60 }), (responseCache.default ?? responseCache)()] : [];
const context = contextOf(http);
const server = new ApolloServer({ typeDefs, resolvers, plugins });
const { url } = await startStandaloneServer(server, { listen: { port: PORT, host: '127.0.0.1' }, context: async () => context() });
sayReady(new URL(url).port);
