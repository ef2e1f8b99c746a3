import type { RequestContext } from '../context.ts';
import type { PhotoReference } from '../../datasources/port/records/contact.ts';
import { builder, type OfSource } from '../builder.ts';
import type { SelectedField } from '../selection.ts';

/** Reads the address of a picture. Cost: 1 call for each picture in a request; none when the contact has no photo. */
export function readPhotoUrl(source: string, key: string | null, { loaders }: RequestContext): null | Promise<string | null> {
  return key === null ? null : loaders.find(source, 'photoUrl', key);
}

/**
 * Finds out whether none of the pictures that the query selects exists. One that could not be read counts as existing: its own field reports the error.
 * Cost: none beyond that of the selected pictures.
 */
export async function isWithoutPictures(
  source: string,
  { smallKey, mediumKey }: PhotoReference,
  selected: readonly SelectedField[],
  context: RequestContext,
): Promise<boolean> {
  const keyByField: Readonly<Record<string, string | null>> = { smallUrl: smallKey, mediumUrl: mediumKey };
  const keys = selected.map(({ field }) => keyByField[field.name] ?? null);
  if (keys.length === 0) return false;
  const read = await Promise.allSettled(keys.map(async (key) => readPhotoUrl(source, key, context)));
  return read.every((result) => result.status === 'fulfilled' && result.value === null);
}

export const ContactPhoto = builder.objectRef<OfSource<PhotoReference>>('ContactPhoto').implement({
  availability: 'contact.photo',
  description: 'Pictures of a contact. Each URL costs a call to the CRM, so select only what is shown.',
  fields: (t) => ({
    smallUrl: t.string({
      description: 'The URL of a thumbnail; http or https. Null when the contact has no photo.',
      readBeforeDeletion: async ({ source, record }, { context }) => readPhotoUrl(source, record.smallKey, context),
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.smallKey, context),
    }),
    mediumUrl: t.string({
      description: 'The URL of a larger picture; http or https. Null when the contact has no photo.',
      readBeforeDeletion: async ({ source, record }, { context }) => readPhotoUrl(source, record.mediumKey, context),
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.mediumKey, context),
    }),
  }),
});
