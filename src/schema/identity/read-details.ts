import type { GraphQLResolveInfo } from 'graphql';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
import type { RequestContext } from '../context.ts';
import { detailsNeeded } from '../look-ahead.ts';

/** Returns a contact with the details that the query selects. Cost: nothing for most queries; a read by id where leads, list elements or tags are selected. */
export async function readDetails(record: ContactRecord, { loaders }: RequestContext, info: GraphQLResolveInfo): Promise<ContactRecord> {
  const details = detailsNeeded(info);
  if (details.size === 0) return record;
  return (await loaders.find(record.source, record.entity, record.idInSource, details)) ?? record;
}
