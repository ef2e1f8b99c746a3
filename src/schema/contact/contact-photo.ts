import type { RequestContext } from '../context.ts';
import type { PhotoReference } from '../../datasources/port/records.ts';
import { builder, type OfSource } from '../builder.ts';
import type { SelectedField } from '../selection.ts';

/** Cost: 1 call for each picture, remembered for the request; none when the contact has no photo. */
export async function readPhotoUrl(source: string, key: string | null, { loaders }: RequestContext): Promise<string | null> {
  return key === null ? null : loaders.find(source, 'photoUrl', key);
}

/**
 * Whether none of the pictures that the query selects is there. A picture that could not be read counts as there: its own field tells the error.
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
  const read = await Promise.allSettled(keys.map((key) => readPhotoUrl(source, key, context)));
  return read.every((result) => result.status === 'fulfilled' && result.value === null);
}

export const ContactPhoto = builder.objectRef<OfSource<PhotoReference>>('ContactPhoto').implement({
  description: 'Pictures of a contact. ONLYOFFICE only. Each address costs a call to the CRM: select them where they are shown.',
  fields: (t) => ({
    smallUrl: t.string({
      description: 'A thumbnail; http or https. Null when the contact has no photo.',
      readBeforeDeletion: ({ source, record }, { context }) => readPhotoUrl(source, record.smallKey, context),
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.smallKey, context),
    }),
    mediumUrl: t.string({
      description: 'A larger picture; http or https. Null when the contact has no photo.',
      readBeforeDeletion: ({ source, record }, { context }) => readPhotoUrl(source, record.mediumKey, context),
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.mediumKey, context),
    }),
  }),
});
