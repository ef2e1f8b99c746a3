import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { exceedsParameterLimits, PARAMETER_LIMITS } from './parameter-limits.ts';

/**
 * Refuses what is no GraphQL request, with a code: a body or URL parameter that is not JSON (BAD_REQUEST), and several operations in one
 * request (BATCHING_NOT_ALLOWED), which would get round the limits that are set for one; and too much beside the document (VARIABLE_LIMIT_EXCEEDED).
 */
export function useRequestParameters(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (requestParser === undefined) return;
      setRequestParser(async (request) => {
        const parameters = await orRefused(() => requestParser(request));
        if (Array.isArray(parameters)) throw refuse('BATCHING_NOT_ALLOWED', 'A request holds one operation, not a list.', 400);
        // A Response, which a parser may return too, has neither. To ask whether it is one would load Node.js' client for fetch.
        const { variables, extensions } = parameters as GraphQLParams;
        if (exceedsParameterLimits(variables, extensions)) {
          throw refuse(
            'VARIABLE_LIMIT_EXCEEDED',
            `Variables and extensions may have at most ${PARAMETER_LIMITS.values} values, ${PARAMETER_LIMITS.depth} levels deep.`,
            400,
          );
        }
        // Some clients write no name as an empty one.
        return 'operationName' in parameters && parameters.operationName === '' ? withoutName(parameters) : parameters;
      });
    },
  };
}

function withoutName({ operationName: _empty, ...parameters }: GraphQLParams): GraphQLParams {
  return parameters;
}

async function orRefused<T>(parse: () => T | Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    // What the parser says of the text may quote it.
    if (error instanceof GraphQLError && !('originalError' in error.extensions)) throw error;
    throw refuse('BAD_REQUEST', 'The parameters of the request are not JSON.', 400);
  }
}

function refuse(code: string, message: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}
