import { builder, type OfSource } from '../builder.ts';
import { ContactAccess } from './contact-access.ts';
import { Contact } from './contact.ts';
import type { ContactAccessRecord, UserReference } from '../../datasources/port/records.ts';
import { toUser, User } from '../staff/user.ts';

/** Who among the staff has to do with a contact. */
builder.interfaceFields(Contact, (t) => ({
  responsible: t.field({
    type: User,
    availability: 'contact.responsible',
    description: 'The user who is responsible for the contact. Null when there is none.',
    usersShown: ({ responsible }) => present(responsible),
    readBeforeDeletion: ({ source, responsible }, { readBelow }) => readBelow(toUser(source, responsible)),
    resolve: ({ source, responsible }) => toUser(source, responsible),
  }),
  createdBy: t.field({
    type: User,
    availability: 'contact.createdBy',
    description: 'The user who created the contact. Null when an integration did.',
    usersShown: ({ createdBy }) => present(createdBy),
    readBeforeDeletion: ({ source, createdBy }, { readBelow }) => readBelow(toUser(source, createdBy)),
    resolve: ({ source, createdBy }) => toUser(source, createdBy),
  }),
  updatedBy: t.field({
    type: User,
    availability: 'contact.updatedBy',
    description: 'The user who last changed the contact. Null when an integration did.',
    usersShown: ({ updatedBy }) => present(updatedBy),
    readBeforeDeletion: ({ source, updatedBy }, { readBelow }) => readBelow(toUser(source, updatedBy)),
    resolve: ({ source, updatedBy }) => toUser(source, updatedBy),
  }),
  access: t.field({
    type: ContactAccess,
    availability: 'contact.access',
    description: 'Which users of the CRM may see the contact.',
    usersShown: ({ access }) => access?.members ?? [],
    readBeforeDeletion: ({ source, access }, { readBelow }) => readBelow(toAccess(source, access)),
    resolve: ({ source, access }) => toAccess(source, access),
  }),
}));

function present(reference: UserReference | null): readonly UserReference[] {
  return reference === null ? [] : [reference];
}

function toAccess(source: string, record: ContactAccessRecord | null): OfSource<ContactAccessRecord> | null {
  return record === null ? null : { source, record };
}
