import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './schema.ts';

/** The schema as `schema.graphql` holds it: sorted, so that a change shows as what it is. */
export function printedSchema(sourceKinds: readonly string[]): string {
  return `${printSchema(lexicographicSortSchema(createSchema({ sourceKinds })))}\n`;
}
