import { getOperationAST, type GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { executeQuery } from './execution/execute-query.ts';

/** Has queries executed by the gateway's own executor; what that leaves out is executed as before. */
export function useQueryExecution(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: Parameters<typeof executeFn>[0]) => {
        const { document, operationName, variableValues, contextValue } = args;
        const operation = getOperationAST(document, operationName);
        const schema = args.schema as GraphQLSchema;
        const executed = operation && executeQuery({ schema, document, operation, variables: variableValues ?? {}, contextValue });
        return executed ?? executeFn(args);
      });
    },
  };
}
