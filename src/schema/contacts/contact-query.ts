import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { findContact, readId } from './find-contact.ts';
import { detailsNeeded } from '../look-ahead.ts';

builder.queryField('contact', (t) =>
  t.field({
    type: Contact,
    description: 'One person or company. Null without an error: no such thing. Malformed id: null with BAD_USER_INPUT.',
    scope: 'contacts:read',
    args: { id: t.arg.id({ required: true, description: 'A `Contact.id`.' }) },
    resolve: (_root, { id }, context, info) => findContact(readId(id, 'id'), detailsNeeded(info), context),
  }),
);
