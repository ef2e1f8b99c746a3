import type { GraphQLResolveInfo } from 'graphql';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { Entity } from '../../datasources/port/records/entity.ts';
import type { RequestContext } from '../context.ts';
import { isEnough, lookAheadOptions } from '../field-options.ts';
import { contactFields, detailsOf } from '../look-ahead.ts';
import { selectedFieldsBelow } from '../selection.ts';
import { shownUsers } from '../staff/user-rights.ts';

/**
 * Starts to read the companies and users that rows refer to, as far as the query selects what the rows do not say. The loaders keep them for the
 * fields that show them, which report failures too.
 *
 * @returns Whether there was anything to read.
 *
 * Cost: 1 call for the companies and 1 for the users of one source; none where a source would need more.
 */
export function readReferences(records: readonly ContactRecord[], context: RequestContext, info: GraphQLResolveInfo): boolean {
  const { sources, loaders } = context;
  let isReading = false;
  const isCheap = (source: string, entity: Entity) => sources.get(source)?.readsManyAtOnce?.(entity) === true;
  for (const field of contactFields(info)) {
    const { companyShown, usersShown } = lookAheadOptions(field.field);
    if (companyShown === undefined && usersShown === undefined) continue;
    const below = selectedFieldsBelow(info, field);
    const details = detailsOf(below);
    const users = shownUsers(info, field);
    for (const record of records) {
      const { source } = record;
      const company = companyShown?.(record) ?? null;
      if (company !== null && !isEnough(company, below) && isCheap(source, company.entity)) {
        void loaders.find(source, company.entity, company.idInSource, details).catch(leaveToFields);
        isReading = true;
      }
      for (const { usersOf, selected } of users) {
        for (const user of usersOf(record)) {
          if (isEnough(user, selected) || !isCheap(source, 'user')) continue;
          void loaders.find(source, 'user', user.idInSource).catch(leaveToFields);
          isReading = true;
        }
      }
    }
  }
  return isReading;
}

/** Whoever shows the record reads it from the loaders, and fails as they did. */
function leaveToFields(): void {}
