import type { Call } from '../contact-source.ts';
import type { TagRecord } from '../records.ts';
import type { SourceError } from '../source-error.ts';
import { parseReply } from '../wire-reply.ts';
import type { OnlyofficeClient } from './client.ts';
import { contactPath } from './contact-path.ts';
import { findEach } from './find-each.ts';
import { toTags, type MappingContext } from './mapping.ts';
import { contactTagsSchema } from './wire-types.ts';

/**
 * Reads the tags of contacts, which rows in the SINGLE form lack. Cost: 1 call for each id.
 *
 * @returns Tags by contact id; absent for a contact that the portal does not know.
 * @see GET api/2.0/crm/contact/{contactid}/tag
 */
export function readTags(
  ids: readonly string[],
  call: Call,
  { client, context }: { readonly client: OnlyofficeClient; readonly context: MappingContext },
): Promise<ReadonlyMap<string, readonly TagRecord[] | SourceError>> {
  return findEach(ids, async (id) => {
    const reply = await client.readObject(`${contactPath(id)}/tag`, call);
    return reply.outcome === 'ok' ? toTags(parseReply(context.source, contactTagsSchema, reply.envelope.response)) : null;
  });
}
