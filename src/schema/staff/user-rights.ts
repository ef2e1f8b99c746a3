import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import type { ContactRecord, UserReference } from '../../datasources/port/records.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { contactFields, isSelected } from '../look-ahead.ts';
import { selectedFieldsBelow, type SelectedField } from '../selection.ts';

/** By source name, the lack of rights that keeps users without names; settles when the look-ups of the page's users have. */
export type MissingUserRights = (source: string) => Promise<SourceError | null>;

/**
 * Starts the look-ups of the users that the rows of a page show, so that the reports can say when the CRM does not let us see them.
 * Looks nothing up that the query does not select, and nothing twice: the users' own fields join the same look-ups.
 */
export function watchUserRights(records: readonly ContactRecord[], context: RequestContext, info: GraphQLResolveInfo): MissingUserRights {
  const isReported = ['status', 'error'].some((field) => isSelected(info, 'SourceReport', field));
  const shown = isReported ? contactFields(info).flatMap((field) => userFields(info, field)) : [];
  const lookUps = new Map<string, Promise<SourceError | null>[]>();
  for (const record of records) {
    for (const { usersOf, members } of shown) {
      for (const { idInSource, known } of usersOf(record)) {
        if (members.every((member) => isKnown(known, member))) continue;
        const ofSource = lookUps.get(record.source) ?? [];
        ofSource.push(lackOfRights(record.source, idInSource, context));
        lookUps.set(record.source, ofSource);
      }
    }
  }
  return async (source) => {
    const started = lookUps.get(source);
    if (started === undefined) return null;
    const lacks = await Promise.all(started);
    return lacks.find((lack) => lack !== null) ?? null;
  };
}

interface ShownUsers {
  readonly usersOf: (record: ContactRecord) => readonly UserReference[];
  /** The members of User that are selected and may need a look-up; `group.name` is the name of the group. */
  readonly members: readonly string[];
}

/** A row may know the group of a user and not its name. */
function isKnown(known: UserReference['known'], member: string): boolean {
  return member === 'group.name' ? known.group === null || known.group?.name !== undefined : Object.hasOwn(known, member);
}

function userFields(info: GraphQLResolveInfo, selected: SelectedField): readonly ShownUsers[] {
  const members = (field: SelectedField) => selectedFieldsBelow(info, field).flatMap((member) => membersOf(info, member));
  switch (selected.field.name) {
    case 'responsible':
      return [{ usersOf: ({ responsible }) => present(responsible), members: members(selected) }];
    case 'createdBy':
      return [{ usersOf: ({ createdBy }) => present(createdBy), members: members(selected) }];
    case 'updatedBy':
      return [{ usersOf: ({ updatedBy }) => present(updatedBy), members: members(selected) }];
    case 'access':
      return selectedFieldsBelow(info, selected)
        .filter(({ field }) => field.name === 'members')
        .map((field) => ({ usersOf: ({ access }) => access?.members ?? [], members: members(field) }));
    default:
      return [];
  }
}

function membersOf(info: GraphQLResolveInfo, selected: SelectedField): readonly string[] {
  const { name } = selected.field;
  if (name === 'id') return [];
  const hasGroupName = name === 'group' && selectedFieldsBelow(info, selected).some(({ field }) => field.name === 'name');
  return hasGroupName ? [name, 'group.name'] : [name];
}

function present(reference: UserReference | null): readonly UserReference[] {
  return reference === null ? [] : [reference];
}

/** A source without the right answers with a user without a name, or with none, and keeps the reason in its health. */
async function lackOfRights(source: string, idInSource: string, { loaders, sources }: RequestContext): Promise<SourceError | null> {
  try {
    const user = await loaders.find(source, 'user', idInSource);
    const isNameless = user === null || user.displayName === null;
    const standing = isNameless ? (sources.get(source)?.health().error ?? null) : null;
    return standing?.code === 'FORBIDDEN' ? standing : null;
  } catch (error) {
    return error instanceof SourceError && error.code === 'FORBIDDEN' ? error : null;
  }
}
