import { getOperationAST, getVariableValues, GraphQLError, OperationTypeNode, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { estimateValues, isSurelySmall } from '../schema/budget/operation-estimate.ts';
import { tooLate, type Place, type ValueBudget } from '../schema/budget/value-budget.ts';
import type { MeteredContext } from './request-context.ts';

/**
 * Keeps operations within their budget of values (`VALUE_BUDGET`), bytes and time. What is surely beyond it is refused before it runs, without a call; the
 * rest is counted while it is resolved (value-budget-plugin.ts).
 *
 * A query beyond the budget is answered with `data: null` and one error, COST_EXCEEDED or TIMEOUT. A mutation is refused before anything is sent, or its
 * outcomes are answered: then only its `contact` is left out, null with one error.
 */
export function useValueBudget(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { values: budget, sources } = args.contextValue as unknown as MeteredContext;
      const operation = getOperationAST(args.document, args.operationName);
      if (!operation) return undefined;
      const { schema, document } = args;
      if (!isSurelySmall(document, schema, budget.limit)) {
        const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], args.variableValues ?? {});
        // Variables that do not fit are the executor's to refuse.
        const asked = { sources: [...sources.values()], rows: 0 };
        const values = variableValues === undefined ? 0 : estimateValues({ schema, document, operation, variableValues, asked });
        if (values > budget.limit) {
          setResultAndStopExecution({ data: null, errors: [budget.refuse(values)] });
          return undefined;
        }
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (!('data' in result)) return;
          if (operation.operation !== OperationTypeNode.MUTATION) refuseQuery(result, budget, setResult);
          else if (budget.cuts.size > 0) setResult(withoutCuts(result, budget));
        },
      };
    },
  };
}

function refuseQuery(result: ExecutionResult, budget: ValueBudget, setResult: (result: ExecutionResult) => void): void {
  const excess = budget.excess ?? (budget.isLate() ? tooLate() : null);
  if (excess !== null) setResult({ ...result, data: null, errors: [errorAt(excess, budget.excessPlace)] });
}

/** Takes the cut fields out of the answer of a mutation, errors of what was below them included. */
function withoutCuts(result: ExecutionResult, budget: ValueBudget): ExecutionResult {
  const { excess, cuts } = budget;
  if (excess === null) return result;
  const places = [...cuts];
  for (const { path } of places) removeAt(result.data, path);
  const isCut = ({ path = [] }: GraphQLError) => places.some((place) => place.path.every((key, index) => path[index] === key));
  const errors = (result.errors ?? []).filter((error) => !isCut(error));
  return { ...result, errors: [...errors, ...places.map((place) => errorAt(excess, place))] };
}

function removeAt(data: unknown, path: Place['path']): void {
  const [key, ...rest] = path;
  if (key === undefined || !isMembers(data)) return;
  if (rest.length === 0) data[key] = null;
  else removeAt(data[key], rest);
}

function isMembers(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function errorAt({ message, extensions }: GraphQLError, place: Place | null): GraphQLError {
  return new GraphQLError(message, { extensions, ...(place !== null && { nodes: place.nodes, path: place.path }) });
}
