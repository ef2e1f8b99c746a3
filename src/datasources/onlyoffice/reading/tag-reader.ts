import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import type { TagRecord } from '../../port/records/classification.ts';
import { SourceError } from '../../port/source-error.ts';
import type { ContactRecord } from '../../port/records/contact.ts';
import { withDamage, withMembers } from '../../wire/lazy-record.ts';
import { parseReply } from '../../wire/wire-reply.ts';
import { readRows } from '../../wire/wire-rows.ts';
import type { OnlyofficeClient } from '../client.ts';
import { contactPath } from './contact-path.ts';
import { findEach } from './id-reader.ts';
import { toTags, type MappingContext } from '../mapping/contact.ts';
import { readTagTitle } from '../mapping/wire-parts.ts';
import { unreadListSchema } from '../wire-types.ts';

/** Tags as far as they could be read. */
export interface TagsRead {
  readonly tags: readonly TagRecord[];
  /** Whether any was left out. */
  readonly isDamaged: boolean;
}

/**
 * Reads the tags of contacts, which rows in the SINGLE form lack. Cost: 1 call for each id.
 *
 * @returns Tags by contact id; absent for a contact that the portal does not know.
 * @see GET api/2.0/crm/contact/{contactid}/tag
 */
export function readTags(
  ids: readonly string[],
  call: Call,
  { client, context, log }: { readonly client: OnlyofficeClient; readonly context: MappingContext; readonly log: Log },
): Promise<ReadonlyMap<string, TagsRead | SourceError>> {
  const { source } = context;
  return findEach(ids, async (id) => {
    const reply = await client.readObject(`${contactPath(id)}/tag`, call);
    if (reply.outcome !== 'ok') return null;
    return readTagRows(parseReply(source, unreadListSchema, reply.envelope.response), { source, log });
  });
}

/** The same contact with its tags; damaged in them where some could not be read. */
export function withTags(contact: ContactRecord, { tags, isDamaged }: TagsRead): ContactRecord {
  const tagged = withMembers(contact, { tags });
  return isDamaged ? withDamage(tagged, 'tags') : tagged;
}

/** Leaves out what is said of damage. */
export function tagsAlone(found: ReadonlyMap<string, TagsRead | SourceError>): ReadonlyMap<string, readonly TagRecord[] | SourceError> {
  return new Map([...found].map(([id, read]) => [id, read instanceof SourceError ? read : read.tags]));
}

/** Reads a list of tags: titles, or objects with a title. */
export function readTagRows(rows: readonly unknown[], { source, log }: { readonly source: string; readonly log: Log }): TagsRead {
  const titles = readRows(rows, { source, path: '$.response', log }, readTagTitle);
  return { tags: toTags(titles.rows.filter((title) => title !== null)), isDamaged: titles.droppedRows > 0 };
}
