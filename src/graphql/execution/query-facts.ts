import { Kind, visit, type DirectiveNode, type DocumentNode, type FragmentDefinitionNode } from 'graphql';
import { oncePerDocument } from '../documents/once-per-document.ts';
import { fragmentsOf } from '../../schema/budget/operation-estimate.ts';
import type { SelectionPlan } from './selection-plan.ts';

/** What executing needs to know of a document, whatever the variables are. */
export interface QueryFacts {
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Whether its answer may come in parts. */
  readonly isIncremental: boolean;
  /** The variables that decide what is selected: those of `@skip` and `@include`. */
  readonly conditions: readonly string[];
  /** What is planned at the root of its operations (by their nodes), where there are no conditions. */
  readonly rootPlans: Map<object, SelectionPlan>;
}

/** Returns what is to be known of a document; looked for once. */
export const factsOf = oncePerDocument(findFacts);

function findFacts(document: DocumentNode): QueryFacts {
  let isIncremental = false;
  const conditions = new Set<string>();
  visit(document, {
    [Kind.DIRECTIVE]({ name, arguments: given = [] }: DirectiveNode) {
      if (name.value === 'defer' || name.value === 'stream') isIncremental = true;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  return { fragments: fragmentsOf(document), isIncremental, conditions: [...conditions], rootPlans: new Map() };
}
