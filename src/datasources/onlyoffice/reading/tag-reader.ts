import type { Call } from '../../port/call.ts';
import type { TagRecord } from '../../port/records.ts';
import type { SourceError } from '../../port/source-error.ts';
import { parseReply } from '../../wire/wire-reply.ts';
import type { OnlyofficeClient } from '../client.ts';
import { contactPath } from './contact-path.ts';
import { findEach } from './id-reader.ts';
import { toTags, type MappingContext } from '../mapping/contact.ts';
import { contactTagsSchema } from '../wire-types.ts';

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
