import type { TagRecord } from '../../datasources/port/records/classification.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

export const Tag = builder.objectRef<OfSource<TagRecord>>('Tag').implement({
  availability: 'contact.tags',
  description: 'A word that users put on contacts.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque. Where the CRM has no IDs for tags, it changes when the name does.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'tag', idInSource: record.idInSource }),
    }),
    name: t.string({
      nullable: false,
      description: 'The word itself. Pass it in `ContactFilter.tags`, in upper or lower case.',
      resolve: ({ record }) => record.name,
    }),
    color: t.string({
      availability: 'tag.color',
      description: 'A CSS hex color. Null when not set.',
      resolve: ({ record }) => record.color,
    }),
  }),
});
