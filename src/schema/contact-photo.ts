import type { RequestContext } from '../context.ts';
import type { PhotoReference } from '../datasources/records.ts';
import { builder, type OfSource } from './builder.ts';

/** Cost: 1 call for each picture, remembered for the request; none when the contact has no photo. */
export async function readPhotoUrl(source: string, key: string | null, { loaders }: RequestContext): Promise<string | null> {
  return key === null ? null : loaders.find(source, 'photoUrl', key);
}

export const ContactPhoto = builder.objectRef<OfSource<PhotoReference>>('ContactPhoto').implement({
  description: 'Pictures of a contact. ONLYOFFICE only. Each address costs a call to the CRM: select them where they are shown.',
  fields: (t) => ({
    smallUrl: t.string({
      description: 'A thumbnail; http or https. Null when the contact has no photo.',
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.smallKey, context),
    }),
    mediumUrl: t.string({
      description: 'A larger picture; http or https. Null when the contact has no photo.',
      resolve: ({ source, record }, _args, context) => readPhotoUrl(source, record.mediumKey, context),
    }),
  }),
});
