import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';
import './contact-reach-fields.ts';
import './contact-sales-fields.ts';
import './contact-sorting-fields.ts';
import './contact-staff-fields.ts';
import { Contact } from './contact.ts';
import { Node } from '../node.ts';
import { toInt } from '../whole-number.ts';

export const Company = builder.objectRef<ContactRecord>('Company').implement({
  description: 'An organization in one CRM account.',
  // Of two descriptions of a field the later counts.
  interfaces: [Node, Contact],
  fields: (t) => ({
    personCount: t.int({
      availability: 'contact.personCount',
      description: 'How many persons belong to the company.',
      resolve: (record) => toInt(record.personCount),
    }),
  }),
});
