import { getOperationAST } from 'graphql';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { shownOperationName } from '../telemetry/request-outcome.ts';
import { limitErrors, type ErrorDisplay } from './error-limits.ts';
import type { ServerContext } from './server-context.ts';

/**
 * Finishes every answer, that of a refused document included: sets 403 when nothing but scopes stood in the way, leaves out suggestions, and notes
 * the outcome, and to whom the answer may be given. `extensions` are added by graphql-answers.ts, since they are each request's own.
 */
export function useAnswerExtensions(display: ErrorDisplay): Plugin<object, ServerContext> {
  return {
    onExecute({ args }) {
      const { outcome } = args.contextValue as unknown as ServerContext;
      const operation = getOperationAST(args.document, args.operationName);
      outcome.operationName = shownOperationName(operation?.name?.value);
      outcome.operationType = operation?.operation ?? null;
    },
    onResultProcess(payload) {
      const { result, serverContext } = payload;
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { gateway, outcome } = serverContext;
      const errors = result.errors && limitErrors(result.errors, display);
      outcome.errorCodes = [...new Set((errors ?? []).map(codeOf))];
      outcome.result = errors === undefined || errors.length === 0 ? 'ok' : hasData(result) ? 'partial' : 'failed';
      for (const code of outcome.errorCodes) gateway.trace.noteCode(code);
      if (errors?.some(({ locations }) => locations !== undefined && locations.length > 0)) gateway.trace.noteLocations();
      payload.setResult({
        ...result,
        ...(errors !== undefined && { errors }),
        ...(isForbidden(result) && { extensions: { ...result.extensions, http: FORBIDDEN } }),
      });
    },
  };
}

const FORBIDDEN = { status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } };

/** Whether scopes kept everything back. A CRM that refuses the gateway's own credentials is another matter: its errors name a source. */
function isForbidden(result: ExecutionResult): boolean {
  const isScopeError = (error: GraphQLError) => codeOf(error) === 'FORBIDDEN' && error.extensions['source'] === undefined;
  return result.errors !== undefined && result.errors.length > 0 && result.errors.every(isScopeError) && !hasData(result);
}

function hasData({ data }: ExecutionResult): boolean {
  return data !== null && data !== undefined && Object.values(data).some((value) => value !== null);
}

function codeOf(error: GraphQLError): string {
  const code = error.extensions?.['code'];
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}
