import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { Loaders } from '../../datasources/port/loaders.ts';
import { deleteContacts, type ContactDeletionRecord, type DeletionTargetId } from '../../federation/deletion.ts';
import { contactFields, detailsOf } from '../look-ahead.ts';
import { readBeforeDeletion } from './read-before-deletion.ts';

/** What earlier mutations of a request deleted. Their payloads show it as it was, so the loaders forget it only when the next one begins. */
const deletedBefore = new WeakMap<RequestContext, DeletionTargetId[]>();

/**
 * Runs one deletion mutation: reads what the payload shows, then deletes. Whether the caller may is checked before (authorize.ts).
 * Cost: the reads, and 1 write per contact or fewer where the CRM can delete several at once.
 */
export async function runDeletion(
  ids: readonly string[],
  dryRun: boolean,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<readonly ContactDeletionRecord[]> {
  const { loaders, sources, call, meter, deadline } = context;
  const forget = ({ source, entity, idInSource }: DeletionTargetId) => loaders.clear(source.name, entity, idInSource);
  for (const id of deletedBefore.get(context) ?? []) forget(id);
  const targets: DeletionTargetId[] = [];
  deletedBefore.set(context, targets);
  const shown = contactFields(info);
  const details = detailsOf(shown);
  // What is cached may be older than this mutation, and what is read here decides about a write.
  const freshLoaders = new Loaders(sources, { ...call, freshAfter: Date.now(), isFreshnessStrict: true });
  return deleteContacts(ids, {
    sources,
    dryRun,
    read: async (id) => {
      targets.push(id);
      forget(id);
      const record = await freshLoaders.find(id.source.name, id.entity, id.idInSource, details);
      if (record !== null) loaders.prime(record, details);
      return record;
    },
    readAround: async (contacts) => {
      await Promise.all(contacts.map((contact) => readBeforeDeletion(contact, shown, context, info)));
    },
    write: { meter, deadline, ...(call.turn && { turn: call.turn }) },
    signal: call.signal,
    announce: context.announceDeletion,
    audit: context.auditDeletion,
  });
}
