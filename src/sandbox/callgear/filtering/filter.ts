import type { CallgearRow } from '../callgear-data.ts';
import type { CallgearSettings } from '../callgear-options.ts';
import type { FieldRule, FieldTable, FieldType } from '../field-table.ts';
import { matchesJsquery } from './jsquery-match.ts';
import { parseJsquery } from './jsquery-parser.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import { compileLike } from './like-pattern.ts';
import { compilePosixRegexp } from './posix-regexp.ts';
import { RpcError } from '../rpc-error.ts';

/** Whether a row passes a filter. */
export type RowPredicate = (row: CallgearRow) => boolean;
type ValuePredicate = (value: JsonValue) => boolean;
type FilterSettings = Pick<
  CallgearSettings,
  'refusesJsquery' | 'refusesIn' | 'prohibitedFilters' | 'ignoredFilters' | 'namesRefusedFields'
>;

/** Operators of each type, from the general table of the documentation; arrays and objects take jsquery alone. */
const OPERATORS: Readonly<Record<FieldType, readonly string[]>> = {
  number: ['=', '!=', '<', '>', '<=', '>=', 'in'],
  string: ['=', '!=', 'like', 'regexp', 'in'],
  boolean: ['=', '!='],
  enum: ['=', '!=', 'in'],
  array: ['jsquery'],
  object: ['jsquery'],
};

/**
 * Compiles the `filter` param: a simple filter `{field, operator, value}` or a tree `{filters, condition}` of any depth; `{}` lets all rows through.
 *
 * As in SQL, a null matches only `= null`: `!= "x"` leaves rows without a value out.
 *
 * @throws RpcError data_type_error, unexpected_parameters, filter_prohibited, required_parameter_missed, invalid_parameter_value.
 */
export function compileFilter(filter: unknown, table: FieldTable, settings: FilterSettings): RowPredicate {
  if (filter === undefined) return () => true;
  if (!isJsonObject(filter)) throw new RpcError('data_type_error', { field: 'filter', value: filter });
  if (Object.keys(filter).length === 0) return () => true;
  return compileNode(filter, table, settings);
}

function compileNode(node: unknown, table: FieldTable, settings: FilterSettings): RowPredicate {
  if (!isJsonObject(node)) throw new RpcError('data_type_error', { field: 'filter', value: node });
  return Object.hasOwn(node, 'filters') ? compileTree(node, table, settings) : compileSimple(node, table, settings);
}

function compileTree(tree: JsonObject, table: FieldTable, settings: FilterSettings): RowPredicate {
  refuseUnknownMembers(tree, ['filters', 'condition']);
  const { filters, condition } = tree;
  if (!isJsonArray(filters)) throw new RpcError('data_type_error', { field: 'filter.filters', value: filters });
  if (filters.length === 0) throw new RpcError('invalid_parameter_value', { field: 'filter.filters', value: filters });
  if (condition === undefined && filters.length > 1) throw new RpcError('required_parameter_missed', { field: 'filter.condition' });
  if (condition !== undefined && condition !== 'and' && condition !== 'or') {
    throw new RpcError('invalid_parameter_value', { field: 'filter.condition', value: condition });
  }
  const predicates = filters.map((node) => compileNode(node, table, settings));
  return condition === 'or'
    ? (row) => predicates.some((predicate) => predicate(row))
    : (row) => predicates.every((predicate) => predicate(row));
}

function compileSimple(simple: JsonObject, table: FieldTable, settings: FilterSettings): RowPredicate {
  refuseUnknownMembers(simple, ['field', 'operator', 'value']);
  const name = readText(simple, 'field');
  const operator = readText(simple, 'operator');
  const rule = filterableField(name, table);
  if (settings.prohibitedFilters.includes(name))
    throw new RpcError('filter_prohibited', settings.namesRefusedFields ? { field: name } : {});
  const isRefused = (operator === 'in' && settings.refusesIn) || (operator === 'jsquery' && settings.refusesJsquery);
  if (isRefused || !OPERATORS[rule.type].includes(operator)) {
    throw new RpcError('invalid_parameter_value', { field: 'filter.operator', value: operator });
  }
  const value = simple['value'] ?? null;
  const matches = compileValue(operator, value, rule.type);
  if (matches === undefined) throw new RpcError('invalid_parameter_value', { field: name, value });
  return settings.ignoredFilters.includes(name) ? () => true : (row) => matches(row[name] ?? null);
}

function filterableField(name: string, table: FieldTable): FieldRule {
  const rule = table.fields.get(name);
  if (rule === undefined && !table.nestedNames.has(name)) {
    throw new RpcError('unexpected_parameters', { field: 'filter', value: name });
  }
  if (rule === undefined || !rule.isFilterable) throw new RpcError('filter_prohibited', { field: name });
  return rule;
}

/** Makes the test of one value; undefined when the filter's value does not fit. */
function compileValue(operator: string, value: unknown, type: FieldType): ValuePredicate | undefined {
  switch (operator) {
    case '=':
      return value === null || fits(value, type) ? (actual) => actual === value : undefined;
    case '!=':
      if (value === null) return (actual) => actual !== null;
      return fits(value, type) ? (actual) => actual !== null && actual !== value : undefined;
    case 'in':
      if (!isJsonArray(value) || value.length === 0 || !value.every((member) => fits(member, type))) return undefined;
      return (actual) => value.includes(actual);
    case 'like':
      return compileText(value, compileLike);
    case 'regexp':
      return compileText(value, compilePosixRegexp);
    case 'jsquery':
      return compileJsquery(value);
    default:
      return typeof value === 'number' ? compileComparison(operator, value) : undefined;
  }
}

function compileComparison(operator: string, limit: number): ValuePredicate {
  const compare = (isTrue: (actual: number) => boolean): ValuePredicate => {
    return (actual) => typeof actual === 'number' && isTrue(actual);
  };
  switch (operator) {
    case '<':
      return compare((actual) => actual < limit);
    case '>':
      return compare((actual) => actual > limit);
    case '<=':
      return compare((actual) => actual <= limit);
    default:
      return compare((actual) => actual >= limit);
  }
}

function compileText(pattern: unknown, compile: (pattern: string) => (text: string) => boolean): ValuePredicate | undefined {
  if (typeof pattern !== 'string') return undefined;
  const matches = unlessSyntaxError(() => compile(pattern));
  return matches && ((actual) => typeof actual === 'string' && matches(actual));
}

function compileJsquery(query: unknown): ValuePredicate | undefined {
  if (typeof query !== 'string') return undefined;
  const expression = unlessSyntaxError(() => parseJsquery(query));
  return expression && ((actual) => matchesJsquery(expression, actual));
}

function unlessSyntaxError<T>(compile: () => T): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fits(value: unknown, type: FieldType): boolean {
  if (type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string';
}

function readText(simple: JsonObject, name: string): string {
  const value = simple[name];
  if (value === undefined) throw new RpcError('required_parameter_missed', { field: `filter.${name}` });
  if (typeof value !== 'string') throw new RpcError('data_type_error', { field: `filter.${name}`, value });
  return value;
}

function refuseUnknownMembers(node: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(node)) {
    if (!known.includes(name)) throw new RpcError('unexpected_parameters', { field: 'filter', value: name });
  }
}
