import type { ListItemRecord } from '../../datasources/port/records/classification.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { toInt } from '../whole-number.ts';

export const ContactStatus = builder.objectRef<OfSource<ListItemRecord>>('ContactStatus').implement({
  availability: 'contact.status',
  description: 'How close a contact is to buying (cold, warm, hot, …): an entry of a list that each account defines.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.statusIds`.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'status', idInSource: record.idInSource }),
    }),
    name: t.string({ nullable: false, description: 'The name of the status as shown in the CRM.', resolve: ({ record }) => record.name }),
    description: t.string({
      description: 'What the status means to the users of the CRM. Null when empty.',
      resolve: ({ record }) => record.description,
    }),
    color: t.string({ description: 'A CSS hex color. Null when not set.', resolve: ({ record }) => record.color }),
    position: t.int({
      description: 'The place in the list, counted upwards. Null when the CRM does not say.',
      resolve: ({ record }) => toInt(record.position),
    }),
  }),
});
