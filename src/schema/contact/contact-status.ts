import type { ListItemRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { toInt } from '../whole-number.ts';

export const ContactStatus = builder.objectRef<OfSource<ListItemRecord>>('ContactStatus').implement({
  description: 'How warm a contact is (cold, warm, hot, …), by a list that each account makes for itself. ONLYOFFICE only.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.statusIds`.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'status', idInSource: record.idInSource }),
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
