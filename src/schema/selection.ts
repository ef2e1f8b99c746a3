import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded, variablesOf } from './budget/selection-weight.ts';

type FieldsType = GraphQLObjectType | GraphQLInterfaceType;

/** One field that a query selects on a type, aliases and repeats taken together. */
export interface SelectedField {
  readonly parentType: FieldsType;
  readonly field: GraphQLField<unknown, unknown>;
  /** What is selected below it. */
  readonly selections: readonly SelectionSetNode[];
}

/** What a request selects below its fields, by the nodes of each: the same for every row of a list. It ends with the request's variables. */
const selectedByRequest = new WeakMap<object, Map<readonly FieldNode[], readonly SelectedField[]>>();

/** Returns what the query selects on the value of the field being resolved; looked for once in a request. */
export function selectedFields(info: GraphQLResolveInfo): readonly SelectedField[] {
  let known = selectedByRequest.get(info.variableValues);
  if (known === undefined) selectedByRequest.set(info.variableValues, (known = new Map()));
  let selected = known.get(info.fieldNodes);
  if (selected === undefined) known.set(info.fieldNodes, (selected = findSelectedFields(info)));
  return selected;
}

function findSelectedFields(info: GraphQLResolveInfo): readonly SelectedField[] {
  const selections = info.fieldNodes.flatMap((node) => node.selectionSet ?? []);
  return fieldsOf(info, getNamedType(info.returnType), selections);
}

/** What is selected below selected fields, which are a request's own. */
const selectedBelow = new WeakMap<SelectedField, readonly SelectedField[]>();

/** Returns what the query selects on the value of a selected field; looked for once in a request. */
export function selectedFieldsBelow(info: GraphQLResolveInfo, selected: SelectedField): readonly SelectedField[] {
  let below = selectedBelow.get(selected);
  if (below === undefined) selectedBelow.set(selected, (below = fieldsOf(info, getNamedType(selected.field.type), selected.selections)));
  return below;
}

/**
 * Collects the fields of selection sets: fragments and inline fragments are opened, `@skip` and `@include` obeyed, `__typename` left out.
 * An inline fragment's fields count whatever type the value will have.
 */
function fieldsOf(info: GraphQLResolveInfo, type: GraphQLNamedType, selections: readonly SelectionSetNode[]): readonly SelectedField[] {
  const found = new Map<string, { parentType: FieldsType; field: GraphQLField<unknown, unknown>; selections: SelectionSetNode[] }>();
  const opened = new Set<string>();
  const variables = variablesOf(info.variableValues);
  const open = (selection: SelectionNode, parentType: GraphQLNamedType): void => {
    if (!isIncluded(selection, variables)) return;
    if (selection.kind === Kind.FIELD) {
      if (!isObjectType(parentType) && !isInterfaceType(parentType)) return;
      const field = parentType.getFields()[selection.name.value];
      if (field === undefined) return;
      const key = `${parentType.name}.${field.name}`;
      const entry = found.get(key) ?? { parentType, field, selections: [] };
      if (selection.selectionSet !== undefined) entry.selections.push(selection.selectionSet);
      found.set(key, entry);
      return;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
    if (fragment === undefined) return;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (opened.has(selection.name.value)) return;
      opened.add(selection.name.value);
    }
    const condition = fragment.typeCondition && info.schema.getType(fragment.typeCondition.name.value);
    for (const inner of fragment.selectionSet.selections) open(inner, condition ?? parentType);
  };
  for (const selectionSet of selections) for (const selection of selectionSet.selections) open(selection, type);
  return [...found.values()];
}

/** Whether values of the type are contacts. */
export function isContactType(type: GraphQLNamedType): boolean {
  if (type.name === 'Contact') return true;
  return isObjectType(type) && type.getInterfaces().some((implemented) => implemented.name === 'Contact');
}
