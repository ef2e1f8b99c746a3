import type { GraphQLObjectType, OperationDefinitionNode } from 'graphql';
import { ESTIMATE, type EstimateOptions } from './budget-options.ts';
import { collectSelections, type SelectionScope } from './selection-weight.ts';

/** Counts the lists of contacts that an operation asks for at its root. */
export function countContactLists({ selectionSet }: OperationDefinitionNode, type: GraphQLObjectType, scope: SelectionScope): number {
  const { fields } = collectSelections(selectionSet.selections, type, scope);
  const definitions = type.getFields();
  let count = 0;
  for (const [node] of fields.values()) {
    const options = definitions[node?.name.value ?? '']?.extensions[ESTIMATE] as EstimateOptions | undefined;
    if (options?.isContactList === true) count += 1;
  }
  return count;
}
