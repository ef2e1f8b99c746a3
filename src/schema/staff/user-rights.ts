import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { UserReference } from '../../datasources/port/records/staff.ts';
import { SourceError } from '../../datasources/port/source-error.ts';
import { isEnough, lookAheadOptions } from '../field-options.ts';
import { contactFields, isSelected } from '../look-ahead.ts';
import { selectedFieldsBelow, type SelectedField } from '../selection.ts';

/** By source name, the lack of rights that keeps users without names; settles when the page's users have been read. */
export type MissingUserRights = (source: string) => Promise<SourceError | null>;

/**
 * Starts to read the users that the rows of a page show, so that the reports can say when the CRM hides them from the gateway.
 * Reads nothing that the query does not select, and nothing twice: the users' own fields share the same calls.
 */
export function watchUserRights(records: readonly ContactRecord[], context: RequestContext, info: GraphQLResolveInfo): MissingUserRights {
  const isReported = ['status', 'error'].some((field) => isSelected(info, 'SourceReport', field));
  const shown = isReported ? contactFields(info).flatMap((selected) => shownUsers(info, selected)) : [];
  const reads = new Map<string, Promise<SourceError | null>[]>();
  for (const record of records) {
    for (const { usersOf, selected } of shown) {
      for (const reference of usersOf(record)) {
        if (isEnough(reference, selected)) continue;
        const ofSource = reads.get(record.source) ?? [];
        ofSource.push(lackOfRights(record.source, reference.idInSource, context));
        reads.set(record.source, ofSource);
      }
    }
  }
  return async (source) => {
    const started = reads.get(source);
    if (started === undefined) return null;
    const lacks = await Promise.all(started);
    return lacks.find((lack) => lack !== null) ?? null;
  };
}

/** The users of a contact at one place of the answer. */
export interface ShownUsers {
  readonly usersOf: (record: ContactRecord) => readonly UserReference[];
  /** What is selected of them and of their groups. */
  readonly selected: readonly SelectedField[];
}

/** Finds the users that a selected field of a contact shows; [] when it shows none. */
export function shownUsers(info: GraphQLResolveInfo, contactField: SelectedField): readonly ShownUsers[] {
  const { usersShown: usersOf } = lookAheadOptions(contactField.field);
  if (usersOf === undefined) return [];
  return [{ usersOf, selected: userFields(info, selectedFieldsBelow(info, contactField)) }];
}

/** The fields of users among the given ones and below them, with all that is selected of their groups. */
function userFields(info: GraphQLResolveInfo, fields: readonly SelectedField[], isOfUser = false): readonly SelectedField[] {
  return fields.flatMap((selected) => {
    const isIncluded = isOfUser || selected.parentType.name === 'User';
    const below = userFields(info, selectedFieldsBelow(info, selected), isIncluded);
    return isIncluded ? [selected, ...below] : below;
  });
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
