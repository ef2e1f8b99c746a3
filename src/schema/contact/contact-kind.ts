import { CONTACT_KINDS, type ContactKind as Kind } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactKind = builder.enumType('ContactKind', {
  description: 'Whether a contact is a person or a company.',
  values: describedValues<Kind>(
    CONTACT_KINDS,
    {
      COMPANY: 'An organization. Where lists hold no companies, they are reached by `Person.company` or by ID.',
      PERSON: 'An individual.',
    },
    (name) => ({ of: `list.${name}`, about: 'In lists' }),
  ),
});
