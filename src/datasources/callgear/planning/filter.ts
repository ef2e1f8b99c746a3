import type { ContactFilterField } from '../../port/list-query.ts';
import { wireNumber } from '../wire-id.ts';

/** A filter in our words, before it is decided how to write the parts of which the documentation leaves the form open. */
export type Condition = Leaf | Branch;
/** Conditions of which all, or any, have to hold. */
export interface Branch {
  readonly kind: 'all' | 'any';
  readonly conditions: readonly Condition[];
}
/** What is asked of one field. `member` is the filter member that it comes from: errors name it. Reads by id have none. */
export type Leaf =
  | { readonly kind: 'regexp'; readonly field: string; readonly pattern: string; readonly member: ContactFilterField }
  /** The number is any of these ids, in digits; never empty. */
  | { readonly kind: 'numberIn'; readonly field: string; readonly ids: readonly string[]; readonly member?: ContactFilterField }
  /** The number is above `after`, and not above `upTo`; null: without that end, and one of them is given. */
  | {
      readonly kind: 'numberRange';
      readonly field: string;
      readonly after: string | null;
      readonly upTo: string | null;
      readonly member?: ContactFilterField;
    }
  /** The array of texts holds any of these; never empty. */
  | { readonly kind: 'holdsText'; readonly field: string; readonly texts: readonly string[]; readonly member: ContactFilterField }
  /** The contact is in any of these groups, by id in digits; never empty. */
  | { readonly kind: 'holdsGroup'; readonly field: 'groups'; readonly ids: readonly string[]; readonly member: ContactFilterField };

/** A filter as it is sent. */
export type WireFilter = WireClause | WireTree;
/** One comparison: CallGear's simple filter. */
export interface WireClause {
  readonly field: string;
  readonly operator: string;
  readonly value: unknown;
}
/** Filters of which all, or any, have to hold: CallGear's filter tree. */
export interface WireTree {
  readonly filters: readonly WireFilter[];
  readonly condition: 'and' | 'or';
}

/** A way to write a leaf. The names are ours. */
export type Form = 'in' | 'overlap' | 'each' | 'eachPath';

/** Joins conditions; one alone stays as it is. */
export function joined(kind: 'all' | 'any', conditions: readonly Condition[]): Condition | undefined {
  return conditions.length > 1 ? { kind, conditions } : conditions[0];
}

/** The leaves of a condition, from left to right. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  return 'conditions' in condition ? condition.conditions.flatMap(leavesOf) : [condition];
}

/**
 * The ways to write a leaf, the likeliest first. `in` is documented for numbers, though one edition says "not for all methods";
 * of jsquery on a contact's arrays only the grammar is known. A single value needs no list.
 */
export function formsOf(leaf: Leaf): readonly Form[] {
  switch (leaf.kind) {
    case 'regexp':
    case 'numberRange':
      return ['each'];
    case 'numberIn':
      return leaf.ids.length === 1 ? ['each'] : ['in', 'each'];
    case 'holdsText':
      return leaf.texts.length === 1 ? ['each', 'in', 'overlap'] : ['in', 'overlap', 'each'];
    case 'holdsGroup':
      return ['each', 'eachPath', 'in'];
  }
}

/** Writes a condition as CallGear takes it; `formOf` says how to write each leaf. */
export function toWireFilter(condition: Condition, formOf: (leaf: Leaf) => Form): WireFilter {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return tree(
        condition.kind === 'all' ? 'and' : 'or',
        condition.conditions.map((child) => toWireFilter(child, formOf)),
      );
    case 'regexp':
      return { field: condition.field, operator: 'regexp', value: condition.pattern };
    case 'numberIn':
      return formOf(condition) === 'in'
        ? { field: condition.field, operator: 'in', value: condition.ids.map(wireNumber) }
        : tree(
            'or',
            condition.ids.map((id) => ({ field: condition.field, operator: '=', value: wireNumber(id) })),
          );
    case 'numberRange':
      return tree('and', [
        ...(condition.after === null ? [] : [{ field: condition.field, operator: '>', value: wireNumber(condition.after) }]),
        ...(condition.upTo === null ? [] : [{ field: condition.field, operator: '<=', value: wireNumber(condition.upTo) }]),
      ]);
    case 'holdsText':
      return jsquery(condition.field, textQueries(condition.texts.map(textLiteral), formOf(condition)));
    case 'holdsGroup':
      return jsquery(condition.field, groupQueries(condition.ids, formOf(condition)));
  }
}

function textQueries(literals: readonly string[], form: Form): string[] {
  if (form === 'in') return [`# IN (${literals.join(', ')})`];
  if (form === 'overlap') return [`$ && [${literals.join(', ')}]`];
  return literals.map((literal) => `# = ${literal}`);
}

function groupQueries(ids: readonly string[], form: Form): string[] {
  if (form === 'in') return [`#(group_id IN (${ids.join(', ')}))`];
  return ids.map((id) => (form === 'eachPath' ? `#.group_id = ${id}` : `#(group_id = ${id})`));
}

function jsquery(field: string, queries: readonly string[]): WireFilter {
  return tree(
    'or',
    queries.map((value) => ({ field, operator: 'jsquery', value })),
  );
}

/** jsquery's string literals are JSON's: quotes, backslashes and control characters are escaped, so a text stays a text. */
function textLiteral(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** The comparisons in a filter, from left to right. */
export function clausesOf(filter: WireFilter): readonly WireClause[] {
  return 'filters' in filter ? filter.filters.flatMap(clausesOf) : [filter];
}

/** A tree as flat as can be: some methods take no more than two levels. */
function tree(condition: 'and' | 'or', children: readonly WireFilter[]): WireFilter {
  const filters = children.flatMap((child) => ('filters' in child && child.condition === condition ? child.filters : [child]));
  const [only] = filters;
  return only !== undefined && filters.length === 1 ? only : { filters, condition };
}
