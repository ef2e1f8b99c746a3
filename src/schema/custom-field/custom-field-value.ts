import type { CustomFieldValueRecord } from '../../datasources/port/records.ts';
import { Address } from '../contact/address.ts';
import { builder } from '../builder.ts';
import { CustomFieldOption } from './custom-field.ts';
import { toInt } from '../whole-number.ts';

type ValueOfKind<K extends CustomFieldValueRecord['kind']> = Extract<CustomFieldValueRecord, { kind: K }> & { readonly source: string };

const TextValue = builder.objectRef<ValueOfKind<'TEXT'>>('TextValue').implement({
  description: 'Text; also a web address, and whatever cannot be read as something narrower.',
  fields: (t) => ({
    text: t.string({ nullable: false, description: 'As the CRM stores it.', resolve: ({ text }) => text }),
  }),
});

const NumberValue = builder.objectRef<ValueOfKind<'NUMBER'>>('NumberValue').implement({
  description: 'A number or an amount of money.',
  fields: (t) => ({
    number: t.float({
      nullable: false,
      description: 'To reckon with; very long numbers lose digits.',
      resolve: ({ number }) => number,
    }),
    text: t.string({ nullable: false, description: 'As the CRM stores it, with every digit.', resolve: ({ text }) => text }),
  }),
});

const BooleanValue = builder.objectRef<ValueOfKind<'BOOLEAN'>>('BooleanValue').implement({
  description: 'A ticked or empty box.',
  fields: (t) => ({
    boolean: t.boolean({ nullable: false, description: 'Whether the box is ticked.', resolve: ({ boolean }) => boolean }),
  }),
});

const DateValue = builder.objectRef<ValueOfKind<'DATE'>>('DateValue').implement({
  description: 'A calendar day.',
  fields: (t) => ({
    date: t.field({
      type: 'Date',
      nullable: false,
      description: 'The day as the staff see it in the CRM.',
      resolve: ({ date }) => date,
    }),
  }),
});

const DateTimeValue = builder.objectRef<ValueOfKind<'DATE_TIME'>>('DateTimeValue').implement({
  description: 'A moment.',
  fields: (t) => ({
    dateTime: t.field({ type: 'DateTime', nullable: false, description: 'In UTC.', resolve: ({ dateTime }) => dateTime }),
  }),
});

const SelectValue = builder.objectRef<ValueOfKind<'SELECT'>>('SelectValue').implement({
  description: 'What was chosen among options.',
  fields: (t) => ({
    options: t.field({
      type: [CustomFieldOption],
      nullable: false,
      description: 'The chosen ones: one for a SELECT, any number for a MULTISELECT.',
      resolve: ({ source, options }) => options.map((record) => ({ source, record })),
    }),
  }),
});

const AddressValue = builder.objectRef<ValueOfKind<'ADDRESS'>>('AddressValue').implement({
  description: 'A postal address. Kommo only.',
  fields: (t) => ({
    address: t.field({
      type: Address,
      nullable: false,
      description: 'In parts; it is also among `Contact.addresses`.',
      resolve: ({ address }) => address,
    }),
  }),
});

const LegalEntityValue = builder.objectRef<ValueOfKind<'LEGAL_ENTITY'>>('LegalEntityValue').implement({
  description: 'A company as the law knows it. Kommo only.',
  fields: (t) => ({
    name: t.string({ description: 'Its registered name. Null when empty.', resolve: ({ name }) => name }),
    vatId: t.string({ description: 'Its number with the tax office. Null when empty.', resolve: ({ vatId }) => vatId }),
    postalAddress: t.string({ description: 'Its address in one line. Null when empty.', resolve: ({ postalAddress }) => postalAddress }),
    text: t.string({ nullable: false, description: 'All of it in one line.', resolve: ({ text }) => text }),
  }),
});

const FileValue = builder.objectRef<ValueOfKind<'FILE'>>('FileValue').implement({
  description: 'A file kept in the CRM. The gateway does not hand out its content. Kommo only.',
  fields: (t) => ({
    name: t.string({ nullable: false, description: 'Its file name.', resolve: ({ name }) => name }),
    sizeBytes: t.int({
      description: 'Its size in bytes. Null when unknown, and from 2 GiB on.',
      resolve: ({ sizeBytes }) => toInt(sizeBytes),
    }),
    idInSource: t.string({ nullable: false, description: "The CRM's own id of the file.", resolve: ({ idInSource }) => idInSource }),
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
    "A value of a custom field. Switch on `__typename`, not on the field's type: an ONLYOFFICE date that cannot be read for certain is text. New members may be added.",
  types: [TextValue, NumberValue, BooleanValue, DateValue, DateTimeValue, SelectValue, AddressValue, LegalEntityValue, FileValue],
  resolveType: ({ kind }) => TYPE_NAME_BY_KIND[kind],
});
