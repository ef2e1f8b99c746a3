import type { LeadRecord } from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { toUser, User } from '../staff/user.ts';

export const Lead = builder.objectRef<OfSource<LeadRecord>>('Lead').implement({
  description: 'A deal in the making. Kommo only.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'lead', idInSource: record.idInSource }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own id, unique only within its source.",
      resolve: ({ record }) => record.idInSource,
    }),
    name: t.string({ description: 'As the CRM shows it. Null when empty.', resolve: ({ record }) => record.name }),
    price: t.float({
      description: 'What it is worth, in the currency of the account. Null when the CRM does not tell.',
      resolve: ({ record }) => record.price,
    }),
    statusId: t.string({ description: "The CRM's own id of the stage that it has reached.", resolve: ({ record }) => record.statusId }),
    pipelineId: t.string({ description: "The CRM's own id of the pipeline that it is in.", resolve: ({ record }) => record.pipelineId }),
    responsible: t.field({
      type: User,
      description: 'Who looks after it. Null when nobody does.',
      resolve: ({ source, record }) => toUser(source, record.responsible),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was entered.', resolve: ({ record }) => record.createdAt }),
    updatedAt: t.field({ type: 'DateTime', description: 'When it was last changed.', resolve: ({ record }) => record.updatedAt }),
    closedAt: t.field({
      type: 'DateTime',
      description: 'When it was won or lost. Null while it is open.',
      resolve: ({ record }) => record.closedAt,
    }),
    url: t.string({ description: "Its page in the CRM's own screen; http or https.", resolve: ({ record }) => record.url }),
  }),
});
