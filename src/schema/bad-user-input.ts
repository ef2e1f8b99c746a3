import { GraphQLError } from 'graphql';

/**
 * Makes the error for an argument that cannot be answered; its message names the argument.
 *
 * @param argument Where the fault is, as in `filter.statusIds[0]`.
 */
export function badUserInput(argument: string, fault: string): GraphQLError {
  return new GraphQLError(`${argument}: ${fault}`, { extensions: { code: 'BAD_USER_INPUT', argument } });
}

/** Makes the error for a page that is larger than any list gives. */
export function pageLimitExceeded(argument: string, fault: string): GraphQLError {
  return new GraphQLError(`${argument}: ${fault}`, { extensions: { code: 'PAGE_LIMIT_EXCEEDED', argument } });
}

/** Makes the error for a cursor that is damaged, or was made for another list. */
export function invalidCursor(argument: string): GraphQLError {
  return new GraphQLError(`${argument}: not a cursor of this list with this filter, order and sources.`, {
    extensions: { code: 'INVALID_CURSOR', argument },
  });
}

/** Makes the error for what the caller may not do. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
