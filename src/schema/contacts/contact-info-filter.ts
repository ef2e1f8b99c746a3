import { builder } from '../builder.ts';
import { ContactInfoCategory, ContactInfoType } from '../contact/contact-info.ts';

export const TextMatch = builder.enumType('TextMatch', {
  description: 'How a text is compared.',
  values: {
    CONTAINS: {
      availability: 'filter.CONTACT_INFO_CONTAINS',
      description: 'The value contains the text, ignoring case. Phone numbers are compared by their digits.',
    },
    EXACT: {
      description:
        'The values are equal: phone numbers in E.164 (by their digits when they cannot be parsed), so that punctuation does not matter; e-mail addresses ignoring case; an address by any one of its parts.',
    },
  },
});

export const ContactInfoFilter = builder.inputType('ContactInfoFilter', {
  description: 'A condition on the contact infos of a contact: one of them must meet all members.',
  fields: (t) => ({
    type: t.field({ type: ContactInfoType, required: true, description: 'The channel to search.' }),
    value: t.string({ required: true, description: 'The text to search for. Not blank; at most 500 characters.' }),
    match: t.field({ type: TextMatch, required: true, defaultValue: 'EXACT', description: 'How `value` is compared.' }),
    category: t.field({
      type: ContactInfoCategory,
      availability: 'contactInfo.category',
      description: 'Only contact infos of this category. Null is no condition.',
    }),
    isPrimary: t.boolean({
      availability: 'contactInfo.isPrimary',
      description: 'True: only the main one of its type. False: only the others. Null is no condition.',
    }),
  }),
});
