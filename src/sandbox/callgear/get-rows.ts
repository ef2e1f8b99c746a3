import type { CallgearRow } from './callgear-data.ts';
import type { CallgearSettings } from './callgear-options.ts';
import type { FieldTable } from './field-table.ts';
import { compileFilter } from './filtering/filter.ts';
import { isJsonArray, type JsonObject } from './filtering/json-value.ts';
import { readNumber } from './params.ts';
import { RpcError } from './rpc-error.ts';
import { compileSort } from './sort.ts';

/** Params that every get method with paging takes, beside `access_token` and `user_id`. */
export const GET_PARAMS = ['limit', 'offset', 'filter', 'fields', 'sort'] as const;

const LIMIT_DEFAULT = 1000;
const LIMIT_MAX = 10_000;
const OFFSET_MAX = 100_000;

/** What changes from one get to the next. */
export interface GetCircumstances {
  readonly settings: CallgearSettings;
  /** Puts rows into another order each time, for ties. */
  readonly shuffle: (rows: readonly CallgearRow[]) => CallgearRow[];
  /** Whether it is this page's turn to be short. */
  readonly isShortPage: boolean;
}

/** One page of a get method. */
export interface GetResult {
  /** With the fields asked for only. */
  readonly rows: CallgearRow[];
  /** All rows that match, whatever the page. */
  readonly totalItems: number;
}

/**
 * Answers a get method: filters, sorts, cuts a page, and keeps the fields asked for.
 *
 * @throws RpcError for each param that is wrong; see compileFilter and compileSort.
 */
export function getRows(all: readonly CallgearRow[], table: FieldTable, params: JsonObject, circumstances: GetCircumstances): GetResult {
  const { settings } = circumstances;
  const limit = readBounded(params, 'limit', 1, LIMIT_MAX, settings) ?? LIMIT_DEFAULT;
  const offset = readBounded(params, 'offset', 0, OFFSET_MAX, settings) ?? 0;
  const matches = compileFilter(params['filter'], table, settings);
  const fields = readFields(params['fields'], table);
  const compare = compileSort(params['sort'], table, settings);
  const matching = all.filter(matches);
  const hasSort = isJsonArray(params['sort']) && params['sort'].length > 0;
  const shuffled = settings.shuffleTies && hasSort ? circumstances.shuffle(matching) : matching;
  const page = shuffled.toSorted(compare).slice(offset, offset + limit);
  if (page.some(({ id }) => typeof id === 'number' && settings.unwritableIds.includes(id))) throw new RpcError('internal_error');
  if (circumstances.isShortPage && page.length > 1) page.pop();
  return { rows: page.map((row) => keepFields(row, fields)), totalItems: matching.length };
}

function readBounded(params: JsonObject, name: string, min: number, max: number, settings: CallgearSettings): number | undefined {
  const value = readNumber(params, name, min);
  if (value === undefined || value <= max) return value;
  if (settings.overMaximum === 'clamped') return max;
  throw new RpcError('invalid_parameter_value', { field: name, value });
}

function readFields(fields: unknown, table: FieldTable): ReadonlySet<string> | undefined {
  if (fields === undefined) return undefined;
  if (!isJsonArray(fields)) throw new RpcError('data_type_error', { field: 'fields', value: fields });
  if (fields.length === 0) throw new RpcError('invalid_parameter_value', { field: 'fields', value: fields });
  const names = new Set<string>();
  for (const name of fields) {
    if (typeof name !== 'string') throw new RpcError('data_type_error', { field: 'fields', value: name });
    if (!table.fields.has(name)) throw new RpcError('unexpected_parameters', { field: 'fields', value: name });
    names.add(name);
  }
  return names;
}

function keepFields(row: CallgearRow, fields: ReadonlySet<string> | undefined): CallgearRow {
  return fields === undefined ? row : Object.fromEntries(Object.entries(row).filter(([name]) => fields.has(name)));
}
