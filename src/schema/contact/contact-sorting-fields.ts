import type { RequestContext } from '../context.ts';
import { orThrow } from '../../datasources/port/member.ts';
import type { ListItemRecord, TagRecord } from '../../datasources/port/records/classification.ts';
import type { ContactRecord } from '../../datasources/port/records/contact.ts';
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
    availability: 'contact.customFields',
    description: "The account's custom fields on this contact, in the CRM's order.",
    resolve: ({ source, customFields }) => customFields.map((record) => ({ source, record })),
  }),
  tags: t.field({
    type: [Tag],
    availability: 'contact.tags',
    description: 'The words that users have put on the contact. Null only with an error.',
    needs: ['tags'],
    readBeforeDeletion: async (record, { context }) => readTags(record, context),
    resolve: (record, _args, context) => {
      const show = (tags: readonly TagRecord[]) => tags.map((tag) => ({ source: record.source, record: tag }));
      const tags = readTags(record, context);
      return tags instanceof Promise ? tags.then(show) : show(tags);
    },
  }),
  groups: t.field({
    type: [ContactGroup],
    nullable: false,
    availability: 'contact.groups',
    description: 'The groups that the contact belongs to.',
    resolve: ({ source, groups }) => groups.map((record) => ({ source, record })),
  }),
  status: t.field({
    type: ContactStatus,
    availability: 'contact.status',
    description: 'How close the contact is to buying, from a list that each account defines. Null when not set.',
    resolve: ({ source, status }) => toListItem(source, orThrow(status)),
  }),
  type: t.field({
    type: ContactType,
    availability: 'contact.type',
    description: 'The role of the contact, such as client or supplier, from a list that each account defines. Null when not set.',
    resolve: ({ source, type }) => toListItem(source, orThrow(type)),
  }),
  currency: t.field({
    type: Currency,
    availability: 'contact.currency',
    description: 'The currency for business with the contact. Null when not set.',
    resolve: (record) => orThrow(record.currency),
  }),
  taskSummary: t.field({
    type: ContactTaskSummary,
    availability: 'contact.taskSummary',
    description: 'What the CRM reports on the tasks for the contact.',
    resolve: (record) => orThrow(record.taskSummary),
  }),
}));

/** Reads the tags of a contact: those of its row, or with another call. Cost: 1 call for each contact whose row came without. */
function readTags(record: ContactRecord, { loaders }: RequestContext): readonly TagRecord[] | Promise<readonly TagRecord[]> {
  return orThrow(record.tags) ?? loaders.find(record.source, 'tags', record.idInSource).then((tags) => tags ?? []);
}

function toListItem(source: string, record: ListItemRecord | null): OfSource<ListItemRecord> | null {
  return record === null ? null : { source, record };
}
