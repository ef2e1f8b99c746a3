import { orThrow } from '../../datasources/port/member.ts';
import type { AddressRecord } from '../../datasources/port/records/contact-info.ts';
import { builder } from '../builder.ts';
import { ContactInfoCategory } from './contact-info.ts';

export const Address = builder.objectRef<AddressRecord>('Address').implement({
  availability: 'contact.addresses',
  description: 'A postal address in parts.',
  fields: (t) => ({
    street: t.exposeString('street', { description: 'Street and house number, in one or more lines. Null when empty.' }),
    city: t.exposeString('city', { description: 'City or town. Null when empty.' }),
    state: t.exposeString('state', { description: 'State, province or region. Null when empty.' }),
    zip: t.exposeString('zip', { description: 'Postal code. Null when empty.' }),
    country: t.exposeString('country', { description: 'Name or code of the country, as stored in the CRM. Null when empty.' }),
    category: t.field({
      type: ContactInfoCategory,
      availability: 'address.category',
      description: 'What the address is used for.',
      resolve: ({ category }) => orThrow(category),
    }),
    categoryName: t.exposeString('categoryName', {
      availability: 'address.categoryName',
      description: "The category as the CRM names it, in the account's language.",
    }),
    isPrimary: t.exposeBoolean('isPrimary', {
      availability: 'address.isPrimary',
      description: 'Whether it is the main address of the contact.',
    }),
    text: t.exposeString('text', { nullable: false, description: 'The whole address in one line. Never empty.' }),
  }),
});
