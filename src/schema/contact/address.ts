import type { AddressRecord } from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';
import { ContactInfoCategory } from './contact-info.ts';

export const Address = builder.objectRef<AddressRecord>('Address').implement({
  description: 'A postal address, as far as the CRM has parts for it. ONLYOFFICE and Kommo.',
  fields: (t) => ({
    street: t.exposeString('street', { description: 'Street and number, in one or more lines. Null when empty.' }),
    city: t.exposeString('city', { description: 'Null when empty.' }),
    state: t.exposeString('state', { description: 'State, province or region. Null when empty.' }),
    zip: t.exposeString('zip', { description: 'Postal code. Null when empty.' }),
    country: t.exposeString('country', { description: "The country's name or code, as the CRM stores it. Null when empty." }),
    category: t.expose('category', {
      type: ContactInfoCategory,
      description: 'What the address is used for. Null in Kommo, which does not tell.',
    }),
    categoryName: t.exposeString('categoryName', {
      description: "The category in the CRM's own words and language. Null where the CRM has none.",
    }),
    isPrimary: t.exposeBoolean('isPrimary', { description: 'Whether it is the main address. Null in Kommo, which does not tell.' }),
    text: t.exposeString('text', { nullable: false, description: 'All parts in one line; never empty.' }),
  }),
});
