import { GraphQLError, Kind } from 'graphql';
import { SourceError } from '../datasources/port/source-error.ts';
import { toInt } from '../schema/whole-number.ts';

/**
 * Decides what a client may see of an error; for Yoga's `maskedErrors.maskError`.
 *
 * - A failure of a CRM keeps its message and gets `extensions {code, source, retryAfterMs}`.
 * - An error that the gateway made for the client (BAD_USER_INPUT, INVALID_CURSOR, FORBIDDEN, …) passes as it is.
 * - A document, variable or argument that GraphQL itself refuses passes, as BAD_USER_INPUT unless it has a code already.
 * - Everything else, a value that does not fit its scalar included, becomes INTERNAL_SERVER_ERROR with `message`.
 */
export function maskError(error: unknown, message: string): Error {
  const original = originOf(error);
  if (original instanceof SourceError) {
    return located(error, original.message, {
      code: original.code,
      source: original.source,
      retryAfterMs: toInt(original.retryAfterMs),
    });
  }
  if (original instanceof GraphQLError) {
    if (original.extensions['code'] !== undefined) return error instanceof GraphQLError ? error : original;
    if (isRefusedByGraphQL(error)) {
      return located(error, messageOf(error, original), { ...original.extensions, code: 'BAD_USER_INPUT' });
    }
  }
  return located(error, message, { code: 'INTERNAL_SERVER_ERROR' });
}

/** The error that was thrown first, under the wrappers that only add a place. */
function originOf(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError !== undefined) origin = origin.originalError;
  return origin;
}

/** Errors without a path come from before execution. Of the others, those of arguments point at a value in the document, those of results at a field. */
function isRefusedByGraphQL(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.path === undefined) return true;
  return error.nodes?.some(({ kind }) => kind !== Kind.FIELD) ?? false;
}

/** The outer message names the variable or argument, the inner one only the value. */
function messageOf(error: unknown, original: GraphQLError): string {
  return error instanceof GraphQLError ? error.message : original.message;
}

/** Of the wrappers only the place is kept: graphql-js makes a SourceError's `source` their `source`, on which Yoga then fails the whole answer. */
function located(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  const origin = originOf(error);
  return new GraphQLError(message, { ...place, extensions, ...(origin instanceof Error && { originalError: origin }) });
}
