import type { Fetcher } from '@graphiql/toolkit';
import { Kind, buildSchema, introspectionFromSchema, parse } from 'graphql';
import { keyHeaders, requestHeaders } from './request-options.ts';

/**
 * Makes what sends operations. What the gateway refuses comes as GraphQL errors too, so that the page shows its reason.
 *
 * @param ready Settles when the page has time to read the schema, which takes a tenth of a second and more.
 */
export const createFetcher =
  (ready: Promise<void>): Fetcher =>
  async ({ query, variables, operationName }) => {
    if (operationName === 'IntrospectionQuery') return fetchSchema(ready);
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...requestHeaders() },
      body: JSON.stringify({ query, variables, operationName: toOperationName(query, operationName) }),
    });
    return response.json();
  };

/** Answers GraphiQL's introspection from the schema's text, which browsers keep from one visit to the next: a POST is never kept. */
async function fetchSchema(ready: Promise<void>) {
  const response = await fetch('/schema.graphql', { headers: keyHeaders() });
  if (!response.ok) return response.json();
  await ready;
  const schema = buildSchema(await response.text(), { assumeValid: true, noLocation: true });
  return { data: introspectionFromSchema(schema) };
}

/** Chooses an operation only where there are several: for a moment after a change of tabs GraphiQL gives the name of the tab before. */
function toOperationName(query: string, chosen: string | null | undefined): string | undefined {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length > 1 ? (chosen ?? undefined) : undefined;
  } catch {
    // The gateway says what is wrong with the text.
    return undefined;
  }
}
