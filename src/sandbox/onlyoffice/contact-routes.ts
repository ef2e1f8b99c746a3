import { canAccess } from './access.ts';
import { invalidArgument, notFound } from './api-error.ts';
import { matchingContacts, pageOf, readFilter, sortContacts } from './contact-query.ts';
import { compareIgnoringCase, toBase, toInfo, toListForm, toSingleForm, toThinForm } from './contact-wrapper.ts';
import type { Result } from './envelope.ts';
import type { StoredContact } from './portal.ts';
import type { ApiCall, Route } from './routing.ts';
import { likeMatcher } from './sql-text.ts';
import { INFO_TYPES, INFO_TYPE_LABELS, categoriesOf } from './wire-names.ts';

/** Reading of contacts: by filter, by contact info, one by one, with their tags and infos. */
export const CONTACT_ROUTES: readonly Route[] = [
  { verb: 'GET', template: 'crm/contact/filter', run: filterContacts },
  { verb: 'GET', template: 'crm/contact/simple/filter', run: filterContactsThinly },
  { verb: 'GET', template: 'crm/contact/bycontactinfo', run: contactsByInfo },
  { verb: 'GET', template: 'crm/contact/mail', run: contactsWithEmail },
  { verb: 'GET', template: 'crm/contact/company/{companyid:int}/person', run: personsOfCompany },
  { verb: 'GET', template: 'crm/contact/data/infoType', run: () => ({ kind: 'list', rows: Object.keys(INFO_TYPES) }) },
  { verb: 'GET', template: 'crm/contact/data/{infoType}/category', run: infoCategories },
  { verb: 'GET', template: 'crm/contact/{contactid:int}', run: contactById },
  { verb: 'GET', template: 'crm/contact/{contactid:int}/tag', run: tagsOfContact },
  { verb: 'GET', template: 'crm/contact/tag/{contactid:int}', run: tagsOfContact },
  { verb: 'GET', template: 'crm/contact/{contactid:int}/data', run: infosOfContact },
  { verb: 'GET', template: 'crm/contact/{contactid:int}/data/{id:int}', run: infoById },
  { verb: 'GET', template: 'crm/contact/{contactid:int}/data/{infoType}', run: infoTexts },
];

/** Reads an id of the path: 0 is an invalid argument, too many digits overflow. */
export function idOf(call: ApiCall, name: string): number {
  const id = call.parameters.int(name) ?? 0;
  if (id <= 0) throw invalidArgument();
  return id;
}

/** The contact of the path, when the user may see it; otherwise 404 tells nothing about its existence. */
function visibleContact(call: ApiCall, name = 'contactid'): StoredContact {
  const id = idOf(call, name);
  const contact = call.viewer.portal.contacts.find((candidate) => candidate.id === id);
  if (!contact || !canAccess(call.viewer.user, contact)) throw notFound();
  return contact;
}

function contactById(call: ApiCall): Result {
  return { kind: 'object', value: toSingleForm(call.viewer, visibleContact(call)) };
}

function filterContacts(call: ApiCall): Result {
  const { viewer, context, parameters, switches } = call;
  const { portal, user } = viewer;
  const filter = readFilter(parameters, context, false);
  const matching = matchingContacts(portal, switches.tableOrder(portal.contacts), filter, switches.textSearch);
  const sorted = sortContacts(matching, context);
  // An unknown order loads the whole table; this path gives up when some of it is not for the user's eyes.
  if (!sorted) {
    const isAllVisible = matching.every((contact) => canAccess(user, contact));
    return { kind: 'list', rows: isAllVisible ? matching.map((contact) => toListForm(viewer, contact)) : [] };
  }
  const { rows, total, hasMore } = pageOf(user, sorted, context);
  return { kind: 'page', rows: rows.map((contact) => toListForm(viewer, contact)), total, hasMore };
}

function filterContactsThinly(call: ApiCall): Result {
  const { viewer, parameters, switches } = call;
  const context = { ...call.context, sortBy: call.context.sortBy ?? 'displayName' };
  const filter = readFilter(parameters, context, false);
  const rows = switches.tableOrder(viewer.portal.contacts);
  const matching = matchingContacts(viewer.portal, rows, filter, switches.textSearch);
  const page = pageOf(viewer.user, sortContacts(matching, context) ?? matching, context);
  return { kind: 'page', ...page, rows: page.rows.map((contact) => ({ contact: toThinForm(viewer, contact) })) };
}

function contactsByInfo({ viewer, parameters, switches }: ApiCall): Result {
  const infoType = parameters.choice('infoType', INFO_TYPES, INFO_TYPE_LABELS);
  if (infoType === undefined) throw invalidArgument();
  const [data, category, isPrimary] = [parameters.text('data') ?? '', parameters.int('category'), parameters.bool('isPrimary')];
  // Blank data puts no condition at all on the data.
  const matchesData = data.trim() === '' ? () => true : likeMatcher(`%${data}%`);
  const found = switches
    .tableOrder(viewer.portal.contacts)
    .filter((contact) =>
      contact.infos.some(
        (info) =>
          info.type === infoType &&
          (category === undefined || info.category === category) &&
          (isPrimary === undefined || info.isPrimary === isPrimary) &&
          matchesData(info.data),
      ),
    );
  const visible = found.filter((contact) => canAccess(viewer.user, contact));
  return { kind: 'list', rows: visible.map((contact) => toSingleForm(viewer, contact)) };
}

function contactsWithEmail({ viewer, parameters }: ApiCall): Result {
  const ids = new Set(parameters.ints('contactids'));
  const contacts = viewer.portal.contacts.filter((contact) => ids.has(contact.id) && canAccess(viewer.user, contact));
  const rows = contacts.map((contact) => {
    const email = contact.infos.find(({ type, isPrimary }) => type === INFO_TYPES['Email'] && isPrimary);
    return { email: email && toInfo(email), ...toBase(viewer, contact) };
  });
  return { kind: 'list', rows };
}

function personsOfCompany(call: ApiCall): Result {
  const { viewer, switches } = call;
  const company = visibleContact(call, 'companyid');
  const persons = switches.tableOrder(viewer.portal.contacts).filter(({ companyId }) => company.isCompany && companyId === company.id);
  const visible = persons.filter((person) => canAccess(viewer.user, person));
  return { kind: 'list', rows: visible.map((person) => toListForm(viewer, person)) };
}

function tagsOfContact(call: ApiCall): Result {
  return { kind: 'list', rows: visibleContact(call).tags };
}

function infosOfContact(call: ApiCall): Result {
  return {
    kind: 'list',
    rows: visibleContact(call)
      .infos.toSorted((a, b) => b.id - a.id)
      .map(toInfo),
  };
}

function infoById(call: ApiCall): Result {
  const info = visibleContact(call).infos.find(({ id }) => id === idOf(call, 'id'));
  if (!info) throw invalidArgument();
  return { kind: 'object', value: toInfo(info) };
}

function infoTexts(call: ApiCall): Result {
  const infoType = call.parameters.choice('infoType', INFO_TYPES, INFO_TYPE_LABELS);
  const infos = visibleContact(call).infos.filter(({ type }) => type === infoType);
  return { kind: 'list', rows: infos.map(({ data }) => data) };
}

function infoCategories({ parameters }: ApiCall): Result {
  const infoType = parameters.choice('infoType', INFO_TYPES, INFO_TYPE_LABELS) ?? 0;
  return { kind: 'list', rows: categoriesOf(infoType) };
}

/** GET crm/contact/tag is sorted by title; this is that order. */
export function sortedByTitle<T extends { readonly title: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => compareIgnoringCase(a.title, b.title));
}
