import type { ListItemRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { toInt } from '../whole-number.ts';

export const ContactType = builder.objectRef<OfSource<ListItemRecord>>('ContactType').implement({
  description: 'What a contact is to the company (client, supplier, …), by a list that each account makes for itself. ONLYOFFICE only.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.typeIds`.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'type', idInSource: record.idInSource }),
    }),
    name: t.string({ nullable: false, description: 'As the CRM shows it.', resolve: ({ record }) => record.name }),
    description: t.string({
      description: 'What the staff mean by it. Null when nothing is written.',
      resolve: ({ record }) => record.description,
    }),
    color: t.string({ description: 'A CSS hex colour. Null when it has none.', resolve: ({ record }) => record.color }),
    position: t.int({
      description: 'Its place in the list, counted upwards. Null when the CRM does not tell.',
      resolve: ({ record }) => toInt(record.position),
    }),
  }),
});
