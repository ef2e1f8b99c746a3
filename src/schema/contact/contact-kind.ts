import { CONTACT_KINDS, type ContactKind as Kind } from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactKind = builder.enumType('ContactKind', {
  description: 'Whether a contact is a person or a company.',
  values: describedValues<Kind>(CONTACT_KINDS, {
    COMPANY:
      'An organization. Lists hold those of ONLYOFFICE; those of Kommo and CallGear are reached by their id and by `Person.company`.',
    PERSON: 'A human being.',
  }),
});
