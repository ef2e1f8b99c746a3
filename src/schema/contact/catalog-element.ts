import type { CatalogElementReference } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

const CatalogElement = builder.objectRef<OfSource<CatalogElementReference>>('CatalogElement').implement({
  description: 'An entry of a list that the account keeps: a product, a service, an invoice. Kommo only.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) =>
        encodeSourceId({ source, entity: 'catalogElement', idInSource: `${record.catalogId}/${record.idInSource}` }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own id, unique only within its catalogue.",
      resolve: ({ record }) => record.idInSource,
    }),
    catalogId: t.string({
      nullable: false,
      description: "The CRM's own id of the catalogue.",
      resolve: ({ record }) => record.catalogId,
    }),
    name: t.string({
      description: 'As the CRM shows it. Null when the CRM has the entry no more.',
      resolve: async ({ source, record }, _args, { loaders }) => {
        const found = await loaders.find(source, 'catalogElement', record.key);
        return found?.name ?? null;
      },
    }),
  }),
});

export const ContactCatalogElement = builder.objectRef<OfSource<CatalogElementReference>>('ContactCatalogElement').implement({
  description: 'What ties a contact to an entry of a catalogue. Kommo only.',
  fields: (t) => ({
    element: t.field({ type: CatalogElement, nullable: false, description: 'The entry.', resolve: (tie) => tie }),
    quantity: t.float({ description: 'How many. Null when the CRM does not tell.', resolve: ({ record }) => record.quantity }),
    priceFieldId: t.string({
      description: "The CRM's own id of the field that holds the price. Null when the CRM does not tell.",
      resolve: ({ record }) => record.priceFieldId,
    }),
  }),
});
