import {
  IDENTITY_FIELDS,
  SURVIVORSHIP_RULES,
  type FieldAlternative as Alternative,
  type GoldenContactInfo as Info,
  type GoldenRecord as Golden,
  type GoldenText as Text,
  type IdentityField as Field,
  type SurvivorshipRule as Rule,
} from '../../federation/identity/golden-record.ts';
import { builder } from '../builder.ts';
import { Contact } from '../contact/contact.ts';
import { describedValues } from '../described-values.ts';

const SurvivorshipRule = builder.enumType('SurvivorshipRule', {
  description: 'Why a value was chosen among those of the members. New values may be added: show an unknown one as it is.',
  values: describedValues<Rule>(SURVIVORSHIP_RULES, {
    ONLY_ONE: 'Only one member has a value.',
    AGREED: 'All members that have a value agree, ignoring case and accents.',
    MAJORITY: 'More members agree on it than on any other value.',
    SOURCE_PRIORITY:
      'No value has a majority: it is that of the source that comes first in the setting IDENTITY_PRIORITY, or in the configuration.',
  }),
});

const GoldenText = builder.objectRef<Text>('GoldenText').implement({
  description: 'The value chosen for one field, and why.',
  fields: (t) => ({
    value: t.exposeString('value', { nullable: false, description: 'As a CRM has it. Never empty.' }),
    rule: t.expose('rule', { type: SurvivorshipRule, nullable: false, description: 'Why this value was chosen.' }),
    from: t.field({
      type: [Contact],
      nullable: false,
      description: 'The members that have this value.',
      resolve: ({ from }) => from,
    }),
  }),
});

const GoldenContactInfo = builder.objectRef<Info>('GoldenContactInfo').implement({
  description: 'A phone number or e-mail address of a person.',
  fields: (t) => ({
    value: t.exposeString('value', { nullable: false, description: 'As the first of the members has it.' }),
    normalizedValue: t.exposeString('normalizedValue', {
      description: 'A phone number in E.164 format; an e-mail address in lower case. Null when the value cannot be parsed.',
    }),
    isShared: t.exposeBoolean('isShared', {
      nullable: false,
      description: 'Whether many people use it, for example a reception or info@.',
    }),
    from: t.field({
      type: [Contact],
      nullable: false,
      description: 'The members that have it, in any spelling.',
      resolve: ({ from }) => from,
    }),
  }),
});

export const GoldenRecord = builder.objectRef<Golden>('GoldenRecord').implement({
  description:
    'One value for each field of a person, and why that one: what only one member has, what all or most agree on, otherwise that of the most trusted source. It contains nothing that no CRM has. docs/identity.md has the policy.',
  fields: (t) => ({
    displayName: t.field({
      type: GoldenText,
      description: 'The full name. Null when no member has one.',
      resolve: ({ fields }) => fields.DISPLAY_NAME,
    }),
    firstName: t.field({
      type: GoldenText,
      description: 'Given name. Null when no member has one.',
      resolve: ({ fields }) => fields.FIRST_NAME,
    }),
    lastName: t.field({
      type: GoldenText,
      description: 'Family name; a patronymic is not one. Null when no member has one.',
      resolve: ({ fields }) => fields.LAST_NAME,
    }),
    jobTitle: t.field({
      type: GoldenText,
      description: 'The position at work. Null when no member has one.',
      resolve: ({ fields }) => fields.JOB_TITLE,
    }),
    companyName: t.field({
      type: GoldenText,
      description: 'The company that the person works for, where a member includes its name. Null otherwise.',
      resolve: ({ fields }) => fields.COMPANY_NAME,
    }),
    phones: t.field({
      type: [GoldenContactInfo],
      nullable: false,
      description: 'All phone numbers of the members, each once.',
      resolve: ({ phones }) => phones,
    }),
    emails: t.field({
      type: [GoldenContactInfo],
      nullable: false,
      description: 'All e-mail addresses of the members, each once.',
      resolve: ({ emails }) => emails,
    }),
    knownSince: t.expose('knownSince', {
      type: 'DateTime',
      description: 'The earliest time that a CRM reports for the creation of a member. Null when none reports one.',
    }),
  }),
});

const IdentityField = builder.enumType('IdentityField', {
  description: 'A field of a golden record that has one value. New values may be added: show an unknown one as it is.',
  values: describedValues<Field>(IDENTITY_FIELDS, {
    DISPLAY_NAME: 'The full name.',
    FIRST_NAME: 'The given name.',
    LAST_NAME: 'The family name.',
    JOB_TITLE: 'The position at work.',
    COMPANY_NAME: 'The company that the person works for.',
  }),
});

const FieldAlternative = builder.objectRef<Alternative>('FieldAlternative').implement({
  description: 'One of several values that members have in a field.',
  fields: (t) => ({
    value: t.exposeString('value', { nullable: false, description: 'As a CRM has it.' }),
    from: t.field({ type: [Contact], nullable: false, description: 'The members that have this value.', resolve: ({ from }) => from }),
  }),
});

export const FieldConflict = builder.objectRef<Golden['conflicts'][number]>('FieldConflict').implement({
  description: 'A field in which members of a person disagree.',
  fields: (t) => ({
    field: t.expose('field', { type: IdentityField, nullable: false, description: 'The field that they disagree on.' }),
    values: t.expose('values', { type: [FieldAlternative], nullable: false, description: 'Two or more different values.' }),
  }),
});
