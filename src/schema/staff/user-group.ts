import type { UserGroupRecord, UserReference } from '../../datasources/port/records/staff.ts';
import { isDamaged, valueOr, type Member } from '../../datasources/port/member.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import type { RequestContext } from '../context.ts';

/** A team, as far as it is known where it is shown. */
export interface UserGroupShape extends OfSource<UserGroupRecord> {
  /** A member, whose own record has the name where the row that refers to the group has not. */
  readonly reference: UserReference;
}

type Name = Member<string | null>;

/** Reads a group's name: from the row that refers to it if that knows, otherwise from its member's own record. */
function readName(group: UserGroupShape, context: RequestContext): Name | Promise<Name> {
  return group.record.name === undefined ? findName(group, context) : group.record.name;
}

async function findName({ source, record, reference }: UserGroupShape, { loaders }: RequestContext): Promise<Name> {
  try {
    const group = valueOr((await loaders.find(source, 'user', reference.idInSource))?.group, null);
    return group?.idInSource === record.idInSource ? (group.name ?? null) : null;
  } catch (error) {
    // As with the user's own members: the report and the source's health say why.
    if (error instanceof SourceError && error.code === 'FORBIDDEN') return null;
    throw error;
  }
}

export const UserGroup = builder.objectRef<UserGroupShape>('UserGroup').implement({
  availability: 'user.group',
  description: 'A team of users of the CRM.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      isInReference: ({ known }) => Object.hasOwn(known, 'group'),
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'userGroup', idInSource: record.idInSource }),
    }),
    name: t.string({
      description: 'The name as shown in the CRM. Null when the CRM does not say.',
      isInReference: ({ known }) => known.group === null || isDamaged(known.group) || known.group?.name !== undefined,
      readBeforeDeletion: async (group, { context }) => readName(group, context),
      resolve: (group, _args, context) => readName(group, context),
    }),
  }),
});
