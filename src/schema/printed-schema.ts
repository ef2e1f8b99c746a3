import { lexicographicSortSchema, printSchema } from 'graphql';
import type { CrmProfile } from '../datasources/port/crm-profile.ts';
import { createSchema } from './schema.ts';

/** Prints the schema as `schema.graphql` holds it: sorted, so that a change shows as what it is. */
export function printedSchema(crms: readonly CrmProfile[]): string {
  return `${printSchema(lexicographicSortSchema(createSchema(crms)))}\n`;
}
