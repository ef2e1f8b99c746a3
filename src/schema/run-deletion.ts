import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import type { ContactRecord } from '../datasources/records.ts';
import { deleteContacts, type ContactDeletionRecord, type DeletionTargetId } from '../federation/deletion.ts';
import { readCompany } from './company-reference.ts';
import { readPhotoUrl } from './contact-photo.ts';
import { readTags } from './contact-sorting-fields.ts';
import { contactFields, detailsOf } from './look-ahead.ts';
import { selectedFieldsBelow, type SelectedField } from './selection.ts';

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
  const { loaders, sources, meter, deadline } = context;
  const forget = ({ source, entity, idInSource }: DeletionTargetId) => loaders.clear(source.name, entity, idInSource);
  for (const id of deletedBefore.get(context) ?? []) forget(id);
  const targets: DeletionTargetId[] = [];
  deletedBefore.set(context, targets);
  const shown = contactFields(info);
  const read = async (id: DeletionTargetId): Promise<ContactRecord | null> => {
    targets.push(id);
    forget(id);
    const record = await loaders.find(id.source.name, id.entity, id.idInSource, detailsOf(shown));
    if (record !== null) await readAround(record, shown, context, info);
    return record;
  };
  return deleteContacts(ids, { sources, dryRun, isContactShown: shown.length > 0, read, write: { meter, deadline }, audit: context.auditDeletion });
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
    default:
      return [];
  }
}
