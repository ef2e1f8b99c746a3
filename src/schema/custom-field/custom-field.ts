import { orThrow } from '../../datasources/port/member.ts';
import type { RequestContext } from '../context.ts';
import {
  CUSTOM_FIELD_TYPES,
  type CustomFieldOptionRecord,
  type CustomFieldRecord,
  type CustomFieldType as Type,
} from '../../datasources/port/records/custom-field.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { toInt } from '../whole-number.ts';

export const CustomFieldType = builder.enumType('CustomFieldType', {
  description: 'What a custom field holds. New values may be added: treat an unknown one like OTHER.',
  values: describedValues<Type>(CUSTOM_FIELD_TYPES, {
    TEXT: 'One line of text.',
    TEXT_AREA: 'Several lines of text.',
    NUMBER: 'An integer or a decimal number.',
    MONEY: 'An amount in the currency of the account.',
    CHECKBOX: 'Yes or no.',
    SELECT: 'One of several options.',
    MULTISELECT: 'Any number of several options.',
    DATE: 'A calendar day.',
    DATE_TIME: 'A calendar day with a time.',
    URL: 'A web address.',
    ADDRESS: 'A postal address.',
    LEGAL_ENTITY: 'A registered company, with name, tax number and address.',
    FILE: 'A file stored in the CRM.',
    HEADING: 'No value: a title above other fields.',
    OTHER: 'A type that the gateway does not know; see `CustomField.sourceType`.',
  }),
});

export const CustomFieldOption = builder.objectRef<OfSource<CustomFieldOptionRecord>>('CustomFieldOption').implement({
  availability: 'contact.customFields',
  description: 'One of the choices of a custom field.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque. Where the CRM has no IDs for options, it changes when the label does.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'option', idInSource: record.idInSource }),
    }),
    code: t.string({
      availability: 'customFieldOption.code',
      description: 'An identifier for integrations. Null for most options.',
      resolve: ({ record }) => record.code,
    }),
    label: t.string({
      nullable: false,
      description:
        'The text of the option as shown in the CRM. Its code or ID where the CRM sent no text with the contact; select `CustomField.options` too, and it is the text.',
      resolve: ({ record }) => record.label,
    }),
  }),
});

/** Finds what a contact's row does not hold of a field; undefined when the account no longer has its definition. Cost: 1 list of reference data per source. */
async function findDefinition(
  { source, record }: OfSource<CustomFieldRecord>,
  context: RequestContext,
): Promise<CustomFieldRecord | undefined> {
  const contactSource = context.sources.get(source);
  if (contactSource === undefined) return undefined;
  const definitions = await context.loaders.references(contactSource, 'customFields');
  return definitions.find(({ idInSource }) => idInSource === record.idInSource);
}

export const CustomField = builder.objectRef<OfSource<CustomFieldRecord>>('CustomField').implement({
  availability: 'contact.customFields',
  description: 'The definition of a custom field of an account.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'customField', idInSource: record.idInSource }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own ID of the field, unique only within its source.",
      resolve: ({ record }) => record.idInSource,
    }),
    code: t.string({
      availability: 'customField.code',
      description: 'An identifier for integrations. Null for most fields.',
      resolve: ({ record }) => record.code,
    }),
    label: t.string({
      nullable: false,
      description: 'The text that the CRM shows next to the value.',
      resolve: ({ record }) => record.label,
    }),
    type: t.field({
      type: CustomFieldType,
      nullable: false,
      description: 'The kind of values that the field holds.',
      resolve: ({ record }) => record.type,
    }),
    sourceType: t.string({
      nullable: false,
      description: "The CRM's own name or number for the type.",
      resolve: ({ record }) => record.sourceType,
    }),
    position: t.int({
      description: 'The place on the form, counted upwards. Null when the CRM does not say.',
      resolve: (field, _args, context) => {
        const { position } = field.record;
        return position === undefined ? findDefinition(field, context).then((found) => toInt(found?.position)) : toInt(position);
      },
    }),
    mask: t.string({
      availability: 'customField.mask',
      description: "The CRM's settings of the field, as it stores them.",
      resolve: ({ record }) => record.mask,
    }),
    options: t.field({
      type: [CustomFieldOption],
      description: 'The choices, in the order of the form. Null for fields without choices, and when the account no longer has the field.',
      resolve: (field, _args, context) => {
        const show = (options: CustomFieldRecord['options']) =>
          orThrow(options)?.map((record) => ({ source: field.source, record })) ?? null;
        const { options } = field.record;
        return options === undefined ? findDefinition(field, context).then((found) => show(found?.options)) : show(options);
      },
    }),
  }),
});
