import { notFound } from './api-error.ts';
import { idOf, sortedByTitle } from './contact-routes.ts';
import { fieldsOf, toFieldValue, toFieldValues, toListItem } from './contact-wrapper.ts';
import type { Result } from './envelope.ts';
import type { Portal, StoredField, StoredListItem } from './portal.ts';
import type { ApiCall, Route } from './routing.ts';

/** What contacts refer to: statuses, types, tags, definitions of custom fields. */
export const REFERENCE_ROUTES: readonly Route[] = [
  { verb: 'GET', template: 'crm/contact/status', run: ({ viewer }) => ({ kind: 'list', rows: statuses(viewer.portal) }) },
  { verb: 'GET', template: 'crm/contact/status/{id:int}', run: (call) => oneOf(call, statuses(call.viewer.portal)) },
  { verb: 'GET', template: 'crm/contact/type', run: ({ viewer }) => ({ kind: 'list', rows: types(viewer.portal) }) },
  { verb: 'GET', template: 'crm/contact/type/{id:int}', run: (call) => oneOf(call, types(call.viewer.portal)) },
  { verb: 'GET', template: 'crm/contact/tag', run: ({ viewer }) => ({ kind: 'list', rows: tags(viewer.portal) }) },
  { verb: 'GET', template: 'crm/contact/customfield/definitions', run: (call) => definitions(call, 0) },
  { verb: 'GET', template: 'crm/person/customfield/definitions', run: (call) => definitions(call, 5) },
  { verb: 'GET', template: 'crm/company/customfield/definitions', run: (call) => definitions(call, 4) },
  { verb: 'GET', template: 'crm/opportunity/customfield/definitions', run: () => ({ kind: 'list', rows: [] }) },
  { verb: 'GET', template: 'crm/case/customfield/definitions', run: () => ({ kind: 'list', rows: [] }) },
  { verb: 'GET', template: 'crm/contact/{entityid:int}/customfield', run: fieldValues },
  { verb: 'GET', template: 'crm/person/{entityid:int}/customfield', run: fieldValues },
  { verb: 'GET', template: 'crm/company/{entityid:int}/customfield', run: fieldValues },
];

type CountedItem = object & { readonly id: number };

function statuses(portal: Portal): CountedItem[] {
  return counted(portal.statuses, (id) => portal.contacts.filter(({ statusId }) => statusId === id).length);
}

function types(portal: Portal): CountedItem[] {
  return counted(portal.types, (id) => portal.contacts.filter(({ typeId }) => typeId === id).length);
}

function counted(items: readonly StoredListItem[], countOf: (id: number) => number): CountedItem[] {
  return items
    .toSorted((a, b) => a.sortOrder - b.sortOrder)
    .map((item) => ({ relativeItemsCount: countOf(item.id) || undefined, ...toListItem(item), id: item.id }));
}

function oneOf(call: ApiCall, items: readonly CountedItem[]): Result {
  const wanted = idOf(call, 'id');
  const value = items.find(({ id }) => id === wanted);
  if (!value) throw notFound();
  return { kind: 'object', value };
}

function tags(portal: Portal): object[] {
  const counts = new Map(portal.spareTags.map((title) => [title, 0]));
  for (const title of portal.contacts.flatMap((contact) => contact.tags)) counts.set(title, (counts.get(title) ?? 0) + 1);
  return sortedByTitle(Array.from(counts, ([title, count]) => ({ title, relativeItemsCount: count || undefined })));
}

function definitions({ viewer: { portal } }: ApiCall, entity: 0 | 4 | 5): Result {
  const countOf = (field: StoredField): number =>
    portal.contacts.filter((contact) => contact.fieldValues.some(({ fieldId }) => fieldId === field.id)).length;
  // Definitions belong to no contact, and their value is one space.
  const rows = fieldsOf(portal, entity).map((field) => ({ relativeItemsCount: countOf(field), ...toFieldValue(field, -1, ' ') }));
  return { kind: 'list', rows };
}

/** Neither rights nor existence are looked at here. */
function fieldValues({ viewer: { portal }, parameters }: ApiCall): Result {
  const contact = portal.contacts.find(({ id }) => id === parameters.int('entityid'));
  return { kind: 'list', rows: toFieldValues(portal, contact?.isCompany === true ? 4 : 5, contact) };
}
