import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { RequestContext, Scope } from './context.ts';
import { SCOPES } from './context.ts';
import type { DeletionAuditEntry } from '../federation/deletion.ts';
import { forbidden } from './bad-user-input.ts';

/**
 * Makes every field that carries the extension `scope` answer FORBIDDEN to callers without that scope, and say so in its description;
 * those of `contacts:delete` also when nothing may be deleted at all. The only place where scopes are enforced on fields.
 */
export function enforceScopes(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const scope = scopeOf(field);
      if (scope !== undefined) enforceScope(field, scope);
    }
  }
}

function scopeOf(field: GraphQLField<unknown, RequestContext>): Scope | undefined {
  return SCOPES.find((scope) => scope === field.extensions['scope']);
}

function enforceScope(field: GraphQLField<unknown, RequestContext>, scope: Scope): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.description = `${field.description ?? ''}\n\nNeeds the scope \`${scope}\`.`;
  field.resolve = (parent, args, context, info) => {
    const refusal = refusalOf(scope, context);
    if (refusal !== null) {
      if (scope === 'contacts:delete') context.auditDeletion(REFUSED_ATTEMPT);
      throw forbidden(refusal);
    }
    return resolve(parent, args, context, info);
  };
}

function refusalOf(scope: Scope, { caller, deletionRefusal }: RequestContext): string | null {
  if (!caller.scopes.has(scope)) return `This needs the scope ${scope}.`;
  return scope === 'contacts:delete' ? deletionRefusal : null;
}

/** Who tries to delete without being allowed to is worth knowing; what they tried to is not read. */
const REFUSED_ATTEMPT: DeletionAuditEntry = {
  source: null,
  entity: null,
  idInSource: null,
  outcome: 'FORBIDDEN',
  code: 'FORBIDDEN',
  dryRun: null,
};
