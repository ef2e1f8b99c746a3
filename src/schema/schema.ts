import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import './contact/company.ts';
import './contacts/contact-query.ts';
import './contacts/contacts-query.ts';
import './deletion/delete-contact.ts';
import './deletion/delete-contacts.ts';
import './node-query.ts';
import './contact/person.ts';
import './scalars.ts';
import { setSourceKinds } from './source/source-kind.ts';
import './source/source-query.ts';

/** What of the schema depends on the sources that the gateway knows. */
export interface SchemaOptions {
  /** The kinds of CRM that the gateway is composed of: the values of the SourceKind enum. */
  readonly sourceKinds: readonly string[];
  /** What people call a kind, by kind. */
  readonly sourceNames?: Readonly<Record<string, string>>;
}

/** Builds the schema; may be called again with other kinds. Resolvers expect a RequestContext as the context value. */
export function createSchema(options: SchemaOptions): GraphQLSchema {
  setSourceKinds(options.sourceKinds, options.sourceNames);
  return builder.toSchema();
}
