import {
  getArgumentValues,
  getNamedType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from 'graphql';
import { collectFields, type SelectionScope } from './selection-weight.ts';

/** Introspection as it is about to run; its variables as getVariableValues makes them. */
export interface IntrospectionScope extends SelectionScope {
  readonly variableValues: Parameters<typeof getArgumentValues>[2] & object;
}

/** A selection of introspection, read once, whatever it is resolved on. */
interface Step {
  readonly fields: readonly { readonly field: GraphQLField<unknown, unknown>; readonly args: object; readonly below: Step | null }[];
  /** Fields without a definition of their own: `__typename`. */
  readonly others: number;
  readonly values: Map<unknown, number>;
}

/**
 * Counts the values that `__schema` or `__type` resolves to. The types of introspection are GraphQL's own, so that their resolvers cannot count;
 * they are asked here before execution, each thing once for each selection, so that selections within selections cost no more than the sum of both.
 */
export function introspectionValues(nodes: readonly FieldNode[], scope: IntrospectionScope): number {
  const [node] = nodes;
  if (node === undefined) return 0;
  const field = node.name.value === SchemaMetaFieldDef.name ? SchemaMetaFieldDef : TypeMetaFieldDef;
  const type = getNamedType(field.type);
  if (!isObjectType(type)) return 0;
  const below = readStep(nodes, type, scope);
  return 1 + valuesOf(resolve(field, null, argumentsOf(field, node, scope), scope), below, scope);
}

function readStep(nodes: readonly FieldNode[], type: GraphQLObjectType, scope: IntrospectionScope): Step {
  const fields: Step['fields'][number][] = [];
  let others = 0;
  for (const nodesOfField of collectFields(nodes, type, scope).fields.values()) {
    const [node] = nodesOfField;
    const field = node && type.getFields()[node.name.value];
    if (node === undefined || field === undefined) {
      others += 1;
      continue;
    }
    const typeBelow = getNamedType(field.type);
    const below = isObjectType(typeBelow) ? readStep(nodesOfField, typeBelow, scope) : null;
    fields.push({ field, args: argumentsOf(field, node, scope), below });
  }
  return { fields, others, values: new Map() };
}

function valuesOf(value: unknown, step: Step, scope: IntrospectionScope): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + valuesOf(item, step, scope), 0);
  const known = step.values.get(value);
  if (known !== undefined) return known;
  let values = step.others + step.fields.length;
  for (const { field, args, below } of step.fields) {
    if (below !== null) values += valuesOf(resolve(field, value, args, scope), below, scope);
  }
  step.values.set(value, values);
  return values;
}

/** Introspection's resolvers take nothing of the info but the schema. */
function resolve(field: GraphQLField<unknown, unknown>, parent: unknown, args: object, { schema }: IntrospectionScope): unknown {
  return field.resolve?.(parent, args as never, undefined, { schema } as GraphQLResolveInfo);
}

function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, { variableValues }: IntrospectionScope): object {
  try {
    return getArgumentValues(field, node, variableValues);
  } catch {
    return {};
  }
}
