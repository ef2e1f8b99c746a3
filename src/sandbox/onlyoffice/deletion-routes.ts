import { canAccess, canDelete } from './access.ts';
import { ApiError, accessDenied, invalidArgument, invalidOperation, notFound } from './api-error.ts';
import { matchingContacts, readFilter } from './contact-query.ts';
import { idOf } from './contact-routes.ts';
import { toBase, toSingleForm } from './contact-wrapper.ts';
import type { Result } from './envelope.ts';
import { removeContact } from './portal.ts';
import type { StoredContact } from './portal.ts';
import type { ApiCall, Route } from './routing.ts';

/** The three ways to delete contacts; PUT on the collection is one of them. */
export const DELETION_ROUTES: readonly Route[] = [
  { verb: 'DELETE', template: 'crm/contact/filter', run: deleteByFilter },
  { verb: 'DELETE', template: 'crm/contact/{contactid:int}', run: deleteContact },
  { verb: 'PUT', template: 'crm/contact', run: deleteByIds },
];

function deleteContact(call: ApiCall): Result {
  const { viewer } = call;
  const id = idOf(call, 'contactid');
  const contact = viewer.portal.contacts.find((candidate) => candidate.id === id);
  if (!contact) throw notFound();
  // Unlike reading, this tells that a contact exists which the user must not see.
  if (!canDelete(viewer.user, contact)) throw accessDenied();
  removeContact(viewer.portal, id);
  if (call.switches.deletionFault === 'files') throw invalidArgument('bad path', true);
  if (call.switches.deletionFault === 'transaction') throw invalidOperation('Transaction already open.', true);
  try {
    return { kind: 'object', value: toSingleForm(viewer, stripped(contact)), didWrite: true };
  } catch (error) {
    // The contact is gone by the time its dangling status spoils the answer.
    if (error instanceof ApiError && error.status === 404) throw notFound(true);
    throw error;
  }
}

/** The answer is built when the contact's rows in other tables are gone already. */
function stripped(contact: StoredContact): StoredContact {
  return { ...contact, accessList: [], infos: [], fieldValues: [], tags: [], taskCount: 0, hasLateTasks: false };
}

function deleteByIds(call: ApiCall): Result {
  const ids = new Set(call.parameters.ints('contactids'));
  if (ids.size === 0) throw invalidArgument('Value cannot be null.');
  return deleteAll(
    call,
    call.viewer.portal.contacts.filter(({ id }) => ids.has(id)),
  );
}

/** Without a filter this is every contact there is. */
function deleteByFilter(call: ApiCall): Result {
  const { viewer, parameters, context, switches } = call;
  const filter = readFilter(parameters, context, true);
  const matching = matchingContacts(viewer.portal, viewer.portal.contacts, filter, switches.textSearch);
  // The list of candidates comes back empty when the user may not see all of them.
  return deleteAll(call, matching.every((contact) => canAccess(viewer.user, contact)) ? matching : []);
}

/** Leaves out, without a word, what the user must not see or cannot delete. */
function deleteAll({ viewer }: ApiCall, contacts: readonly StoredContact[]): Result {
  const deletable = contacts.filter((contact) => canAccess(viewer.user, contact) && canDelete(viewer.user, contact));
  for (const { id } of deletable) removeContact(viewer.portal, id);
  const rows = deletable.map((contact) => toBase(viewer, { ...contact, accessList: [] }));
  return { kind: 'list', rows, didWrite: deletable.length > 0 };
}
