import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { useAnswerExtensions } from './use-answer-extensions.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../datasources/port/log.ts';
import { useBoundedValidation } from './use-bounded-validation.ts';
import { createDocumentCache, createParseErrorCache } from './documents/document-cache.ts';
import { useNoIntrospection } from './disclosure.ts';
import { useOperationLimits } from './use-operation-limits.ts';
import { useManifest, useNoPersistedQueries } from './use-persisted-operations.ts';
import { useValueBudget } from './budget/use-value-budget.ts';
import { useQueryExecution } from './use-query-execution.ts';
import { useRequestParameters } from './use-request-parameters.ts';
import type { MeteredContext } from './request-context.ts';
import type { ServerContext } from './server-context.ts';
import { maskError } from './mask-error.ts';

/** Yoga with what the gateway gives to each request. */
export type GraphQLServer = YogaServerInstance<ServerContext, MeteredContext>;

/** GraphQL over HTTP: the schema under Yoga. */
export function createGraphQLServer(schema: GraphQLSchema, settings: Settings, log: Log): GraphQLServer {
  const { persistedOperations } = settings;
  const display = { hasSuggestions: !settings.isProduction };
  return createYoga<ServerContext, MeteredContext>({
    schema,
    graphqlEndpoint: '/graphql',
    // No URL can end with a space: the gateway has a /health of its own.
    healthCheckEndpoint: ' ',
    landingPage: false,
    logging: false,
    cors: false,
    batching: false,
    multipart: false,
    // The gateway has read the whole body, and bounded it; Yoga would pipe it through a stream to count it again.
    maxRequestBodySize: false,
    maskedErrors: { maskError: (error, message) => noteUnexpected(error, maskError(error, message), log) },
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: createParseErrorCache(), validationCache: false },
    // The page is one of src/server/pages.
    graphiql: false,
    context: ({ gateway }) => gateway,
    plugins: [
      useRequestParameters(),
      persistedOperations === null ? useNoPersistedQueries() : useManifest(persistedOperations),
      useOperationLimits(),
      !settings.hasIntrospection && useNoIntrospection(),
      useBoundedValidation(display),
      useQueryExecution(),
      useValueBudget(),
      useAnswerExtensions(display),
    ],
  });
}

/** What clients are not shown is for the operator: a fault of the gateway's own. */
function noteUnexpected(error: unknown, shown: Error, log: Log): Error {
  if (shown instanceof GraphQLError && shown.extensions['code'] === 'INTERNAL_SERVER_ERROR') {
    const origin = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    log.error({ error: origin }, 'an operation failed unexpectedly');
  }
  return shown;
}
