import { CONTACT_ORDER_FIELDS, type ContactOrderField as Field } from '../../datasources/port/list-query.ts';
import { builder } from '../builder.ts';
import { describedValues } from '../described-values.ts';

export const ContactOrderField = builder.enumType('ContactOrderField', {
  description: 'What a list of contacts is sorted by. New values may be added.',
  values: describedValues<Field>(CONTACT_ORDER_FIELDS, {
    DISPLAY_NAME: 'By `displayName`. All sources; each sorts by the order of names that its own screen shows.',
    FIRST_NAME: 'By `Person.firstName`. Not Kommo.',
    LAST_NAME: 'By `Person.lastName`. Not Kommo.',
    CREATED_AT: 'By `createdAt`. Not CallGear.',
    UPDATED_AT: 'By `updatedAt`. Kommo only.',
  }),
});

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of a list comes first.',
  values: {
    ASC: { description: 'A to Z, oldest to newest.' },
    DESC: { description: 'Z to A, newest to oldest.' },
  },
});

export const ContactOrder = builder.inputType('ContactOrder', {
  description:
    'How a list of contacts is sorted. A source that cannot sort so is left out, and its report says SKIPPED with ORDER_UNSUPPORTED.',
  fields: (t) => ({
    field: t.field({ type: ContactOrderField, required: true, description: 'What to sort by.' }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Which end comes first.' }),
  }),
});
