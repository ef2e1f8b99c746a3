import {
  getArgumentValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { PAGE_SIZE_MAX } from '../page-size.ts';
import { ESTIMATE, LISTS_MAX, type Asked, type EstimateOptions } from './budget-options.ts';
import { introspectionValues } from './introspection-values.ts';
import { collectFields, collectSelections, type SelectionScope } from './selection-weight.ts';

/** An operation that is about to run. */
export interface EstimateRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As getVariableValues makes them. */
  readonly variableValues: Parameters<typeof getArgumentValues>[2] & object;
  readonly asked: Asked;
}

interface Walk extends SelectionScope {
  readonly variableValues: EstimateRequest['variableValues'];
}

/**
 * Counts the values that an operation will resolve as far as that is sure before it runs: pages are taken as full, lists of a source as long as they
 * were last seen, and whatever else may be missing as missing. Of introspection every value is counted. Calls no CRM.
 */
export function estimateValues({ schema, document, operation, variableValues, asked }: EstimateRequest): number {
  const type = schema.getRootType(operation.operation);
  if (!type) return 0;
  const walk: Walk = { schema, fragments: fragmentsOf(document), variableValues };
  const { fields } = collectSelections(operation.selectionSet.selections, type, walk);
  let values = 0;
  for (const nodes of fields.values())
    values += isIntrospection(nodes) ? introspectionValues(nodes, walk) : fieldValues(nodes, type, asked, walk);
  return values;
}

function fieldValues(nodes: readonly FieldNode[], parentType: GraphQLObjectType, asked: Asked, walk: Walk): number {
  const [node] = nodes;
  const field = node && parentType.getFields()[node.name.value];
  if (node === undefined || field === undefined) return 1;
  const type = getNamedType(field.type);
  const isList = isListType(getNullableType(field.type));
  const options = estimateOf(field);
  if (options === undefined && (isList || !isNonNullType(field.type))) return 1;
  const below = options?.ask === undefined ? asked : { ...asked, ...options.ask(argumentsOf(field, node, walk), asked) };
  const items = options?.items?.(below) ?? 1;
  return 1 + (isLeafType(type) ? (isList ? items : 0) : items * objectValues(nodes, type, below, walk));
}

function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, { variableValues }: Walk): object {
  try {
    return getArgumentValues(field, node, variableValues);
  } catch {
    // The operation fails on them by itself.
    return {};
  }
}

/** Of an abstract type, the least that any of its types has. */
function objectValues(nodes: readonly FieldNode[], type: GraphQLNamedType, asked: Asked, walk: Walk): number {
  const types = isObjectType(type) ? [type] : isAbstractType(type) ? walk.schema.getPossibleTypes(type) : [];
  let least = Infinity;
  for (const possible of types) {
    let values = 0;
    for (const nodesBelow of collectFields(nodes, possible, walk).fields.values()) values += fieldValues(nodesBelow, possible, asked, walk);
    least = Math.min(least, values);
  }
  return Number.isFinite(least) ? least : 0;
}

/** The fragments of a document by name. */
export function fragmentsOf(document: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> {
  return Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
}

function isIntrospection([node]: readonly FieldNode[]): boolean {
  return node?.name.value === '__schema' || node?.name.value === '__type';
}

const fieldCounts = new WeakMap<DocumentNode, number>();

/** Whether no estimate of a document can be more than `limit`, as few as its fields are, nor its lists of contacts too many. Worked out once. */
export function isSurelySmall(document: DocumentNode, schema: GraphQLSchema, limit: number): boolean {
  let count = fieldCounts.get(document);
  if (count === undefined) fieldCounts.set(document, (count = countFields(document, schema)));
  return count * PAGE_SIZE_MAX <= limit;
}

/** The fields of a valid document, fragments counted wherever they are spread; Infinity where a list may be of any length, or there are too many. */
function countFields(document: DocumentNode, schema: GraphQLSchema): number {
  let lists = 0;
  const fragments = fragmentsOf(document);
  const counts = new Map<string, number>();
  const countBelow = ({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): number =>
    selections.reduce((sum, selection) => sum + countOf(selection, type), 0);
  const countOf = (selection: SelectionNode, type: GraphQLNamedType | undefined): number => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return countBelow(selection.selectionSet, conditionOf(selection, schema) ?? type);
    const name = selection.name.value;
    if (selection.kind === Kind.FIELD) {
      if (selection.selectionSet === undefined) return 1;
      const fields = fieldsNamed(name, type, schema);
      const options = fields.map(estimateOf);
      if (options.some((option) => option?.isContactList === true)) lists += 1;
      const isOpenEnded = fields.length === 0 || options.some((option) => option?.noteSize !== undefined);
      return isOpenEnded || lists > LISTS_MAX ? Infinity : 1 + countBelow(selection.selectionSet, getNamedType(fields[0]?.type));
    }
    const known = counts.get(name);
    if (known !== undefined) return known;
    const fragment = fragments[name];
    const count = fragment === undefined ? 0 : countBelow(fragment.selectionSet, conditionOf(fragment, schema));
    counts.set(name, count);
    return count;
  };
  return document.definitions.reduce(
    (sum, definition) =>
      sum +
      (definition.kind === Kind.OPERATION_DEFINITION
        ? countBelow(definition.selectionSet, schema.getRootType(definition.operation) ?? undefined)
        : 0),
    0,
  );
}

function conditionOf({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode, schema: GraphQLSchema): GraphQLNamedType | undefined {
  return typeCondition && schema.getType(typeCondition.name.value);
}

/** The fields of a name that a value of a type may be resolved with: none for `__schema` and `__type`, whose answers may have any length. */
function fieldsNamed(name: string, type: GraphQLNamedType | undefined, schema: GraphQLSchema): readonly GraphQLField<unknown, unknown>[] {
  const types = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
  return types.flatMap((one) => (isObjectType(one) || isInterfaceType(one) ? (one.getFields()[name] ?? []) : []));
}

function estimateOf(field: GraphQLField<unknown, unknown>): EstimateOptions<object> | undefined {
  return field.extensions[ESTIMATE] as EstimateOptions<object> | undefined;
}
