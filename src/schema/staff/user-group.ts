import type { UserGroupRecord } from '../../datasources/port/records.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

/** A team, as far as it is known where it is shown. */
export interface UserGroupShape extends OfSource<UserGroupRecord> {
  /** A member, whose own record has the name where the row that refers to the group has not. */
  readonly memberIdInSource: string;
}

export const UserGroup = builder.objectRef<UserGroupShape>('UserGroup').implement({
  description: "A team among the CRM's users. Kommo only.",
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'userGroup', idInSource: record.idInSource }),
    }),
    name: t.string({
      description: 'As the CRM shows it. Null when the CRM does not tell.',
      resolve: async ({ source, record, memberIdInSource }, _args, { loaders }) => {
        if (record.name !== undefined) return record.name;
        try {
          const group = (await loaders.find(source, 'user', memberIdInSource))?.group;
          return group?.idInSource === record.idInSource ? (group.name ?? null) : null;
        } catch (error) {
          // As with the user's own members: the report and the source's health say why.
          if (error instanceof SourceError && error.code === 'FORBIDDEN') return null;
          throw error;
        }
      },
    }),
  }),
});
