import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';

/** Prints a schema as `schema.graphql` holds it: sorted, so that a change shows as what it is. */
export function printedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
