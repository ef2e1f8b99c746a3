import { builder } from '../builder.ts';
import { ContactAccess } from './contact-access.ts';
import { Contact } from './contact.ts';
import { toUser, User } from '../staff/user.ts';

/** Who among the staff has to do with a contact. */
builder.interfaceFields(Contact, (t) => ({
  responsible: t.field({
    type: User,
    description: 'Who looks after the contact; in ONLYOFFICE the first who may see a private one. Null when nobody does.',
    resolve: ({ source, responsible }) => toUser(source, responsible),
  }),
  createdBy: t.field({
    type: User,
    description: 'Who entered it. Null in CallGear, and in Kommo when a program did.',
    resolve: ({ source, createdBy }) => toUser(source, createdBy),
  }),
  updatedBy: t.field({
    type: User,
    description: 'Who changed it last. Kommo only; null when a program did.',
    resolve: ({ source, updatedBy }) => toUser(source, updatedBy),
  }),
  access: t.field({
    type: ContactAccess,
    description: 'Who may see it. ONLYOFFICE only.',
    resolve: ({ source, access }) => (access === null ? null : { source, record: access }),
  }),
}));
