import type { ContactGroupRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

export const ContactGroup = builder.objectRef<OfSource<ContactGroupRecord>>('ContactGroup').implement({
  description: 'A group that contacts are sorted into. CallGear only.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.groupIds`.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'group', idInSource: record.idInSource }),
    }),
    name: t.string({ nullable: false, description: 'As the CRM shows it.', resolve: ({ record }) => record.name }),
  }),
});
