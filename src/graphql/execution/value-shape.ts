import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';

/** How the values of a type are answered: what the type says, taken apart once and not for each value. */
export type ValueShape = { readonly isNonNull: boolean } & (
  | { readonly kind: 'leaf'; readonly type: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: ValueShape }
  | { readonly kind: 'object'; readonly type: GraphQLObjectType }
  | { readonly kind: 'abstract'; readonly type: GraphQLAbstractType }
);

/** Types are made once for a schema and stay. */
const shapes = new WeakMap<GraphQLOutputType, ValueShape>();

/** Returns how values of a type are answered; found out once. */
export function shapeOf(type: GraphQLOutputType): ValueShape {
  let shape = shapes.get(type);
  if (shape === undefined)
    shapes.set(type, (shape = isNonNullType(type) ? { ...makeShape(type.ofType), isNonNull: true } : makeShape(type)));
  return shape;
}

function makeShape(type: GraphQLOutputType): ValueShape {
  const isNonNull = false;
  if (isListType(type)) return { isNonNull, kind: 'list', item: shapeOf(type.ofType) };
  if (isLeafType(type)) return { isNonNull, kind: 'leaf', type };
  if (isObjectType(type)) return { isNonNull, kind: 'object', type };
  return { isNonNull, kind: 'abstract', type: type as GraphQLAbstractType };
}
