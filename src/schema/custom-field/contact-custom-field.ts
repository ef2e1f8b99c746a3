import type { ContactCustomFieldRecord } from '../../datasources/port/records/custom-field.ts';
import { builder, type OfSource } from '../builder.ts';
import { CustomFieldValue } from './custom-field-value.ts';
import { CustomField } from './custom-field.ts';
import { namedOptions } from './option-names.ts';

export const ContactCustomField = builder.objectRef<OfSource<ContactCustomFieldRecord>>('ContactCustomField').implement({
  availability: 'contact.customFields',
  description: 'A custom field of one contact, with its value.',
  fields: (t) => ({
    field: t.field({
      type: CustomField,
      nullable: false,
      description: 'The definition of the custom field.',
      resolve: ({ source, record }) => ({ source, record: record.field }),
    }),
    text: t.string({
      description: 'The value as shown in the CRM. Null for a heading, and when the field is empty.',
      resolve: ({ source, record: { text, value } }, _args, context) => {
        const options = value?.kind === 'SELECT' ? namedOptions(source, value.options, context) : null;
        return options instanceof Promise ? options.then((named) => named.map(({ label }) => label).join(', ')) : text;
      },
    }),
    value: t.field({
      type: CustomFieldValue,
      description: 'The value with its type, for programs. Null for a heading, and when the field is empty.',
      resolve: ({ source, record: { value } }) => (value === null ? null : { ...value, source }),
    }),
  }),
});
