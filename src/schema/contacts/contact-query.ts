import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { findContact, readId } from './find-contact.ts';
import { detailsNeeded } from '../look-ahead.ts';

builder.queryField('contact', (t) =>
  t.field({
    type: Contact,
    description:
      'Reads one person or company. Null without an error when there is no such contact; null with BAD_USER_INPUT when the ID is malformed.',
    scope: 'contacts:read',
    args: { id: t.arg.id({ required: true, description: 'The `Contact.id` to read.' }) },
    resolve: (_root, { id }, context, info) => findContact(readId(id, 'id'), detailsNeeded(info), context),
  }),
);
