import {
  defaultFieldResolver,
  Kind,
  visit,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
} from 'graphql';
import { collectFields, type CollectedFields, type SelectionScope } from '../../schema/budget/selection-weight.ts';
import { shapeOf, type ValueShape } from './value-shape.ts';

/** One field of the objects at one place of the answer, as far as the document says it. */
export interface Place {
  /** Its name in the answer. */
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly first: FieldNode;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** How its values are answered. */
  readonly shape: ValueShape;
  readonly arguments: 'none' | 'constant' | 'variable';
  /** Arguments that are the same in every request, once they are read. */
  constantArguments: object | null;
  /** What is selected below it, by the type of the object; null before the first of them. */
  below: Map<GraphQLObjectType, SelectionPlan> | null;
}

/** The fields that an object of one type gets, in the order of the answer. */
export interface SelectionPlan {
  readonly places: readonly Place[];
  /** Whether `__proto__` is one of their names in the answer: no ordinary object can have it as a member. */
  readonly hasProto: boolean;
}

/** Plans what is selected below a field on an object of a type; worked out once. */
export function planBelow(place: Place, type: GraphQLObjectType, scope: SelectionScope): SelectionPlan {
  place.below ??= new Map();
  let plan = place.below.get(type);
  if (plan === undefined) place.below.set(type, (plan = makePlan(collectFields(place.nodes, type, scope), type, scope)));
  return plan;
}

/** Plans the fields that were collected for objects of a type. */
export function makePlan({ fields }: CollectedFields, type: GraphQLObjectType, { schema }: SelectionScope): SelectionPlan {
  const places: Place[] = [];
  for (const [key, nodes] of fields) {
    const [first] = nodes;
    const field = first && schema.getField(type, first.name.value);
    if (first === undefined || field === undefined) continue;
    places.push({
      key,
      nodes,
      first,
      parentType: type,
      field,
      resolve: field.resolve ?? defaultFieldResolver,
      shape: shapeOf(field.type),
      arguments: field.args.length === 0 ? 'none' : hasVariables(first) ? 'variable' : 'constant',
      constantArguments: null,
      below: null,
    });
  }
  return { places, hasProto: fields.has('__proto__') };
}

function hasVariables({ arguments: given = [] }: FieldNode): boolean {
  let isFound = false;
  for (const argument of given) {
    visit(argument, {
      [Kind.VARIABLE]() {
        isFound = true;
      },
    });
  }
  return isFound;
}
