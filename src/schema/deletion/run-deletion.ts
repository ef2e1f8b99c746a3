import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { Loaders } from '../../datasources/port/loaders.ts';
import type { ContactRecord, UserReference } from '../../datasources/port/records.ts';
import { deleteContacts, type ContactDeletionRecord, type DeletionTargetId } from '../../federation/deletion.ts';
import { readCompany } from '../contact/company-reference.ts';
import { readPhotoUrl } from '../contact/contact-photo.ts';
import { readTags } from '../contact/contact-sorting-fields.ts';
import { contactFields, detailsOf } from '../look-ahead.ts';
import { selectedFieldsBelow, type SelectedField } from '../selection.ts';
import { readUserMember, toUser, USER_MEMBERS } from '../staff/user.ts';

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
  // What is remembered may be older than this mutation, and what is read here decides about a write.
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
      await Promise.all(contacts.map((contact) => readAround(contact, shown, context, info)));
    },
    write: { meter, deadline },
    signal: call.signal,
    audit: context.auditDeletion,
  });
}

/**
 * Reads what the payload shows around a contact and could not be read any more once it is deleted.
 * The loaders remember it for the payload's fields; trouble is theirs to tell, not the deletion's.
 */
async function readAround(
  record: ContactRecord,
  shown: readonly SelectedField[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<void> {
  await Promise.allSettled(shown.flatMap((selected) => readsFor(record, selected, context, info)));
}

function readsFor(
  record: ContactRecord,
  selected: SelectedField,
  context: RequestContext,
  info: GraphQLResolveInfo,
): readonly Promise<unknown>[] {
  const below = () => selectedFieldsBelow(info, selected);
  switch (selected.field.name) {
    case 'tags':
      return [readTags(record, context)];
    case 'photo':
      return below().map(({ field: { name } }) => {
        const key = name === 'smallUrl' ? record.photo?.smallKey : record.photo?.mediumKey;
        return readPhotoUrl(record.source, key ?? null, context);
      });
    case 'company':
      return [
        readCompany(record.source, record.company, context, below()).then(async (company) => {
          if (company !== null) await readAround(company, below(), context, info);
        }),
      ];
    case 'responsible':
      return readsForUser(record.source, record.responsible, below(), context);
    case 'createdBy':
      return readsForUser(record.source, record.createdBy, below(), context);
    case 'updatedBy':
      return readsForUser(record.source, record.updatedBy, below(), context);
    default:
      return [];
  }
}

function readsForUser(
  source: string,
  reference: UserReference | null,
  selected: readonly SelectedField[],
  context: RequestContext,
): readonly Promise<unknown>[] {
  const user = toUser(source, reference);
  if (user === null) return [];
  return USER_MEMBERS.filter((member) => selected.some(({ field }) => field.name === member)).map((member) =>
    readUserMember(user, member, context),
  );
}
