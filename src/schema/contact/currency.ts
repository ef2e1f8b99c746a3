import type { CurrencyRecord } from '../../datasources/port/records/contact.ts';
import { builder } from '../builder.ts';

export const Currency = builder.objectRef<CurrencyRecord>('Currency').implement({
  availability: 'contact.currency',
  description: 'The currency for business with a contact.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: false, description: 'Three letters as in ISO 4217, for example `EUR`.' }),
    name: t.exposeString('name', { description: "The CRM's own name for it, for example `Euro`. Null when the CRM does not send it." }),
    symbol: t.exposeString('symbol', { description: 'The sign, for example `€`. Null when the CRM does not send it.' }),
    cultureName: t.exposeString('cultureName', {
      description: 'The country or culture for which the CRM defines the currency. Null when the CRM does not send it.',
    }),
    isConvertible: t.exposeBoolean('isConvertible', {
      description: 'Whether the CRM can convert amounts in it. Null when the CRM does not send it.',
    }),
    isBasic: t.exposeBoolean('isBasic', {
      description: "Whether it is one of the CRM's basic currencies. Null when the CRM does not send it.",
    }),
  }),
});
