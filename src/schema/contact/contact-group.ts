import type { ContactGroupRecord } from '../../datasources/port/records/classification.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

export const ContactGroup = builder.objectRef<OfSource<ContactGroupRecord>>('ContactGroup').implement({
  availability: 'contact.groups',
  description: 'A group into which users sort contacts.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.groupIds`.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'group', idInSource: record.idInSource }),
    }),
    name: t.string({ nullable: false, description: 'The group name as shown in the CRM.', resolve: ({ record }) => record.name }),
  }),
});
