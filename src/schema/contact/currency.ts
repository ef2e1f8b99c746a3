import type { CurrencyRecord } from '../../datasources/port/records.ts';
import { builder } from '../builder.ts';

export const Currency = builder.objectRef<CurrencyRecord>('Currency').implement({
  description: 'The currency in which a contact is dealt with. ONLYOFFICE only.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: false, description: 'Three letters as in ISO 4217, for example `EUR`.' }),
    name: t.exposeString('name', { description: "In the CRM's own words, for example `Euro`. Null when the CRM leaves it out." }),
    symbol: t.exposeString('symbol', { description: 'For example `€`. Null when the CRM leaves it out.' }),
    cultureName: t.exposeString('cultureName', {
      description: 'The country or culture that the CRM files the currency under. Null when it leaves it out.',
    }),
    isConvertible: t.exposeBoolean('isConvertible', {
      description: 'Whether the CRM can convert it. Null when it leaves it out.',
    }),
    isBasic: t.exposeBoolean('isBasic', { description: "Whether it is one of the CRM's basic currencies. Null when it leaves it out." }),
  }),
});
