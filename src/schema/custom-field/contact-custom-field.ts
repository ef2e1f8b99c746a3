import type { ContactCustomFieldRecord } from '../../datasources/port/records.ts';
import { builder, type OfSource } from '../builder.ts';
import { CustomFieldValue } from './custom-field-value.ts';
import { CustomField } from './custom-field.ts';

export const ContactCustomField = builder.objectRef<OfSource<ContactCustomFieldRecord>>('ContactCustomField').implement({
  description: 'What one contact has in a custom field.',
  fields: (t) => ({
    field: t.field({
      type: CustomField,
      nullable: false,
      description: 'The definition of the field.',
      resolve: ({ source, record }) => ({ source, record: record.field }),
    }),
    text: t.string({
      description: "The value as the CRM's own screen would show it. Null for a heading, and when nothing is filled in.",
      resolve: ({ record }) => record.text,
    }),
    value: t.field({
      type: CustomFieldValue,
      description: 'The value to work with. Null for a heading, and when nothing is filled in.',
      resolve: ({ source, record: { value } }) => (value === null ? null : { ...value, source }),
    }),
  }),
});
