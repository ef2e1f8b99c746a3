import type { RequestContext } from '../context.ts';
import type { UserRecord, UserReference } from '../../datasources/port/records.ts';
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
/** What of a user may need another read. */
type UserMember = Exclude<keyof UserRecord, 'idInSource'>;

/** The user that a row refers to; null when it refers to none. */
export function toUser(source: string, reference: UserReference | null): UserShape | null {
  return reference === null ? null : { source, reference };
}

/** A user whose record is at hand: nothing of it needs a look-up. */
export function toKnownUser(source: string, record: UserRecord): UserShape {
  return { source, reference: { idInSource: record.idInSource, known: record } };
}

/**
 * Reads one member of a user: from the row that refers to it if that knows, else by a look-up that all users of a source share.
 * A lack of rights to see users is no error at each of them: the member is null, and the list's report and the source's health say why.
 *
 * @throws SourceError when the CRM could not answer for another reason.
 */
async function readUserMember<M extends UserMember>(
  { source, reference }: UserShape,
  member: M,
  { loaders }: RequestContext,
): Promise<UserRecord[M] | null> {
  const known: Partial<Omit<UserRecord, 'idInSource'>> = reference.known;
  const value = known[member];
  if (value !== undefined) return value;
  try {
    const record = await loaders.find(source, 'user', reference.idInSource);
    return record?.[member] ?? null;
  } catch (error) {
    if (error instanceof SourceError && error.code === 'FORBIDDEN') return null;
    throw error;
  }
}

/** Reads a user's team. Cost and errors as of readUserMember. */
async function readGroup(user: UserShape, context: RequestContext): Promise<UserGroupShape | null> {
  const record = await readUserMember(user, 'group', context);
  return record === null ? null : { source: user.source, record, reference: user.reference };
}

/** The options of a field that shows a member of a user, for those who look ahead. */
function memberOptions(member: UserMember) {
  return {
    isInReference: ({ known }: UserReference) => Object.hasOwn(known, member),
    readBeforeDeletion: (user: UserShape, { context }: ReadAhead) => readUserMember(user, member, context),
  };
}

export const User = builder.objectRef<UserShape>('User').implement({
  description:
    "Somebody on the staff who works with the CRM. Where the gateway's credentials may not see the CRM's users, only `id` is known: `SourceReport.error` and `SourceHealth.error` then say FORBIDDEN.",
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent. Pass it in `ContactFilter.responsibleIds`.',
      isInReference: true,
      resolve: ({ source, reference }) => encodeSourceId({ source, entity: 'user', idInSource: reference.idInSource }),
    }),
    displayName: t.string({
      description: 'As the CRM shows it. Null when the CRM does not know the user any more, or may not tell.',
      ...memberOptions('displayName'),
      resolve: (user, _args, context) => readUserMember(user, 'displayName', context),
    }),
    jobTitle: t.string({
      description: 'ONLYOFFICE only; null when empty, and in the other CRMs.',
      ...memberOptions('jobTitle'),
      resolve: (user, _args, context) => readUserMember(user, 'jobTitle', context),
    }),
    email: t.string({
      description: "The user's own e-mail address. Null where the CRM does not tell.",
      ...memberOptions('email'),
      resolve: (user, _args, context) => readUserMember(user, 'email', context),
    }),
    avatarUrl: t.string({
      description: 'A small picture; http or https. Null where the CRM has none.',
      ...memberOptions('avatarUrl'),
      resolve: (user, _args, context) => readUserMember(user, 'avatarUrl', context),
    }),
    profileUrl: t.string({
      description: "The user's page in the CRM's own screen; http or https. ONLYOFFICE only.",
      ...memberOptions('profileUrl'),
      resolve: (user, _args, context) => readUserMember(user, 'profileUrl', context),
    }),
    group: t.field({
      type: UserGroup,
      description: 'The team that the user belongs to. Kommo only; null for users without a team.',
      ...memberOptions('group'),
      readBeforeDeletion: async (user, { context, readBelow }) => readBelow(await readGroup(user, context)),
      resolve: (user, _args, context) => readGroup(user, context),
    }),
  }),
});
