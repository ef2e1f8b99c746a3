import type { ContactRecord } from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';
import { readCompany } from './company-reference.ts';
import { Company } from './company.ts';
import { Contact } from './contact.ts';
import { Node } from '../node.ts';
import { selectedFields } from '../selection.ts';

export const Person = builder.objectRef<ContactRecord>('Person').implement({
  description: 'A human being as one CRM account knows them.',
  // Of two descriptions of a field the later counts.
  interfaces: [Node, Contact],
  fields: (t) => ({
    firstName: t.exposeString('firstName', { description: 'Null when empty.' }),
    lastName: t.exposeString('lastName', { description: 'Null when empty.' }),
    patronymic: t.exposeString('patronymic', {
      description: 'The name after the father, as used in Russian. CallGear only; null when empty.',
    }),
    jobTitle: t.exposeString('jobTitle', { description: 'What they do for a living. Null in CallGear, and when empty.' }),
    company: t.field({
      type: Company,
      description:
        'Where they work; of several, the first. Null when the CRM names none, or has it no more. `id`, `idInSource` and `source` never cost a call; nor does `displayName` in ONLYOFFICE and CallGear.',
      readBeforeDeletion: async ({ source, company }, { context, selected, readBelow }) =>
        readBelow(await readCompany(source, company, context, selected)),
      resolve: ({ source, company }, _args, context, info) => readCompany(source, company, context, selectedFields(info)),
    }),
  }),
});
