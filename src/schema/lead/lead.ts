import { orThrow } from '../../datasources/port/member.ts';
import type { LeadRecord } from '../../datasources/port/records/sales.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { toUser, User } from '../staff/user.ts';

export const Lead = builder.objectRef<OfSource<LeadRecord>>('Lead').implement({
  availability: 'contact.leadIds',
  description: 'A deal in a sales pipeline.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'lead', idInSource: record.idInSource }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own ID, unique only within its source.",
      resolve: ({ record }) => record.idInSource,
    }),
    name: t.string({ description: 'The title of the deal as shown in the CRM. Null when empty.', resolve: ({ record }) => record.name }),
    price: t.float({
      description: 'The value of the deal, in the currency of the account. Null when the CRM does not say.',
      resolve: ({ record }) => record.price,
    }),
    statusId: t.string({
      description: "The CRM's own ID of the pipeline stage that the deal has reached.",
      resolve: ({ record }) => record.statusId,
    }),
    pipelineId: t.string({
      description: "The CRM's own ID of the pipeline that the deal is in.",
      resolve: ({ record }) => record.pipelineId,
    }),
    responsible: t.field({
      type: User,
      description: 'The user who is responsible for the deal. Null when there is none.',
      resolve: ({ source, record }) => toUser(source, orThrow(record.responsible)),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the deal was created in the CRM.',
      resolve: ({ record }) => record.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When the deal was last changed in the CRM.',
      resolve: ({ record }) => record.updatedAt,
    }),
    closedAt: t.field({
      type: 'DateTime',
      description: 'When the deal was won or lost. Null while it is open.',
      resolve: ({ record }) => record.closedAt,
    }),
    url: t.string({ description: "The deal's page in the CRM's web interface; http or https.", resolve: ({ record }) => record.url }),
  }),
});
