import { builder } from '../builder.ts';
import { ContactInfoCategory, ContactInfoType } from '../contact/contact-info.ts';

export const TextMatch = builder.enumType('TextMatch', {
  description: 'How a text has to match.',
  values: {
    CONTAINS: { description: 'It is anywhere in the value, ignoring case; in phones, by their digits. Not CallGear.' },
    EXACT: {
      description:
        'Phones by E.164 (by digits if they cannot be read), so that punctuation does not matter; e-mails ignoring case; an address by any one of its parts.',
    },
  },
});

export const ContactInfoFilter = builder.inputType('ContactInfoFilter', {
  description: 'A condition on one and the same contact info: all members have to be true of it.',
  fields: (t) => ({
    type: t.field({ type: ContactInfoType, required: true, description: 'By which way the contact is reached.' }),
    value: t.string({ required: true, description: 'What to look for. Not blank; at most 500 characters.' }),
    match: t.field({ type: TextMatch, required: true, defaultValue: 'EXACT', description: 'How it has to match.' }),
    category: t.field({
      type: ContactInfoCategory,
      description: 'Only of this category. CallGear has none and is skipped. Null is no condition.',
    }),
    isPrimary: t.boolean({
      description: 'Only the primary one, or only others. ONLYOFFICE only: others are skipped. Null is no condition.',
    }),
  }),
});
