import type { RequestContext } from '../context.ts';
import type { Detail } from '../../datasources/port/list-query.ts';
import { orThrow } from '../../datasources/port/member.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';
import { ContactCatalogElement } from './catalog-element.ts';
import { Contact } from './contact.ts';
import { LeadConnection, toLeadPage } from '../lead/lead-connection.ts';

/** What is being sold to a contact. */
builder.interfaceFields(Contact, (t) => ({
  leads: t.field({
    type: LeadConnection,
    availability: { of: 'contact.leadIds', absence: 'empty' },
    description: 'The deals that the contact is part of. Null only with an error.',
    needs: ['leads'],
    reads: ['leadIds'],
    args: {
      first: t.arg.int({
        defaultValue: 10,
        description: 'How many leads to return: 0 to 100. Null is 10. With 0, leads are only counted.',
      }),
      after: t.arg.string({ description: 'The `cursor` of the lead after which the page begins. Null: from the start.' }),
    },
    resolve: (record, args, context) => {
      const show = ({ leadIds }: ContactRecord) => toLeadPage(record.source, [...new Set(orThrow(leadIds))], args);
      return record.leadIds === undefined ? readAgain(record, 'leads', context).then(show) : show(record);
    },
  }),
  catalogElements: t.field({
    type: [ContactCatalogElement],
    availability: 'contact.catalogElements',
    description: 'The products and other catalog entries that are linked to the contact. Null only with an error.',
    needs: ['catalogElements'],
    resolve: (record, _args, context) => {
      const show = ({ catalogElements }: ContactRecord) =>
        (orThrow(catalogElements) ?? []).map((reference) => ({ source: record.source, record: reference }));
      return record.catalogElements === undefined ? readAgain(record, 'catalogElements', context).then(show) : show(record);
    },
  }),
}));

/** Reads a contact once more, with a detail that it was not read with. Contacts of one source share the call. */
async function readAgain(record: ContactRecord, detail: Detail, { loaders }: RequestContext): Promise<ContactRecord> {
  const found = await loaders.find(record.source, record.entity, record.idInSource, new Set([detail]));
  return found ?? record;
}
