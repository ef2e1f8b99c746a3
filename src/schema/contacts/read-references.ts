import type { GraphQLResolveInfo } from 'graphql';
import type { ContactSource } from '../../datasources/port/contact-source.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { Entity } from '../../datasources/port/records/entity.ts';
import type { UserReference } from '../../datasources/port/records/staff.ts';
import type { RequestContext } from '../context.ts';
import { isEnough, lookAheadOptions } from '../field-options.ts';
import { contactFields, detailsOf, membersRead } from '../look-ahead.ts';
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

/** What a row that is not there yet is sure to know of a user. */
const UNKNOWN_USER: UserReference = { idInSource: '', known: {} };

/**
 * Says to a source whose rows are being read that the query shows users whom they refer to.
 *
 * Cost: 1 call for each 250 users of a CRM that gives all of them at once, where they are not cached; none otherwise.
 */
export function expectUsers(source: ContactSource, context: RequestContext, info: GraphQLResolveInfo): void {
  if (source.expectUsers === undefined) return;
  const showing = contactFields(info).filter((field) => shownUsers(info, field).some(({ selected }) => !isEnough(UNKNOWN_USER, selected)));
  if (showing.length > 0) source.expectUsers(membersRead(showing), context.call);
}

/** Whoever shows the record reads it from the loaders, and fails as they did. */
function leaveToFields(): void {}
