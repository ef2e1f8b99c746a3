import {
  isAbstractType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionNode,
} from 'graphql';

/** What one object of a selection adds to an answer, without what is below its fields. */
export interface SelectionWeight {
  /** Fields. */
  readonly values: number;
  /** Their names and punctuation, and room for a plain value of each. */
  readonly bytes: number;
}

/** The document, schema and variables that selections are read in: a GraphQLResolveInfo of any engine is one. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** graphql-js wraps them as `{sources, coerced}`; compiled engines hand them over as they are. */
  readonly variableValues: object;
}

interface MemoEntry {
  readonly nodes: readonly FieldNode[];
  readonly type: GraphQLNamedType;
  readonly weight: SelectionWeight;
}
/** Weights by the first of the nodes that make up a field. */
export type WeightMemo = WeakMap<FieldNode, MemoEntry[]>;

const NO_WEIGHT: SelectionWeight = { values: 0, bytes: 0 };
/** Quotes, colon and comma of a member, and a number, date or word of an enum. */
const MEMBER_BYTES = 32;

/** Documents are parsed once and kept, so most weights are worked out once in the life of the process. */
const constantWeights: WeightMemo = new WeakMap();

/**
 * Weighs what is selected on each value of a field. Values of an abstract type weigh as much as their heaviest type.
 *
 * @param nodes The nodes of the document that select the field, merged as GraphQL merges them.
 * @param type The type of the field's values, without list and non-null.
 * @param memo Where weights are kept that depend on the variables of the request.
 */
export function weigh(nodes: readonly FieldNode[], type: GraphQLNamedType, scope: SelectionScope, memo: WeightMemo): SelectionWeight {
  const [first] = nodes;
  if (first === undefined) return NO_WEIGHT;
  const known = findWeight(constantWeights, first, nodes, type) ?? findWeight(memo, first, nodes, type);
  if (known !== undefined) return known;
  const types = isObjectType(type) ? [type] : isAbstractType(type) ? scope.schema.getPossibleTypes(type) : [];
  let isConstant = true;
  let weight = NO_WEIGHT;
  for (const possible of types) {
    const selected = collectFields(nodes, possible, scope);
    isConstant &&= selected.isConstant;
    weight = heavier(weight, weightOf([...selected.fields.keys()]));
  }
  const target = isConstant ? constantWeights : memo;
  const entries = target.get(first) ?? [];
  entries.push({ nodes: [...nodes], type, weight });
  target.set(first, entries);
  return weight;
}

function findWeight(memo: WeightMemo, first: FieldNode, nodes: readonly FieldNode[], type: GraphQLNamedType): SelectionWeight | undefined {
  const entries = memo.get(first);
  if (entries === undefined) return undefined;
  for (const entry of entries) if (entry.type === type && areSame(entry.nodes, nodes)) return entry.weight;
  return undefined;
}

function areSame(one: readonly FieldNode[], other: readonly FieldNode[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 1; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
}

function weightOf(keys: readonly string[]): SelectionWeight {
  return { values: keys.length, bytes: keys.reduce((sum, key) => sum + key.length + MEMBER_BYTES, 0) };
}

function heavier(one: SelectionWeight, other: SelectionWeight): SelectionWeight {
  return { values: Math.max(one.values, other.values), bytes: Math.max(one.bytes, other.bytes) };
}

/** The fields that an object of a type gets, by their names in the answer, each with the nodes that select it. */
export interface CollectedFields {
  readonly fields: ReadonlyMap<string, readonly FieldNode[]>;
  /** Whether they are the same whatever the variables are. */
  readonly isConstant: boolean;
}

/** Collects what is selected below fields for an object of a type: fragments are opened, `@skip` and `@include` obeyed. */
export function collectFields(nodes: readonly FieldNode[], type: GraphQLObjectType, scope: SelectionScope): CollectedFields {
  return collectSelections(
    nodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []),
    type,
    scope,
  );
}

/** Like collectFields, for the selections of an operation. */
export function collectSelections(selections: readonly SelectionNode[], type: GraphQLObjectType, scope: SelectionScope): CollectedFields {
  const fields = new Map<string, FieldNode[]>();
  const opened = new Set<string>();
  const variables = variablesOf(scope.variableValues);
  let isConstant = true;
  const open = (selection: SelectionNode): void => {
    isConstant &&= !dependsOnVariables(selection);
    if (!isIncluded(selection, variables)) return;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const nodesOfKey = fields.get(key);
      if (nodesOfKey === undefined) fields.set(key, [selection]);
      else nodesOfKey.push(selection);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : scope.fragments[selection.name.value];
    if (fragment === undefined) return;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (opened.has(selection.name.value)) return;
      opened.add(selection.name.value);
    }
    if (fragment.typeCondition !== undefined && !applies(fragment.typeCondition.name.value, type, scope.schema)) return;
    for (const inner of fragment.selectionSet.selections) open(inner);
  };
  for (const selection of selections) open(selection);
  return { fields, isConstant };
}

function applies(condition: string, type: GraphQLObjectType, schema: GraphQLSchema): boolean {
  if (condition === type.name) return true;
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && schema.isSubType(wanted, type);
}

/** The variables of a request by name, from a GraphQLResolveInfo of any engine. */
export function variablesOf(variableValues: object): Readonly<Record<string, unknown>> {
  const isWrapped = 'coerced' in variableValues && 'sources' in variableValues;
  return (isWrapped ? variableValues.coerced : variableValues) as Readonly<Record<string, unknown>>;
}

function dependsOnVariables({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ arguments: given = [] }) => given.some(({ value }) => value.kind === Kind.VARIABLE));
}

/** Whether `@skip` and `@include` let a selection through. */
export function isIncluded({ directives = [] }: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  return directives.every(({ name, arguments: given = [] }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true;
    const value = given.find((argument) => argument.name.value === 'if')?.value;
    const condition = value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
    return name.value === 'skip' ? condition !== true : condition !== false;
  });
}
