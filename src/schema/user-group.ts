import type { UserGroupRecord } from '../datasources/records.ts';
import { encodeSourceId } from '../federation/source-id.ts';
import { builder, type OfSource } from './builder.ts';

export const UserGroup = builder.objectRef<OfSource<UserGroupRecord>>('UserGroup').implement({
  description: "A team among the CRM's users. Kommo only.",
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'userGroup', idInSource: record.idInSource }),
    }),
    name: t.string({
      description: 'As the CRM shows it. Null when the CRM does not tell.',
      resolve: ({ record }) => record.name,
    }),
  }),
});
