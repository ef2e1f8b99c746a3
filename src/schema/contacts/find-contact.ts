import type { RequestContext } from '../context.ts';
import type { Detail } from '../../datasources/port/list-query.ts';
import type { ContactEntity, ContactRecord } from '../../datasources/port/records/contact.ts';
import { decodeSourceId, type SourceId } from '../../federation/source-id.ts';
import { badUserInput } from '../bad-user-input.ts';

/**
 * Takes an id apart.
 *
 * @throws GraphQLError BAD_USER_INPUT when the text is not an id of this gateway.
 */
export function readId(text: string, argument: string): SourceId {
  const id = decodeSourceId(text);
  if (id === null) throw badUserInput(argument, 'not an id.');
  return id;
}

/**
 * Finds the contact with an id; null when it is an id of something else, its source is not configured, or the CRM does not know it.
 * Cost: all that are requested in the same tick with the same details are 1 call per source and kind, where the CRM can.
 *
 * @throws SourceError when the CRM could not answer.
 */
export async function findContact(
  { source, entity, idInSource }: SourceId,
  details: ReadonlySet<Detail>,
  { loaders }: Pick<RequestContext, 'loaders'>,
): Promise<ContactRecord | null> {
  return isContactEntity(entity) ? loaders.find(source, entity, idInSource, details) : null;
}

function isContactEntity(entity: string): entity is ContactEntity {
  return entity === 'contact' || entity === 'company';
}
