import { isAbstractType, isIntrospectionType, isObjectType, type GraphQLSchema } from 'graphql';

/** What caches of clients have to know of a schema. */
export interface SchemaFacts {
  /** The object types of each interface and union, for Apollo Client. */
  readonly possibleTypes: Readonly<Record<string, readonly string[]>>;
  /** Object types without an `id`, which are part of what they belong to, for Graphcache. */
  readonly typesWithoutId: readonly string[];
}

/** Returns the facts, sorted. */
export function schemaFacts(schema: GraphQLSchema): SchemaFacts {
  const types = Object.values(schema.getTypeMap()).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const roots = [schema.getQueryType(), schema.getMutationType()];
  return {
    possibleTypes: Object.fromEntries(
      types.filter(isAbstractType).map((type) => [
        type.name,
        schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .toSorted(),
      ]),
    ),
    typesWithoutId: types
      .filter((type) => isObjectType(type) && !isIntrospectionType(type) && !roots.includes(type) && !('id' in type.getFields()))
      .map(({ name }) => name),
  };
}
