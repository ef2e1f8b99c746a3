import { GraphQLError } from 'graphql';

/**
 * An argument that cannot be answered, in words that name the argument.
 *
 * @param argument Where the fault is, as in `filter.statusIds[0]`.
 */
export function badUserInput(argument: string, fault: string): GraphQLError {
  return new GraphQLError(`${argument}: ${fault}`, { extensions: { code: 'BAD_USER_INPUT', argument } });
}

/** More of a list at once than any list gives. */
export function pageLimitExceeded(argument: string, fault: string): GraphQLError {
  return new GraphQLError(`${argument}: ${fault}`, { extensions: { code: 'PAGE_LIMIT_EXCEEDED', argument } });
}

/** A cursor that is damaged, or was made for another list. */
export function invalidCursor(argument: string): GraphQLError {
  return new GraphQLError(`${argument}: not a cursor of this list with this filter, order and sources.`, {
    extensions: { code: 'INVALID_CURSOR', argument },
  });
}

/** The caller may not do this. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
