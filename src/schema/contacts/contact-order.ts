import { CONTACT_ORDER_FIELDS, type ContactOrderField as Field } from '../../datasources/port/list-query.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactOrderField = builder.enumType('ContactOrderField', {
  description: 'What a list of contacts is sorted by. New values may be added.',
  values: describedValues<Field>(
    CONTACT_ORDER_FIELDS,
    {
      DISPLAY_NAME: 'By `Contact.displayName`. Each source sorts names by the rules of its own CRM.',
      FIRST_NAME: 'By `Person.firstName`.',
      LAST_NAME: 'By `Person.lastName`.',
      CREATED_AT: 'By `Contact.createdAt`.',
      UPDATED_AT: 'By `Contact.updatedAt`.',
    },
    (name) => `order.${name}`,
  ),
});

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Ascending or descending.',
  values: {
    ASC: { description: 'A to Z, oldest to newest.' },
    DESC: { description: 'Z to A, newest to oldest.' },
  },
});

export const ContactOrder = builder.inputType('ContactOrder', {
  description:
    'How a list of contacts is sorted. A source that cannot sort this way is left out, and its report says SKIPPED with ORDER_UNSUPPORTED.',
  fields: (t) => ({
    field: t.field({ type: ContactOrderField, required: true, description: 'What to sort by.' }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Which end of the list comes first.' }),
  }),
});
