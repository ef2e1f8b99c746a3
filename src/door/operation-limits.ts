import {
  GraphQLError,
  Kind,
  parse,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * What an operation may be made of. Each limit is refused before anything is executed, with a code of its own, and leaves room for the
 * introspection that GraphiQL and code generators send.
 */
export const OPERATION_LIMITS = {
  tokens: 2_000,
  /** Fields within fields; below `__schema` and `__type`, whose depth is the query's own doing, twice as many. */
  depth: 12,
  /** Aliases in the whole operation, fragments counted where they are spread. */
  aliases: 30,
  /** Directives at one place and in the whole document. */
  directivesPerNode: 5,
  directives: 50,
  /** Fields in the whole operation, fragments counted where they are spread. */
  fields: 1_000,
} as const;

/** Refuses operations over the limits: TOKEN_LIMIT_EXCEEDED, DEPTH_LIMIT_EXCEEDED, ALIAS_LIMIT_EXCEEDED, DIRECTIVE_LIMIT_EXCEEDED, FIELD_LIMIT_EXCEEDED. */
export function useOperationLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimit);
    },
    onValidate({ addValidationRule }) {
      addValidationRule(operationLimitsRule);
    },
  };
}

function parseWithinLimit(source: string, options?: object): DocumentNode {
  try {
    return parse(source, { ...options, maxTokens: OPERATION_LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError && /token limit|more than \d+ tokens/i.test(error.message)) {
      throw refuse('TOKEN_LIMIT_EXCEEDED', `A document may have at most ${OPERATION_LIMITS.tokens} tokens.`);
    }
    throw error;
  }
}

interface Tally {
  aliases: number;
  fields: number;
}

/** One walk with fragments in place; it stops at the first limit, so a document cannot make it long. */
function operationLimitsRule(context: ValidationContext): ASTVisitor {
  let directives = 0;
  return {
    enter(node) {
      if (!('directives' in node) || !node.directives?.length) return;
      directives += node.directives.length;
      if (node.directives.length > OPERATION_LIMITS.directivesPerNode || directives > OPERATION_LIMITS.directives) {
        const { directivesPerNode } = OPERATION_LIMITS;
        const text = `A document may have at most ${OPERATION_LIMITS.directives} directives, and ${directivesPerNode} at one place.`;
        context.reportError(refuse('DIRECTIVE_LIMIT_EXCEEDED', text));
        return false;
      }
      return undefined;
    },
    OperationDefinition(operation) {
      const tally: Tally = { aliases: 0, fields: 0 };
      const error = walk(context, operation.selectionSet, tally, { depth: 1, isIntrospection: false, spread: [] });
      if (error !== null) context.reportError(error);
    },
  };
}

interface Place {
  readonly depth: number;
  readonly isIntrospection: boolean;
  /** Names of the fragments around: a circle is another rule's to report. */
  readonly spread: readonly string[];
}

function walk(context: ValidationContext, selectionSet: SelectionSetNode, tally: Tally, place: Place): GraphQLError | null {
  for (const selection of selectionSet.selections) {
    const error =
      selection.kind === Kind.FIELD ? walkField(context, selection, tally, place) : walkFragment(context, selection, tally, place);
    if (error !== null) return error;
  }
  return null;
}

type FieldSelection = Extract<SelectionSetNode['selections'][number], { kind: typeof Kind.FIELD }>;
type FragmentSelection = Exclude<SelectionSetNode['selections'][number], FieldSelection>;

function walkField(context: ValidationContext, field: FieldSelection, tally: Tally, place: Place): GraphQLError | null {
  const isIntrospection = place.isIntrospection || field.name.value === '__schema' || field.name.value === '__type';
  tally.fields += 1;
  if (field.alias !== undefined) tally.aliases += 1;
  const { aliases, fields, depth } = OPERATION_LIMITS;
  if (tally.aliases > aliases) return refuse('ALIAS_LIMIT_EXCEEDED', `An operation may have at most ${aliases} aliases.`);
  if (tally.fields > fields) return refuse('FIELD_LIMIT_EXCEEDED', `An operation may select at most ${fields} fields.`);
  if (place.depth > (isIntrospection ? depth * 2 : depth))
    return refuse('DEPTH_LIMIT_EXCEEDED', `An operation may be at most ${depth} fields deep.`);
  if (field.selectionSet === undefined) return null;
  return walk(context, field.selectionSet, tally, { ...place, depth: place.depth + 1, isIntrospection });
}

function walkFragment(context: ValidationContext, selection: FragmentSelection, tally: Tally, place: Place): GraphQLError | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return walk(context, selection.selectionSet, tally, place);
  const name = selection.name.value;
  const fragment: FragmentDefinitionNode | null | undefined = place.spread.includes(name) ? null : context.getFragment(name);
  if (!fragment) return null;
  return walk(context, fragment.selectionSet, tally, { ...place, spread: [...place.spread, name] });
}

function refuse(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}
