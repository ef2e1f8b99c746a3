import type { JsonObject } from './filtering/json-value.ts';
import { RpcError } from './rpc-error.ts';

/**
 * Refuses params that the method does not know.
 *
 * @throws RpcError unexpected_parameters.
 */
export function refuseUnknownParams(params: JsonObject, known: readonly string[]): void {
  for (const [name, value] of Object.entries(params)) {
    if (!known.includes(name)) throw new RpcError('unexpected_parameters', { field: name, value });
  }
}

/**
 * Reads an optional whole number; null counts as given, and is of the wrong type.
 *
 * @throws RpcError data_type_error; invalid_parameter_value for fractions and values under `min`.
 */
export function readNumber(params: JsonObject, name: string, min: number): number | undefined {
  const value = params[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw new RpcError('data_type_error', { field: name, value });
  if (!Number.isSafeInteger(value) || value < min) throw new RpcError('invalid_parameter_value', { field: name, value });
  return value;
}

/**
 * Reads a string that has to be there.
 *
 * @throws RpcError required_parameter_missed or data_type_error.
 */
export function readRequiredString(params: JsonObject, name: string): string {
  const value = params[name];
  if (value === undefined) throw new RpcError('required_parameter_missed', { field: name });
  // The value is left out: it may be a password or a token.
  if (typeof value !== 'string') throw new RpcError('data_type_error', { field: name });
  return value;
}
