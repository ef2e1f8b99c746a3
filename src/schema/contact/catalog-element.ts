import type { CatalogElementReference } from '../../datasources/port/records/sales.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

const CatalogElement = builder.objectRef<OfSource<CatalogElementReference>>('CatalogElement').implement({
  availability: 'contact.catalogElements',
  description: 'An entry of a catalog of the account: a product, a service, an invoice.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) =>
        encodeSourceId({ source, entity: 'catalogElement', idInSource: `${record.catalogId}/${record.idInSource}` }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own ID, unique only within its catalog.",
      resolve: ({ record }) => record.idInSource,
    }),
    catalogId: t.string({
      nullable: false,
      description: "The CRM's own ID of the catalog.",
      resolve: ({ record }) => record.catalogId,
    }),
    name: t.string({
      description: "The entry's name as shown in the CRM. Null when the CRM no longer has the entry.",
      resolve: async ({ source, record }, _args, { loaders }) => {
        const found = await loaders.find(source, 'catalogElement', record.key);
        return found?.name ?? null;
      },
    }),
  }),
});

export const ContactCatalogElement = builder.objectRef<OfSource<CatalogElementReference>>('ContactCatalogElement').implement({
  availability: 'contact.catalogElements',
  description: 'A link between a contact and a catalog entry.',
  fields: (t) => ({
    element: t.field({ type: CatalogElement, nullable: false, description: 'The linked catalog entry.', resolve: (tie) => tie }),
    quantity: t.float({
      description: 'How many units the link stands for. Null when the CRM does not say.',
      resolve: ({ record }) => record.quantity,
    }),
    priceFieldId: t.string({
      description: "The CRM's own ID of the field that holds the price. Null when the CRM does not say.",
      resolve: ({ record }) => record.priceFieldId,
    }),
  }),
});
