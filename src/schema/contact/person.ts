import { orThrow, valueOr } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';
import { readCompany } from './company-reference.ts';
import { Company } from './company.ts';
import { Contact } from './contact.ts';
import { Node } from '../node.ts';
import { selectedFields } from '../selection.ts';

export const Person = builder.objectRef<ContactRecord>('Person').implement({
  description: 'An individual in one CRM account.',
  // Of two descriptions of a field the later counts.
  interfaces: [Node, Contact],
  fields: (t) => ({
    firstName: t.exposeString('firstName', { description: 'Given name. Null when empty.' }),
    lastName: t.exposeString('lastName', { description: 'Family name. Null when empty.' }),
    patronymic: t.exposeString('patronymic', {
      availability: 'contact.patronymic',
      description: 'The patronymic, as in Russian names. Null when empty.',
    }),
    jobTitle: t.exposeString('jobTitle', { availability: 'contact.jobTitle', description: 'The position at work. Null when empty.' }),
    company: t.field({
      type: Company,
      availability: { of: 'companyReference.displayName', about: '`displayName` without a call' },
      description:
        'The company that the person works for; of several, the first. Null when the CRM has none, or no longer has it. `id`, `idInSource` and `source` never cost a call to the CRM.',
      companyShown: ({ company }) => valueOr(company, null),
      readBeforeDeletion: async ({ source, company }, { context, selected, readBelow }) =>
        readBelow(await readCompany(source, valueOr(company, null), context, selected)),
      resolve: ({ source, company }, _args, context, info) => readCompany(source, orThrow(company), context, selectedFields(info)),
    }),
  }),
});
