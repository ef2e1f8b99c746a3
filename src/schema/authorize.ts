import type { Scope } from '../auth/scopes.ts';
import type { DeletionAuditEntry } from '../federation/deletion.ts';
import { forbidden } from './bad-user-input.ts';
import type { RequestContext } from './context.ts';

/**
 * Checks that a caller may use a field with a scope; `contacts:delete` also that the gateway is set up to delete at all.
 *
 * @throws GraphQLError FORBIDDEN; a refused deletion is written to the audit log.
 */
export function authorize(scope: Scope, context: RequestContext): void {
  const refusal = refusalOf(scope, context);
  if (refusal === null) return;
  if (scope === 'contacts:delete') context.auditDeletion(REFUSED_ATTEMPT);
  throw forbidden(refusal);
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
