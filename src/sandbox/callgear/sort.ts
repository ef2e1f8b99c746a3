import type { CallgearRow } from './callgear-data.ts';
import type { CallgearSettings } from './callgear-options.ts';
import type { FieldTable } from './field-table.ts';
import { isJsonArray, isJsonObject, type JsonValue } from './filtering/json-value.ts';
import { RpcError } from './rpc-error.ts';

type SortSettings = Pick<CallgearSettings, 'collation' | 'prohibitedSorts' | 'namesRefusedFields'>;

interface SortKey {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** Negative when `a` comes first, 0 for ties. */
export type RowComparison = (a: CallgearRow, b: CallgearRow) => number;

/** Alphabetical order near to Postgres' en_US: letters first, then accents, then case, lower before upper; punctuation counts, before letters. */
const ALPHABETICAL = new Intl.Collator('en', { sensitivity: 'variant', caseFirst: 'lower', ignorePunctuation: false });

/**
 * Compiles the `sort` param into a comparison, 0 for ties; nulls come last when ascending and first when descending, as in Postgres.
 *
 * @throws RpcError data_type_error, required_parameter_missed, unexpected_parameters, sort_prohibited, invalid_parameter_value.
 */
export function compileSort(sort: unknown, table: FieldTable, settings: SortSettings): RowComparison {
  if (sort === undefined) return () => 0;
  if (!isJsonArray(sort)) throw new RpcError('data_type_error', { field: 'sort', value: sort });
  const keys = sort.map((element) => readKey(element, table, settings));
  const compareText = settings.collation === 'C' ? compareCodePoints : compareAlphabetically;
  return (a, b) => {
    for (const { field, direction } of keys) {
      const order = compareValues(a[field] ?? null, b[field] ?? null, compareText);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

function readKey(element: unknown, table: FieldTable, { prohibitedSorts, namesRefusedFields }: SortSettings): SortKey {
  if (!isJsonObject(element)) throw new RpcError('data_type_error', { field: 'sort', value: element });
  for (const name of Object.keys(element)) {
    if (name !== 'field' && name !== 'order') throw new RpcError('unexpected_parameters', { field: 'sort', value: name });
  }
  const { field, order = 'asc' } = element;
  if (field === undefined) throw new RpcError('required_parameter_missed', { field: 'sort.field' });
  if (typeof field !== 'string') throw new RpcError('data_type_error', { field: 'sort.field', value: field });
  const rule = table.fields.get(field);
  if (rule === undefined && !table.nestedNames.has(field)) {
    throw new RpcError('unexpected_parameters', { field: 'sort', value: field });
  }
  if (rule === undefined || !rule.isSortable) throw new RpcError('sort_prohibited', { field });
  if (prohibitedSorts.includes(field)) throw new RpcError('sort_prohibited', namesRefusedFields ? { field } : {});
  if (order !== 'asc' && order !== 'desc') throw new RpcError('invalid_parameter_value', { field: 'sort.order', value: order });
  return { field, direction: order === 'desc' ? -1 : 1 };
}

function compareValues(a: JsonValue, b: JsonValue, compareText: (a: string, b: string) => number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

function compareAlphabetically(a: string, b: string): number {
  // Postgres lets only identical texts be equal.
  return ALPHABETICAL.compare(a, b) || compareCodePoints(a, b);
}

/** Orders texts by code point, which is the order of their UTF-8 bytes; UTF-16 units would put U+FFxx after emoji. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
