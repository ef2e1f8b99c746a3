import type { RequestContext } from '../context.ts';
import type { ContactRecord, ListItemRecord, TagRecord } from '../../datasources/port/records.ts';
import { builder, type OfSource } from '../builder.ts';
import { ContactCustomField } from '../custom-field/contact-custom-field.ts';
import { ContactGroup } from './contact-group.ts';
import { ContactStatus } from './contact-status.ts';
import { ContactTaskSummary } from './contact-task-summary.ts';
import { ContactType } from './contact-type.ts';
import { Contact } from './contact.ts';
import { Currency } from './currency.ts';
import { Tag } from './tag.ts';

/** By what an account sorts its contacts, and its own fields. */
builder.interfaceFields(Contact, (t) => ({
  customFields: t.field({
    type: [ContactCustomField],
    nullable: false,
    description: "The account's own fields that the contact has something in, in the CRM's order. Empty in CallGear.",
    resolve: ({ source, customFields }) => customFields.map((record) => ({ source, record })),
  }),
  tags: t.field({
    type: [Tag],
    description: 'Empty in CallGear. Null only with an error.',
    needs: ['tags'],
    readBeforeDeletion: (record, { context }) => readTags(record, context),
    resolve: async (record, _args, context) => {
      const tags = await readTags(record, context);
      return tags.map((tag) => ({ source: record.source, record: tag }));
    },
  }),
  groups: t.field({
    type: [ContactGroup],
    nullable: false,
    description: 'The groups that it is in. CallGear only; empty in the other CRMs.',
    resolve: ({ source, groups }) => groups.map((record) => ({ source, record })),
  }),
  status: t.field({
    type: ContactStatus,
    description: 'How warm the contact is. ONLYOFFICE only; null there when it has none.',
    resolve: ({ source, status }) => toListItem(source, status),
  }),
  type: t.field({
    type: ContactType,
    description: 'What the contact is to the company. ONLYOFFICE only; null there when it has none.',
    resolve: ({ source, type }) => toListItem(source, type),
  }),
  currency: t.field({
    type: Currency,
    description: 'The currency in which the contact is dealt with. ONLYOFFICE only.',
    resolve: (record) => record.currency,
  }),
  taskSummary: t.field({
    type: ContactTaskSummary,
    description: 'What is to be done about the contact. Null in CallGear.',
    resolve: (record) => record.taskSummary,
  }),
}));

/** The tags of a contact: those of its row, else looked up. Cost: none, or 1 call for each contact whose row came without. */
async function readTags(record: ContactRecord, { loaders }: RequestContext): Promise<readonly TagRecord[]> {
  return record.tags ?? (await loaders.find(record.source, 'tags', record.idInSource)) ?? [];
}

function toListItem(source: string, record: ListItemRecord | null): OfSource<ListItemRecord> | null {
  return record === null ? null : { source, record };
}
