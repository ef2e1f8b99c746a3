import type { TagRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';

export const Tag = builder.objectRef<OfSource<TagRecord>>('Tag').implement({
  description: 'A word that staff put on contacts. ONLYOFFICE and Kommo.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque. In ONLYOFFICE, whose tags are mere words, it changes when the word does.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'tag', idInSource: record.idInSource }),
    }),
    name: t.string({
      nullable: false,
      description: 'The word itself. `ContactFilter.tags` takes it, whatever its case.',
      resolve: ({ record }) => record.name,
    }),
    color: t.string({
      description: 'A CSS hex colour. Kommo only, and null there for tags without one.',
      resolve: ({ record }) => record.color,
    }),
  }),
});
