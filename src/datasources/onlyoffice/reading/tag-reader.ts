import type { Call } from '../../port/call.ts';
import type { Log } from '../../port/log.ts';
import type { TagRecord } from '../../port/records/classification.ts';
import type { SourceError } from '../../port/source-error.ts';
import { parseReply } from '../../wire/wire-reply.ts';
import { readRows } from '../../wire/wire-rows.ts';
import type { OnlyofficeClient } from '../client.ts';
import { contactPath } from './contact-path.ts';
import { findEach } from './id-reader.ts';
import { toTags, type MappingContext } from '../mapping/contact.ts';
import { readTagTitle } from '../mapping/wire-parts.ts';
import { unreadListSchema } from '../wire-types.ts';

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
): Promise<ReadonlyMap<string, readonly TagRecord[] | SourceError>> {
  const { source } = context;
  return findEach(ids, async (id) => {
    const reply = await client.readObject(`${contactPath(id)}/tag`, call);
    if (reply.outcome !== 'ok') return null;
    return readTagRows(parseReply(source, unreadListSchema, reply.envelope.response), { source, log });
  });
}

/** Reads a list of tags: titles, or objects with a title. */
export function readTagRows(rows: readonly unknown[], { source, log }: { readonly source: string; readonly log: Log }): TagRecord[] {
  const titles = readRows(rows, { source, path: '$.response', log }, readTagTitle);
  return toTags(titles.rows.filter((title) => title !== null));
}
