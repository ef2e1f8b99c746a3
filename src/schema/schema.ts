import type { GraphQLSchema } from 'graphql';
import type { CrmProfile } from '../datasources/port/crm-profile.ts';
import { builder } from './builder.ts';
import './contact/company.ts';
import './contacts/contact-query.ts';
import './contacts/contacts-query.ts';
import './deletion/delete-contact.ts';
import './deletion/delete-contacts.ts';
import './node-query.ts';
import './contact/person.ts';
import './scalars.ts';
import './source/source-query.ts';
import './identity/contact-matches.ts';
import './identity/identities.ts';
import './identity/identity.ts';
import './erasure/execute-erasure.ts';
import './erasure/person-report.ts';
import './erasure/plan-erasure.ts';
import './erasure/verify-erasure.ts';
import { SCHEMA_DESCRIPTION } from './schema-description.ts';

/**
 * Builds the schema for the kinds of CRM that a gateway is composed of: they are the values of SourceKind, and all that descriptions say of
 * availability. May be called again with others. Resolvers expect a RequestContext as the context value.
 *
 * @throws Error when a root field has no scope.
 */
export function createSchema(crms: readonly CrmProfile[]): GraphQLSchema {
  // Only the printed schema is sorted: sorting takes a part of the start.
  const schema = builder.toSchema({ crms, sortSchema: false });
  // Pothos has no place for the description of the schema itself.
  schema.description = SCHEMA_DESCRIPTION;
  return schema;
}
