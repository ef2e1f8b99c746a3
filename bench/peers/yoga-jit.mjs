// Yoga, graphql-jit, DataLoader, undici. With REUSE=cached: Yoga's response cache.
import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createSchema, createYoga } from 'graphql-yoga';
import { IS_CACHED, PORT, sayReady, SDL } from './lib/crm.mjs';
import { contextOf, resolvers } from './lib/resolvers.mjs';
import { http } from './lib/undici-http.mjs';

const plugins = [useGraphQlJit(), ...(IS_CACHED ? [useResponseCache({ session: () => null, ttl: 60_000 })] : [])];
const schema = createSchema({ typeDefs: SDL, resolvers });
const yoga = createYoga({ schema, context: contextOf(http), plugins, logging: false, graphiql: false, landingPage: false });
const server = createServer(yoga);
server.listen(PORT, '127.0.0.1', () => sayReady(server.address().port));
