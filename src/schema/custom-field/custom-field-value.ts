import type { CustomFieldValueRecord } from '../../datasources/port/records/custom-field.ts';
import { Address } from '../contact/address.ts';
import { builder } from '../builder.ts';
import { CustomFieldOption } from './custom-field.ts';
import { namedOptions } from './option-names.ts';
import { toInt } from '../whole-number.ts';

type ValueOfKind<K extends CustomFieldValueRecord['kind']> = Extract<CustomFieldValueRecord, { kind: K }> & { readonly source: string };

const TextValue = builder.objectRef<ValueOfKind<'TEXT'>>('TextValue').implement({
  availability: 'customFieldValue.TEXT',
  description: 'Text. Also a web address, or a value that cannot be parsed as a more specific type.',
  fields: (t) => ({
    text: t.string({ nullable: false, description: 'As stored in the CRM.', resolve: ({ text }) => text }),
  }),
});

const NumberValue = builder.objectRef<ValueOfKind<'NUMBER'>>('NumberValue').implement({
  availability: 'customFieldValue.NUMBER',
  description: 'A number or an amount of money.',
  fields: (t) => ({
    number: t.float({
      nullable: false,
      description: 'As a number, for arithmetic. Numbers beyond 2^53 lose digits; use `text`.',
      resolve: ({ number }) => number,
    }),
    text: t.string({ nullable: false, description: 'As stored in the CRM, with every digit.', resolve: ({ text }) => text }),
  }),
});

const BooleanValue = builder.objectRef<ValueOfKind<'BOOLEAN'>>('BooleanValue').implement({
  availability: 'customFieldValue.BOOLEAN',
  description: 'The state of a checkbox.',
  fields: (t) => ({
    boolean: t.boolean({ nullable: false, description: 'Whether the box is checked.', resolve: ({ boolean }) => boolean }),
  }),
});

const DateValue = builder.objectRef<ValueOfKind<'DATE'>>('DateValue').implement({
  availability: 'customFieldValue.DATE',
  description: 'A calendar day.',
  fields: (t) => ({
    date: t.field({
      type: 'Date',
      nullable: false,
      description: 'The day as shown to the users of the CRM.',
      resolve: ({ date }) => date,
    }),
  }),
});

const DateTimeValue = builder.objectRef<ValueOfKind<'DATE_TIME'>>('DateTimeValue').implement({
  availability: 'customFieldValue.DATE_TIME',
  description: 'A point in time.',
  fields: (t) => ({
    dateTime: t.field({
      type: 'DateTime',
      nullable: false,
      description: 'The point in time, in UTC.',
      resolve: ({ dateTime }) => dateTime,
    }),
  }),
});

const SelectValue = builder.objectRef<ValueOfKind<'SELECT'>>('SelectValue').implement({
  availability: 'customFieldValue.SELECT',
  description: 'The selected options of a custom field.',
  fields: (t) => ({
    options: t.field({
      type: [CustomFieldOption],
      nullable: false,
      description: 'One for a SELECT field, any number for a MULTISELECT field.',
      resolve: ({ source, options }, _args, context) => {
        const toNodes = (named: typeof options) => named.map((record) => ({ source, record }));
        const named = namedOptions(source, options, context);
        return named instanceof Promise ? named.then(toNodes) : toNodes(named);
      },
    }),
  }),
});

const AddressValue = builder.objectRef<ValueOfKind<'ADDRESS'>>('AddressValue').implement({
  availability: 'customFieldValue.ADDRESS',
  description: 'A postal address in a custom field.',
  fields: (t) => ({
    address: t.field({
      type: Address,
      nullable: false,
      description: 'The address in parts. It is also one of `Contact.addresses`.',
      resolve: ({ address }) => address,
    }),
  }),
});

const LegalEntityValue = builder.objectRef<ValueOfKind<'LEGAL_ENTITY'>>('LegalEntityValue').implement({
  availability: 'customFieldValue.LEGAL_ENTITY',
  description: 'A legal entity: a registered company.',
  fields: (t) => ({
    name: t.string({ description: 'The registered name. Null when empty.', resolve: ({ name }) => name }),
    vatId: t.string({ description: 'The tax number. Null when empty.', resolve: ({ vatId }) => vatId }),
    postalAddress: t.string({
      description: 'The whole address in one line. Null when empty.',
      resolve: ({ postalAddress }) => postalAddress,
    }),
    text: t.string({ nullable: false, description: 'All parts in one line.', resolve: ({ text }) => text }),
  }),
});

const FileValue = builder.objectRef<ValueOfKind<'FILE'>>('FileValue').implement({
  availability: 'customFieldValue.FILE',
  description: 'A file stored in the CRM. The gateway does not serve its content.',
  fields: (t) => ({
    name: t.string({ nullable: false, description: 'The name of the file as stored in the CRM.', resolve: ({ name }) => name }),
    sizeBytes: t.int({
      description: 'The size in bytes. Null when not known, and for files of 2 GiB or more.',
      resolve: ({ sizeBytes }) => toInt(sizeBytes),
    }),
    idInSource: t.string({ nullable: false, description: "The CRM's own ID of the file.", resolve: ({ idInSource }) => idInSource }),
  }),
});

const TYPE_NAME_BY_KIND = {
  TEXT: 'TextValue',
  NUMBER: 'NumberValue',
  BOOLEAN: 'BooleanValue',
  DATE: 'DateValue',
  DATE_TIME: 'DateTimeValue',
  SELECT: 'SelectValue',
  ADDRESS: 'AddressValue',
  LEGAL_ENTITY: 'LegalEntityValue',
  FILE: 'FileValue',
} as const satisfies Record<CustomFieldValueRecord['kind'], string>;

export const CustomFieldValue = builder.unionType('CustomFieldValue', {
  description:
    "The value of a custom field. Decide on `__typename`, not on the field's type: a date that cannot be parsed is a TextValue. New members may be added.",
  types: [TextValue, NumberValue, BooleanValue, DateValue, DateTimeValue, SelectValue, AddressValue, LegalEntityValue, FileValue],
  resolveType: ({ kind }) => TYPE_NAME_BY_KIND[kind],
});
