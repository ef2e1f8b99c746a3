import type { CallgearContact } from './callgear-data.ts';
import { isJsonArray, type JsonObject } from './filtering/json-value.ts';
import { readNumber } from './params.ts';
import { RpcError } from './rpc-error.ts';

/** Code with which `forbidden` comes for a protected entity, instead of its usual -32003. */
const PROTECTED_ENTITY_CODE = -32602;

/**
 * Deletes contacts for good, all of those named or none.
 *
 * @throws RpcError entity_not_found when one is unknown; dependency_error or forbidden when one refuses; errors of the params.
 */
export function deleteContacts(contacts: CallgearContact[], params: JsonObject): void {
  const { name, ids } = readIds(params);
  for (const id of ids) {
    if (!contacts.some((contact) => contact.id === id)) throw new RpcError('entity_not_found', { field: name, value: id });
  }
  const doomed = contacts.filter(({ id }) => ids.has(id));
  for (const { id, refusesDeletion } of doomed) {
    if (refusesDeletion === 'dependency_error') throw new RpcError('dependency_error', { field: name, value: id });
    if (refusesDeletion === 'forbidden') throw new RpcError('forbidden', { field: name, value: id, code: PROTECTED_ENTITY_CODE });
  }
  for (const contact of doomed) contacts.splice(contacts.indexOf(contact), 1);
}

function readIds(params: JsonObject): { readonly name: string; readonly ids: ReadonlySet<number> } {
  const id = readNumber(params, 'id', 1);
  const { ids } = params;
  if (id !== undefined && ids !== undefined) throw new RpcError('invalid_parameters_combination', { field: 'ids' });
  if (id !== undefined) return { name: 'id', ids: new Set([id]) };
  if (ids === undefined) throw new RpcError('required_parameter_missed', { field: 'id' });
  if (!isJsonArray(ids)) throw new RpcError('data_type_error', { field: 'ids', value: ids });
  if (ids.length === 0) throw new RpcError('invalid_parameter_value', { field: 'ids', value: ids });
  const numbers = new Set<number>();
  for (const member of ids) {
    if (typeof member !== 'number') throw new RpcError('data_type_error', { field: 'ids', value: member });
    numbers.add(member);
  }
  return { name: 'ids', ids: numbers };
}
