import { getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from './graphql-server.ts';

/**
 * Adds `extensions.cost {calls, limit}` to every answer, and `extensions.plan` when the caller asked for it: for each source of each list which
 * members of the filter were pushed and which checked, and the rows read and dropped. Notes the outcome for the log.
 */
export function useAnswerExtensions(): Plugin<object, ServerContext> {
  return {
    onExecute({ args }) {
      const { outcome } = args.contextValue as unknown as ServerContext;
      const operation = getOperationAST(args.document, args.operationName);
      outcome.operationName = operation?.name?.value ?? null;
      outcome.operationType = operation?.operation ?? null;
    },
    onExecutionResult(payload) {
      const { result, context } = payload;
      if (result === undefined || Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { gateway, outcome } = context as unknown as ServerContext;
      const codes = result.errors?.map((error) => error.extensions?.['code']).filter((code) => typeof code === 'string');
      outcome.errorCodes = [...new Set(codes)];
      const plan = gateway.isExplained && { plan: { lists: gateway.explanations, calls: gateway.meter.bySource } };
      payload.setResult({
        ...result,
        extensions: { ...result.extensions, cost: { calls: gateway.meter.total, limit: gateway.meter.limit }, ...plan },
      });
    },
  };
}
