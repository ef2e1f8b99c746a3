import type { RequestContext } from '../context.ts';
import {
  CUSTOM_FIELD_TYPES,
  type CustomFieldOptionRecord,
  type CustomFieldRecord,
  type CustomFieldType as Type,
} from '../../datasources/port/records.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { builder, type OfSource } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { toInt } from '../whole-number.ts';

export const CustomFieldType = builder.enumType('CustomFieldType', {
  description: 'What a custom field holds. New values may be added: treat one you do not know like OTHER.',
  values: describedValues<Type>(CUSTOM_FIELD_TYPES, {
    TEXT: 'One line of text.',
    TEXT_AREA: 'Several lines of text.',
    NUMBER: 'A number.',
    MONEY: 'An amount, in the currency of the account.',
    CHECKBOX: 'Yes or no.',
    SELECT: 'One of several options.',
    MULTISELECT: 'Any of several options.',
    DATE: 'A calendar day.',
    DATE_TIME: 'A moment.',
    URL: 'A web address.',
    ADDRESS: 'A postal address.',
    LEGAL_ENTITY: 'A company as the law knows it.',
    FILE: 'A file kept in the CRM.',
    HEADING: 'No value: a heading over other fields.',
    OTHER: 'Something the gateway has no word for; see `CustomField.sourceType`.',
  }),
});

export const CustomFieldOption = builder.objectRef<OfSource<CustomFieldOptionRecord>>('CustomFieldOption').implement({
  description: 'One of the choices of a custom field.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque. Where the CRM has no ids for options, it changes when the label does.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'option', idInSource: record.idInSource }),
    }),
    code: t.string({ description: 'A name for programs. Kommo only, and null there for most.', resolve: ({ record }) => record.code }),
    label: t.string({ nullable: false, description: 'As the CRM shows it.', resolve: ({ record }) => record.label }),
  }),
});

/** Finds what a contact's row does not tell about a field; undefined when the account has no such definition (any more). Cost: 1 look-up list per source. */
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
  description: 'A custom field of an account: its definition. ONLYOFFICE and Kommo.',
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Opaque and permanent.',
      resolve: ({ source, record }) => encodeSourceId({ source, entity: 'customField', idInSource: record.idInSource }),
    }),
    idInSource: t.string({
      nullable: false,
      description: "The CRM's own id of the field, unique only within its source.",
      resolve: ({ record }) => record.idInSource,
    }),
    code: t.string({ description: 'A name for programs. Kommo only, and null there for most.', resolve: ({ record }) => record.code }),
    label: t.string({ nullable: false, description: 'What the CRM writes beside the value.', resolve: ({ record }) => record.label }),
    type: t.field({ type: CustomFieldType, nullable: false, description: 'What the field holds.', resolve: ({ record }) => record.type }),
    sourceType: t.string({
      nullable: false,
      description: "The CRM's own name or number of the type.",
      resolve: ({ record }) => record.sourceType,
    }),
    position: t.int({
      description: 'Its place on the form, counted upwards. Null when the CRM does not tell.',
      resolve: async (field, _args, context) => {
        const { position } = field.record;
        return toInt(position === undefined ? (await findDefinition(field, context))?.position : position);
      },
    }),
    mask: t.string({
      description: "The CRM's settings of the field, as it stores them. ONLYOFFICE only.",
      resolve: ({ record }) => record.mask,
    }),
    options: t.field({
      type: [CustomFieldOption],
      description: 'The choices, in the order of the form. Null for fields without choices, and when the account has the field no more.',
      resolve: async (field, _args, context) => {
        const { options: known } = field.record;
        const options = known === undefined ? (await findDefinition(field, context))?.options : known;
        return options?.map((record) => ({ source: field.source, record })) ?? null;
      },
    }),
  }),
});
