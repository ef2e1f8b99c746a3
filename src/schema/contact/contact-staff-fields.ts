import { builder, type OfSource } from '../builder.ts';
import { orThrow, valueOr } from '../../datasources/port/member.ts';
import { ContactAccess } from './contact-access.ts';
import { Contact } from './contact.ts';
import type { ContactAccessRecord } from '../../datasources/port/records/contact.ts';
import type { UserReference } from '../../datasources/port/records/staff.ts';
import { toUser, User } from '../staff/user.ts';

/** Who among the staff has to do with a contact. */
builder.interfaceFields(Contact, (t) => ({
  responsible: t.field({
    type: User,
    availability: 'contact.responsible',
    description: 'The user who is responsible for the contact. Null when there is none.',
    usersShown: ({ responsible }) => present(valueOr(responsible, null)),
    readBeforeDeletion: ({ source, responsible }, { readBelow }) => readBelow(toUser(source, valueOr(responsible, null))),
    resolve: ({ source, responsible }) => toUser(source, orThrow(responsible)),
  }),
  createdBy: t.field({
    type: User,
    availability: 'contact.createdBy',
    description: 'The user who created the contact. Null when an integration did.',
    usersShown: ({ createdBy }) => present(valueOr(createdBy, null)),
    readBeforeDeletion: ({ source, createdBy }, { readBelow }) => readBelow(toUser(source, valueOr(createdBy, null))),
    resolve: ({ source, createdBy }) => toUser(source, orThrow(createdBy)),
  }),
  updatedBy: t.field({
    type: User,
    availability: 'contact.updatedBy',
    description: 'The user who last changed the contact. Null when an integration did.',
    usersShown: ({ updatedBy }) => present(valueOr(updatedBy, null)),
    readBeforeDeletion: ({ source, updatedBy }, { readBelow }) => readBelow(toUser(source, valueOr(updatedBy, null))),
    resolve: ({ source, updatedBy }) => toUser(source, orThrow(updatedBy)),
  }),
  access: t.field({
    type: ContactAccess,
    availability: 'contact.access',
    description: 'Which users of the CRM may see the contact.',
    usersShown: ({ access }) => valueOr(access, null)?.members ?? [],
    readBeforeDeletion: ({ source, access }, { readBelow }) => readBelow(toAccess(source, valueOr(access, null))),
    resolve: ({ source, access }) => toAccess(source, orThrow(access)),
  }),
}));

function present(reference: UserReference | null): readonly UserReference[] {
  return reference === null ? [] : [reference];
}

function toAccess(source: string, record: ContactAccessRecord | null): OfSource<ContactAccessRecord> | null {
  return record === null ? null : { source, record };
}
