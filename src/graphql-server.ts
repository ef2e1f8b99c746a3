import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { useAnswerExtensions } from './answer-extensions.ts';
import type { Settings } from './config.ts';
import { useOperationLimits } from './door/operation-limits.ts';
import { withNoncePlaceholder } from './door/page-security.ts';
import { readExampleOperations } from './example-operations.ts';
import type { MeteredContext } from './request-context.ts';
import type { RequestOutcome } from './request-outcome.ts';
import { maskError } from './schema/mask-error.ts';

/** What the HTTP server gives to Yoga with each request. */
export interface ServerContext {
  readonly gateway: MeteredContext;
  readonly outcome: RequestOutcome;
}

export type GraphQLServer = YogaServerInstance<ServerContext, MeteredContext>;

/** Any of these headers shows that a request was not made by a mere form or link of another site. */
const CSRF_HEADERS = ['x-graphql-csrf', 'x-requested-with', 'apollo-require-preflight', 'graphql-require-preflight'];

/** GraphQL over HTTP: the schema under Yoga, with GraphiQL for browsers. */
export function createGraphQLServer(schema: GraphQLSchema, settings: Settings): GraphQLServer {
  /** Some 9 MB, the same for everyone. */
  let page: string | undefined;
  return createYoga<ServerContext, MeteredContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    cors: settings.corsOrigins.length > 0 && {
      origin: [...settings.corsOrigins],
      methods: ['POST', 'GET'],
      credentials: false,
      maxAge: 600,
    },
    batching: false,
    multipart: false,
    maskedErrors: { maskError },
    graphiql: settings.hasGraphiql && {
      title: 'crm-gateway',
      favicon: '/favicon.ico',
      defaultTabs: readExampleOperations().map((query) => ({ query })),
    },
    renderGraphiQL: (options) => (page ??= withNoncePlaceholder(renderGraphiQL(options))),
    context: ({ gateway }) => gateway,
    plugins: [useCSRFPrevention({ requestHeaders: CSRF_HEADERS }), useOperationLimits(), useAnswerExtensions()],
  });
}
