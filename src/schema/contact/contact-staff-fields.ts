import { builder, type OfSource } from '../builder.ts';
import { ContactAccess } from './contact-access.ts';
import { Contact } from './contact.ts';
import type { ContactAccessRecord, UserReference } from '../../datasources/port/records.ts';
import { toUser, User } from '../staff/user.ts';

/** Who among the staff has to do with a contact. */
builder.interfaceFields(Contact, (t) => ({
  responsible: t.field({
    type: User,
    description: 'Who looks after the contact; in ONLYOFFICE the first who may see a private one. Null when nobody does.',
    usersShown: ({ responsible }) => present(responsible),
    readBeforeDeletion: ({ source, responsible }, { readBelow }) => readBelow(toUser(source, responsible)),
    resolve: ({ source, responsible }) => toUser(source, responsible),
  }),
  createdBy: t.field({
    type: User,
    description: 'Who entered it. Null in CallGear, and in Kommo when a program did.',
    usersShown: ({ createdBy }) => present(createdBy),
    readBeforeDeletion: ({ source, createdBy }, { readBelow }) => readBelow(toUser(source, createdBy)),
    resolve: ({ source, createdBy }) => toUser(source, createdBy),
  }),
  updatedBy: t.field({
    type: User,
    description: 'Who changed it last. Kommo only; null when a program did.',
    usersShown: ({ updatedBy }) => present(updatedBy),
    readBeforeDeletion: ({ source, updatedBy }, { readBelow }) => readBelow(toUser(source, updatedBy)),
    resolve: ({ source, updatedBy }) => toUser(source, updatedBy),
  }),
  access: t.field({
    type: ContactAccess,
    description: 'Who may see it. ONLYOFFICE only.',
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
