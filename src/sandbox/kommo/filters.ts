import { textAt, valuesOf } from './query-tree.ts';
import type { QueryBranch, QueryTree } from './query-tree.ts';
import type { KommoEntityRow, KommoFieldDefinition, KommoFieldValues, KommoLeadRow } from './rows.ts';

/** Whether a row passes. */
export type Predicate<Row> = (row: Row) => boolean;
/** Turns the condition of one filter into a predicate; undefined when Kommo makes nothing of it, and so ignores it. */
export type FilterRule<Row> = (condition: QueryTree) => Predicate<Row> | undefined;
/** The filters that a list understands, by name. */
export type FilterRules<Row> = Readonly<Record<string, FilterRule<Row>>>;

function integersOf(condition: QueryTree): Set<number> {
  return new Set(
    valuesOf(condition)
      .filter((value) => /^-?\d+$/.test(value))
      .map(Number),
  );
}

/** Equality with any of the given integers. */
export function anyInteger<Row>(select: (row: Row) => number): FilterRule<Row> {
  return (condition) => {
    const wanted = integersOf(condition);
    return wanted.size === 0 ? undefined : (row) => wanted.has(select(row));
  };
}

/** Equality with (or, if partial, presence of) any of the given texts, ignoring case. */
export function anyText<Row>(select: (row: Row) => string, isPartial: boolean): FilterRule<Row> {
  return (condition) => {
    const wanted = valuesOf(condition).map((value) => value.toLowerCase());
    if (wanted.length === 0) return undefined;
    return (row) => {
      const text = select(row).toLowerCase();
      return wanted.some((value) => (isPartial ? text.includes(value) : text === value));
    };
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(condition: QueryTree): Range | undefined {
  const bound = (name: string): number | undefined => {
    const text = textAt(condition, name);
    return text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
  };
  const from = bound('from');
  const to = bound('to');
  return from === undefined && to === undefined ? undefined : { from: from ?? -Infinity, to: to ?? Infinity };
}

/** From and to, both ends included, either alone. A row without the value is never in the range. */
export function numberRange<Row>(select: (row: Row) => number | null): FilterRule<Row> {
  return (condition) => {
    const range = rangeOf(condition);
    if (range === undefined) return undefined;
    return (row) => {
      const value = select(row);
      return value !== null && value >= range.from && value <= range.to;
    };
  };
}

function matchesField(field: KommoFieldValues, wanted: ReadonlySet<string>, hasOptions: boolean): boolean {
  return field.values.some((item) => {
    // Fields with choices are filtered by the id of the option, multitext by the text.
    const value = hasOptions && field.field_type !== 'multitext' ? item['enum_id'] : item['value'];
    return wanted.has(typeof value === 'boolean' ? String(Number(value)) : String(value)) || wanted.has(String(value));
  });
}

function oneFieldRule(definition: KommoFieldDefinition): FilterRule<KommoEntityRow> {
  const fieldOf = (row: KommoEntityRow) => row.custom_fields_values?.find(({ field_id }) => field_id === definition.id);
  return (condition) => {
    const range = rangeOf(condition);
    if (range !== undefined) {
      return (row) => fieldOf(row)?.values.some(({ value }) => Number(value) >= range.from && Number(value) <= range.to) ?? false;
    }
    const wanted = new Set(valuesOf(condition));
    if (wanted.size === 0) return undefined;
    return (row) => {
      const field = fieldOf(row);
      return field !== undefined && matchesField(field, wanted, definition.enums !== null);
    };
  };
}

function customFieldRule(definitions: readonly KommoFieldDefinition[]): FilterRule<KommoEntityRow> {
  const rules = Object.fromEntries(definitions.map((definition) => [String(definition.id), oneFieldRule(definition)]));
  return (condition) => {
    if (typeof condition === 'string') return undefined;
    const predicates = predicatesOf(condition, rules);
    return predicates.length === 0 ? undefined : (row) => predicates.every((predicate) => predicate(row));
  };
}

/** What filters of contacts and companies may be switched to, because no source tells. */
export interface FilterSwitches {
  readonly isNameFilterPartial: boolean;
  readonly hasCreatedAtFilter: boolean;
}

/** The filters of contacts and companies. */
export function entityFilters(definitions: readonly KommoFieldDefinition[], switches: FilterSwitches): FilterRules<KommoEntityRow> {
  return {
    id: anyInteger((row) => row.id),
    name: anyText((row) => row.name, switches.isNameFilterPartial),
    created_by: anyInteger((row) => row.created_by),
    updated_by: anyInteger((row) => row.updated_by),
    responsible_user_id: anyInteger((row) => row.responsible_user_id),
    ...(switches.hasCreatedAtFilter ? { created_at: numberRange((row: KommoEntityRow) => row.created_at) } : {}),
    updated_at: numberRange((row) => row.updated_at),
    closest_task_at: numberRange((row) => row.closest_task_at),
    custom_fields_values: customFieldRule(definitions),
  };
}

/** The filters of leads. */
export function leadFilters(): FilterRules<KommoLeadRow> {
  return {
    ...entityFilters([], { isNameFilterPartial: false, hasCreatedAtFilter: true }),
    price: numberRange((row) => row.price),
    pipeline_id: anyInteger((row) => row.pipeline_id),
    closed_at: numberRange((row) => row.closed_at),
  };
}

/**
 * Turns the branch of `filter` into predicates, to be met all together.
 *
 * Filters that have no rule, or whose condition a rule makes nothing of, are ignored without a word, as Kommo does.
 */
export function predicatesOf<Row>(filter: QueryBranch, rules: FilterRules<Row>): Predicate<Row>[] {
  return [...filter].flatMap(([name, condition]) => (Object.hasOwn(rules, name) ? (rules[name]?.(condition) ?? []) : []));
}
