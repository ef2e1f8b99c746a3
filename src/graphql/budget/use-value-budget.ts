import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { estimateValues, fragmentsOf, isSurelySmall } from '../../schema/budget/operation-estimate.ts';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import { LISTS_MAX } from '../../schema/budget/budget-options.ts';
import { countContactLists } from '../../schema/budget/contact-lists.ts';
import { tooLate, tooManyLists, type Place, type ValueBudget } from '../../schema/budget/value-budget.ts';
import type { MeteredContext } from '../request-context.ts';

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
      const { schema, document, variableValues } = args;
      const error = isSurelySmall(document, schema, budget.limit)
        ? null
        : findExcess({ schema, document, operation, variables: variableValues ?? {}, sources: [...sources.values()] }, budget);
      if (error !== null) {
        setResultAndStopExecution({ data: null, errors: [error] });
        return undefined;
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

interface Planned {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly sources: readonly ContactSource[];
}

/** Why an operation is not to run: it is surely beyond the budget. */
function findExcess({ schema, document, operation, variables, sources }: Planned, budget: ValueBudget): GraphQLError | null {
  const type = schema.getRootType(operation.operation);
  const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  // Variables that do not fit are the executor's to refuse.
  if (!type || variableValues === undefined) return null;
  if (countContactLists(operation, type, { schema, fragments: fragmentsOf(document), variableValues }) > LISTS_MAX) {
    return budget.refuse(0, tooManyLists(LISTS_MAX));
  }
  const values = estimateValues({ schema, document, operation, variableValues, asked: { sources, rows: 0 } });
  return values > budget.limit ? budget.refuse(values) : null;
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
