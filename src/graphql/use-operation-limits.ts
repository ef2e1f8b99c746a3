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
  type Source,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { oncePerDocument } from './documents/once-per-document.ts';

/**
 * What a document may be made of. Each limit is refused before anything is validated or executed, with a code of its own, and leaves room
 * for the introspection that GraphiQL and code generators send. Together they bound the time of validation, whose rules compare fields in pairs.
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
  /** The same in all operations, and in the fragments that none of them spreads. */
  fieldsInDocument: 2_000,
  fragments: 60,
  /** How often one field may be written in one pair of braces; a field with braces or arguments also wherever it is merged into one object. */
  repeats: 20,
  /** How often a field without either may be merged into one object. */
  plainRepeats: 100,
} as const;

/** Longer documents have no `locations` in their errors: graphql-js finds each by reading the document from its beginning. */
const LOCATED_CHARACTERS_MAX = 10_000;
const LOCATED_LINES_MAX = 500;

/**
 * Refuses documents over the limits: TOKEN_LIMIT_EXCEEDED, DEPTH_LIMIT_EXCEEDED, ALIAS_LIMIT_EXCEEDED, DIRECTIVE_LIMIT_EXCEEDED,
 * FRAGMENT_LIMIT_EXCEEDED, FIELD_LIMIT_EXCEEDED. They come before validation, whose own rules can be made slow by what is refused here.
 */
export function useOperationLimits(): Plugin {
  const excessOf = oncePerDocument(findExcess);
  return {
    onParse({ setParseFn }) {
      setParseFn(parseWithinLimit);
    },
    onValidate({ params: { documentAST }, setResult }) {
      const error = excessOf(documentAST);
      if (error !== null) setResult([error]);
    },
  };
}

/** Parses a document of at most so many tokens. @throws GraphQLError TOKEN_LIMIT_EXCEEDED, or for a fault of syntax. */
export function parseWithinLimit(source: string | Source, options?: object): DocumentNode {
  const { tokens } = OPERATION_LIMITS;
  const noLocation = !isLocated(typeof source === 'string' ? source : source.body);
  try {
    return parse(source, { ...options, maxTokens: tokens, noLocation });
  } catch (error) {
    if (error instanceof GraphQLError && error.message.startsWith(`Syntax Error: Document contains more than ${tokens} tokens.`)) {
      throw refuse('TOKEN_LIMIT_EXCEEDED', `A document may have at most ${tokens} tokens.`);
    }
    throw error;
  }
}

function isLocated(text: string): boolean {
  if (text.length > LOCATED_CHARACTERS_MAX) return false;
  let lines = 1;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines += 1;
  return lines <= LOCATED_LINES_MAX;
}

/** The first limit that a document is over; null when it is within all of them. Its time is bounded by the limits themselves. */
export function findExcess(document: DocumentNode): GraphQLError | null {
  const excess = findDirectiveExcess(document);
  if (excess !== null) return excess;
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const all = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const fragments = new Map(all.map((fragment) => [fragment.name.value, fragment]));
  const ofDocument: DocumentWalk = { fragments, isReached: new Set(), fields: 0 };
  for (const { selectionSet } of operations) {
    const error = walkDefinition(ofDocument, selectionSet);
    if (error !== null) return error;
  }
  if (all.length > OPERATION_LIMITS.fragments) {
    return refuse('FRAGMENT_LIMIT_EXCEEDED', `A document may have at most ${OPERATION_LIMITS.fragments} fragments.`);
  }
  // Validation refuses these only after it has compared what is in them.
  for (const fragment of all) {
    const error = ofDocument.isReached.has(fragment) ? null : walkDefinition(ofDocument, fragment.selectionSet);
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

interface DocumentWalk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly isReached: Set<FragmentDefinitionNode>;
  fields: number;
}

/** The walk through one operation, or through a fragment that no operation spreads. */
interface Walk {
  readonly document: DocumentWalk;
  aliases: number;
  /** Fields, and spreads too: fragments that hold nothing but each other would be walked without end otherwise. */
  fields: number;
}

/** Fields of one response name that come together in one object, whatever braces and fragments they are written in. */
interface Merged {
  repeats: number;
  plainRepeats: number;
  readonly fields: Map<string, Merged>;
  /** Fragments by name: one that is spread here again adds nothing that would be compared. */
  readonly spread: Set<string>;
}

interface Place {
  readonly depth: number;
  readonly isIntrospection: boolean;
  /** Names of the fragments around: a circle is validation's to report. */
  readonly spread: readonly string[];
  readonly merged: Merged;
}

const nothingMerged = (): Merged => ({ repeats: 0, plainRepeats: 0, fields: new Map(), spread: new Set() });

function walkDefinition(document: DocumentWalk, selectionSet: SelectionSetNode): GraphQLError | null {
  const walk = { document, aliases: 0, fields: 0 };
  return walkSelections(walk, selectionSet, { depth: 1, isIntrospection: false, spread: [], merged: nothingMerged() });
}

function walkSelections(walk: Walk, { selections }: SelectionSetNode, place: Place): GraphQLError | null {
  const repeats = new Map<string, number>();
  for (const selection of selections) {
    walk.fields += 1;
    walk.document.fields += 1;
    const error =
      findFieldExcess(walk) ??
      (selection.kind === Kind.FIELD
        ? (findRepeatExcess(repeats, selection) ?? walkField(walk, selection, place))
        : walkFragment(walk, selection, place));
    if (error !== null) return error;
  }
  return null;
}

function findFieldExcess(walk: Walk): GraphQLError | null {
  const { fields, fieldsInDocument } = OPERATION_LIMITS;
  if (walk.fields <= fields && walk.document.fields <= fieldsInDocument) return null;
  const limits = `An operation may select at most ${fields} fields, and a document ${fieldsInDocument}`;
  return refuse('FIELD_LIMIT_EXCEEDED', `${limits}, fragments counted wherever they are spread.`);
}

function findRepeatExcess(repeats: Map<string, number>, field: FieldNode): GraphQLError | null {
  const key = responseName(field);
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
  const merged = place.merged.fields.get(responseName(field)) ?? nothingMerged();
  place.merged.fields.set(responseName(field), merged);
  const error = findMergeExcess(merged, field);
  if (error !== null || field.selectionSet === undefined) return error;
  return walkSelections(walk, field.selectionSet, { ...place, depth: place.depth + 1, isIntrospection, merged });
}

/** Each field is compared with every other one of its name in the same object, with all that is below it and its arguments. */
function findMergeExcess(merged: Merged, { selectionSet, arguments: given = [] }: FieldNode): GraphQLError | null {
  const { repeats, plainRepeats } = OPERATION_LIMITS;
  if (selectionSet === undefined && given.length === 0) merged.plainRepeats += 1;
  else merged.repeats += 1;
  if (merged.repeats <= repeats && merged.plainRepeats <= plainRepeats) return null;
  const limits = `at most ${repeats} times, and one without braces and arguments at most ${plainRepeats} times`;
  return refuse('FIELD_LIMIT_EXCEEDED', `A field may be merged into one object ${limits}.`);
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

function walkFragment(walk: Walk, selection: FragmentSpreadNode | InlineFragmentNode, place: Place): GraphQLError | null {
  if (selection.kind === Kind.INLINE_FRAGMENT) return walkSelections(walk, selection.selectionSet, place);
  const name = selection.name.value;
  const fragment = place.spread.includes(name) ? undefined : walk.document.fragments.get(name);
  if (fragment === undefined) return null;
  walk.document.isReached.add(fragment);
  const merged = place.merged.spread.has(name) ? nothingMerged() : place.merged;
  place.merged.spread.add(name);
  return walkSelections(walk, fragment.selectionSet, { ...place, spread: [...place.spread, name], merged });
}

function refuse(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400, spec: true } } });
}
