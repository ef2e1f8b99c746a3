import type { RequestContext } from '../context.ts';
import { orThrow } from '../../datasources/port/member.ts';
import type { UserRecord, UserReference } from '../../datasources/port/records/staff.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder } from '../builder.ts';
import type { ReadAhead } from '../field-options.ts';
import { UserGroup, type UserGroupShape } from './user-group.ts';

/** A user as a row refers to it; see readUserMember for what the row does not know. */
export interface UserShape {
  readonly source: string;
  readonly reference: UserReference;
}
/** What of a user may need another call. */
type UserMember = Exclude<keyof UserRecord, 'idInSource'>;

/** Makes the user that a row refers to; null when it refers to none. */
export function toUser(source: string, reference: UserReference | null): UserShape | null {
  return reference === null ? null : { source, reference };
}

/** Makes a user of its own record: nothing of it needs another call. */
export function toKnownUser(source: string, record: UserRecord): UserShape {
  return { source, reference: { idInSource: record.idInSource, known: record } };
}

/**
 * Reads one member of a user: from the row that refers to it if that knows, without a promise, otherwise with 1 call that all users of a source share.
 * A lack of rights to see users is no error at each of them: the member is not known, and the list's report and the source's health say why.
 *
 * @returns undefined where neither says.
 * @throws SourceError when the CRM could not answer for another reason.
 */
function readUserMember<M extends UserMember>(
  user: UserShape,
  member: M,
  context: RequestContext,
): UserRecord[M] | undefined | Promise<UserRecord[M] | undefined> {
  const known: Partial<Omit<UserRecord, 'idInSource'>> = user.reference.known;
  const value = known[member];
  return value === undefined ? findUserMember(user, member, context) : value;
}

async function findUserMember<M extends UserMember>(
  { source, reference }: UserShape,
  member: M,
  { loaders }: RequestContext,
): Promise<UserRecord[M] | undefined> {
  try {
    const record = await loaders.find(source, 'user', reference.idInSource);
    return record?.[member];
  } catch (error) {
    if (error instanceof SourceError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  }
}

/** Reads a user's team; where the user's own record does not say, that of the row. Cost and errors as of readUserMember. */
function readGroup(user: UserShape, context: RequestContext): UserGroupShape | null | Promise<UserGroupShape | null> {
  const show = (own: UserRecord['group'] | undefined): UserGroupShape | null => {
    const record = orThrow(own === undefined ? (user.reference.groupOnRow ?? null) : own);
    return record === null ? null : { source: user.source, record, reference: user.reference };
  };
  const own = readUserMember(user, 'group', context);
  return own instanceof Promise ? own.then(show) : show(own);
}

/** The options of a field that shows a member of a user, for those who look ahead. */
function memberOptions(member: UserMember) {
  return {
    isInReference: ({ known }: UserReference) => Object.hasOwn(known, member),
    readBeforeDeletion: async (user: UserShape, { context }: ReadAhead) => readUserMember(user, member, context),
  };
}

export const User = builder.objectRef<UserShape>('User').implement({
  description:
    "A person who works with the CRM. When the gateway's credentials may not see the CRM's users, only `id` is known; `SourceReport.error` and `SourceHealth.error` then have the code FORBIDDEN.",
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.responsibleIds`.',
      isInReference: true,
      resolve: ({ source, reference }) => encodeSourceId({ source, entity: 'user', idInSource: reference.idInSource }),
    }),
    displayName: t.string({
      description: 'The name as shown in the CRM. Null when the CRM no longer knows the user, or hides it from the gateway.',
      ...memberOptions('displayName'),
      resolve: (user, _args, context) => readUserMember(user, 'displayName', context),
    }),
    jobTitle: t.string({
      availability: 'user.jobTitle',
      description: 'The position at work. Null when empty.',
      ...memberOptions('jobTitle'),
      resolve: (user, _args, context) => readUserMember(user, 'jobTitle', context),
    }),
    email: t.string({
      availability: 'user.email',
      description: "The user's own e-mail address. Null when hidden from the gateway.",
      ...memberOptions('email'),
      resolve: (user, _args, context) => readUserMember(user, 'email', context),
    }),
    avatarUrl: t.string({
      availability: 'user.avatarUrl',
      description: 'The URL of a small picture; http or https. Null when there is none.',
      ...memberOptions('avatarUrl'),
      resolve: (user, _args, context) => readUserMember(user, 'avatarUrl', context),
    }),
    profileUrl: t.string({
      availability: 'user.profileUrl',
      description: "The user's page in the CRM's web interface; http or https.",
      ...memberOptions('profileUrl'),
      resolve: (user, _args, context) => readUserMember(user, 'profileUrl', context),
    }),
    group: t.field({
      type: UserGroup,
      availability: 'user.group',
      description: 'The team that the user belongs to. Null for users without a team.',
      ...memberOptions('group'),
      readBeforeDeletion: async (user, { context, readBelow }) => readBelow(await readGroup(user, context)),
      resolve: (user, _args, context) => readGroup(user, context),
    }),
  }),
});
