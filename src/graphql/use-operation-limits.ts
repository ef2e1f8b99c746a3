import {
  GraphQLError,
  Kind,
  parse,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * What an operation may be made of. Each limit is refused before anything is validated or executed, with a code of its own, and leaves room
 * for the introspection that GraphiQL and code generators send.
 */
export const OPERATION_LIMITS = {
  tokens: 2_000,
  /** Fields within fields; below `__schema` and `__type`, whose depth is the query's own doing, twice as many. */
  depth: 12,
  /** Aliases in one operation, fragments counted wherever they are spread. */
  aliases: 30,
  /** Directives at one place and in the whole document. */
  directivesPerNode: 5,
  directives: 50,
  /** Fields and spreads in one operation, fragments counted wherever they are spread. */
  fields: 1_000,
  /** How often one field may be written in one pair of braces. */
  repeats: 20,
} as const;

/**
 * Refuses operations over the limits: TOKEN_LIMIT_EXCEEDED, DEPTH_LIMIT_EXCEEDED, ALIAS_LIMIT_EXCEEDED, DIRECTIVE_LIMIT_EXCEEDED,
 * FIELD_LIMIT_EXCEEDED. They come before validation, whose own rules can be made slow by what is refused here.
 */
export function useOperationLimits(): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimit);
    },
    onValidate({ params, setResult }) {
      const error = findExcess(params.documentAST);
      if (error !== null) setResult([error]);
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

/** The first limit that a document is over; null when it is within all of them. Its time is bounded by the limits themselves. */
export function findExcess(document: DocumentNode): GraphQLError | null {
  const excess = findDirectiveExcess(document);
  if (excess !== null) return excess;
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const walk = { fragments, aliases: 0, fields: 0 };
    const error = walkSelections(walk, definition.selectionSet, { depth: 1, isIntrospection: false, spread: [] });
    if (error !== null) return error;
  }
  return null;
}

function findDirectiveExcess(document: DocumentNode): GraphQLError | null {
  const { directives, directivesPerNode } = OPERATION_LIMITS;
  let count = 0;
  let most = 0;
  visit(document, {
    enter(node) {
      if (!('directives' in node) || node.directives === undefined) return;
      count += node.directives.length;
      most = Math.max(most, node.directives.length);
    },
  });
  if (count <= directives && most <= directivesPerNode) return null;
  return refuse('DIRECTIVE_LIMIT_EXCEEDED', `A document may have at most ${directives} directives, and ${directivesPerNode} at one place.`);
}

interface Walk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  aliases: number;
  /** Fields, and spreads too: fragments that hold nothing but each other would be walked without end otherwise. */
  fields: number;
}

interface Place {
  readonly depth: number;
  readonly isIntrospection: boolean;
  /** Names of the fragments around: a circle is validation's to report. */
  readonly spread: readonly string[];
}

function walkSelections(walk: Walk, { selections }: SelectionSetNode, place: Place): GraphQLError | null {
  const repeats = new Map<string, number>();
  for (const selection of selections) {
    walk.fields += 1;
    const { fields } = OPERATION_LIMITS;
    if (walk.fields > fields) {
      return refuse(
        'FIELD_LIMIT_EXCEEDED',
        `An operation may select at most ${fields} fields, fragments counted wherever they are spread.`,
      );
    }
    const error =
      selection.kind === Kind.FIELD
        ? (findRepeatExcess(repeats, selection) ?? walkField(walk, selection, place))
        : walkFragment(walk, selection, place);
    if (error !== null) return error;
  }
  return null;
}

function findRepeatExcess(repeats: Map<string, number>, { name, alias }: FieldNode): GraphQLError | null {
  const key = (alias ?? name).value;
  const count = (repeats.get(key) ?? 0) + 1;
  repeats.set(key, count);
  if (count <= OPERATION_LIMITS.repeats) return null;
  return refuse('FIELD_LIMIT_EXCEEDED', `A field may be written at most ${OPERATION_LIMITS.repeats} times at one place.`);
}

function walkField(walk: Walk, field: FieldNode, place: Place): GraphQLError | null {
  const isIntrospection = place.isIntrospection || field.name.value === '__schema' || field.name.value === '__type';
  if (field.alias !== undefined) walk.aliases += 1;
  const { aliases, depth } = OPERATION_LIMITS;
  if (walk.aliases > aliases) return refuse('ALIAS_LIMIT_EXCEEDED', `An operation may have at most ${aliases} aliases.`);
  const depthMax = isIntrospection ? depth * 2 : depth;
  if (place.depth > depthMax) return refuse('DEPTH_LIMIT_EXCEEDED', `An operation may be at most ${depthMax} fields deep here.`);
  if (field.selectionSet === undefined) return null;
  return walkSelections(walk, field.selectionSet, { ...place, depth: place.depth + 1, isIntrospection });
}

function walkFragment(walk: Walk, selection: FragmentSpreadNode | InlineFragmentNode, place: Place): GraphQLError | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return walkSelections(walk, selection.selectionSet, place);
  const name = selection.name.value;
  const fragment = place.spread.includes(name) ? undefined : walk.fragments.get(name);
  if (fragment === undefined) return null;
  return walkSelections(walk, fragment.selectionSet, { ...place, spread: [...place.spread, name] });
}

function refuse(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } });
}
