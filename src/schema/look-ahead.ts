import type { GraphQLResolveInfo } from 'graphql';
import type { Detail } from '../datasources/port/list-query.ts';
import { lookAheadOptions } from './field-options.ts';
import type { ContactRecord } from '../datasources/port/records/contact.ts';
import { isContactType, selectedFields, selectedFieldsBelow, type SelectedField } from './selection.ts';

const NO_DETAILS: ReadonlySet<Detail> = new Set();

/**
 * Looks ahead over what the query selects below the field being resolved, down to the first contacts on each way:
 * through nodes, edges and payloads, but not from a person on to its company, which looks ahead for itself.
 *
 * @returns The details that those contacts have to be read with: what the option `needs` of their selected fields says.
 */
export function detailsNeeded(info: GraphQLResolveInfo): ReadonlySet<Detail> {
  return detailsOf(contactFields(info));
}

/** Collects the details that the selected fields of a contact need. */
export function detailsOf(fields: readonly SelectedField[]): ReadonlySet<Detail> {
  const needed = fields.flatMap(({ field }) => lookAheadOptions(field).needs ?? []);
  return needed.length === 0 ? NO_DETAILS : new Set(needed);
}

/** Returns the members of a contact's record that the selected fields read: by their option `reads`, else the one called as the field is. */
export function membersShown(info: GraphQLResolveInfo): readonly (keyof ContactRecord)[] {
  // A name that no record has is harmless: nothing is damaged there.
  return [...new Set(contactFields(info).flatMap(({ field }) => lookAheadOptions(field).reads ?? [field.name as keyof ContactRecord]))];
}

/** By what a field selects, which is a request's own: rows and their references ask for it again and again. */
const contactFieldsBySelection = new WeakMap<readonly SelectedField[], readonly SelectedField[]>();

/** Finds the fields that the query selects on the first contacts below the field being resolved; looked for once in a request. */
export function contactFields(info: GraphQLResolveInfo): readonly SelectedField[] {
  const selected = selectedFields(info);
  let found = contactFieldsBySelection.get(selected);
  if (found === undefined) contactFieldsBySelection.set(selected, (found = findContactFields(info)));
  return found;
}

function findContactFields(info: GraphQLResolveInfo): readonly SelectedField[] {
  const found: SelectedField[] = [];
  const visit = (fields: readonly SelectedField[]): void => {
    for (const selected of fields) {
      if (isContactType(selected.parentType)) found.push(selected);
      else visit(selectedFieldsBelow(info, selected));
    }
  };
  visit(selectedFields(info));
  return found;
}

/** Whether the query selects the named field of the named type anywhere below the field being resolved. */
export function isSelected(info: GraphQLResolveInfo, typeName: string, fieldName: string): boolean {
  const visit = (fields: readonly SelectedField[]): boolean =>
    fields.some(
      (selected) =>
        (selected.parentType.name === typeName && selected.field.name === fieldName) || visit(selectedFieldsBelow(info, selected)),
    );
  return visit(selectedFields(info));
}
