import type { KommoFieldDefinition, KommoFieldOption, KommoFieldValues, KommoValue } from '../rows.ts';

/** Hours by which the account's midnight comes before UTC's. */
const ACCOUNT_UTC_OFFSET_HOURS = 3;

interface FieldSketch {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly code?: string;
  /** [id, label, code?] */
  readonly options?: readonly (readonly [number, string, string?])[];
  readonly currency?: string;
  readonly isApiOnly?: boolean;
  readonly catalogs?: readonly number[];
}

const PHONE_OPTIONS = [
  [8099, 'WORK', 'WORK'],
  [8100, 'WORKDD', 'WORKDD'],
  [8101, 'MOB', 'MOB'],
  [8102, 'FAX', 'FAX'],
  [8103, 'HOME', 'HOME'],
  [8104, 'OTHER', 'OTHER'],
] as const;

const EMAIL_OPTIONS = [
  [8110, 'WORK', 'WORK'],
  [8111, 'PRIV', 'PRIV'],
  [8112, 'OTHER', 'OTHER'],
] as const;

const CONTACT_FIELDS: readonly FieldSketch[] = [
  { id: 7007, name: 'Position', type: 'text', code: 'POSITION' },
  { id: 7001, name: 'Phone', type: 'multitext', code: 'PHONE', options: PHONE_OPTIONS },
  { id: 7003, name: 'Email', type: 'multitext', code: 'EMAIL', options: EMAIL_OPTIONS },
  {
    id: 7005,
    name: 'IM',
    type: 'multitext',
    code: 'IM',
    options: [
      [8120, 'SKYPE', 'SKYPE'],
      [8121, 'ICQ', 'ICQ'],
      [8122, 'JABBER', 'JABBER'],
      [8123, 'GTALK', 'GTALK'],
      [8124, 'MSN', 'MSN'],
      [8125, 'OTHER', 'OTHER'],
    ],
  },
  { id: 7010, name: 'Credit limit', type: 'numeric' },
  {
    id: 7011,
    name: 'Segment',
    type: 'select',
    options: [
      [8201, 'Gold'],
      [8202, 'Silver'],
      [8203, 'Bronze'],
    ],
  },
  { id: 7012, name: 'Consent', type: 'checkbox' },
  { id: 7013, name: 'Birthday', type: 'birthday' },
  {
    id: 7014,
    name: 'Interests',
    type: 'multiselect',
    options: [
      [8210, 'Hardware', 'HARDWARE'],
      [8211, 'Software', 'SOFTWARE'],
      [8212, 'Training'],
      [8213, 'Support &amp; care'],
    ],
  },
  {
    id: 7015,
    name: 'Preferred channel',
    type: 'radiobutton',
    options: [
      [8220, 'Phone'],
      [8221, 'E-mail'],
      [8222, 'Visit'],
    ],
  },
  { id: 7016, name: 'Notes', type: 'textarea' },
  { id: 7017, name: 'Website', type: 'url' },
  { id: 7018, name: 'Street address', type: 'streetaddress' },
  {
    id: 7019,
    name: 'Address',
    type: 'smart_address',
    options: [
      [1, 'address_line_1', 'address_line_1'],
      [2, 'address_line_2', 'address_line_2'],
      [3, 'city', 'city'],
      [4, 'state', 'state'],
      [5, 'zip', 'zip'],
      [6, 'country', 'country'],
    ],
  },
  { id: 7020, name: 'Legal entity', type: 'legal_entity' },
  { id: 7021, name: 'Contract', type: 'file' },
  { id: 7022, name: 'Yearly spend', type: 'monetary', currency: 'USD' },
  { id: 7023, name: 'First visit', type: 'date' },
  { id: 7024, name: 'Next call', type: 'date_time' },
  { id: 7025, name: 'utm_source', type: 'tracking_data', code: 'UTM_SOURCE', isApiOnly: true },
  { id: 7026, name: 'Equipment', type: 'chained_list', catalogs: [4521, 4522] },
  { id: 7027, name: 'Mood', type: 'hologram' },
  { id: 7028, name: 'Nickname', type: 'text', code: 'NICKNAME' },
  { id: 7029, name: 'Loyalty score', type: 'numeric', code: 'LOYALTY', isApiOnly: true },
];

const COMPANY_FIELDS: readonly FieldSketch[] = [
  { id: 7101, name: 'Phone', type: 'multitext', code: 'PHONE', options: PHONE_OPTIONS },
  { id: 7103, name: 'Email', type: 'multitext', code: 'EMAIL', options: EMAIL_OPTIONS },
  { id: 7105, name: 'Web', type: 'url', code: 'WEB' },
  { id: 7106, name: 'Address', type: 'textarea', code: 'ADDRESS' },
  { id: 7107, name: 'Legal entity', type: 'legal_entity' },
  {
    id: 7108,
    name: 'Industry',
    type: 'select',
    options: [
      [8301, 'Trade'],
      [8302, 'Logistics'],
      [8303, 'Health'],
    ],
  },
  { id: 7109, name: 'Employees', type: 'numeric' },
];

function toDefinition(sketch: FieldSketch, index: number, entityType: 'contacts' | 'companies'): KommoFieldDefinition {
  return {
    id: sketch.id,
    name: sketch.name,
    type: sketch.type,
    code: sketch.code ?? null,
    sort: (index + 1) * 2,
    enums:
      sketch.options?.map(([id, value, code], optionIndex) =>
        code === undefined ? { id, value, sort: (optionIndex + 1) * 10 } : { id, value, sort: (optionIndex + 1) * 10, code },
      ) ?? null,
    entity_type: entityType,
    isPredefined: ['PHONE', 'EMAIL', 'IM', 'POSITION', 'WEB', 'ADDRESS'].includes(sketch.code ?? ''),
    isApiOnly: sketch.isApiOnly ?? false,
    currency: sketch.currency ?? null,
    chainedLists: sketch.catalogs?.map((catalog_id, depth) => ({ title: null, catalog_id, parent_catalog_id: depth })) ?? null,
  };
}

/** Makes the definitions of all custom fields of contacts, in their own order. */
export function createContactFields(): KommoFieldDefinition[] {
  return CONTACT_FIELDS.map((sketch, index) => toDefinition(sketch, index, 'contacts'));
}

/** Makes the definitions of all custom fields of companies, in their own order. */
export function createCompanyFields(): KommoFieldDefinition[] {
  return COMPANY_FIELDS.map((sketch, index) => toDefinition(sketch, index, 'companies'));
}

/** Writes values into a field the way Kommo shows them on an entity. */
export type FieldWriter = (fieldId: number, ...values: KommoValue[]) => KommoFieldValues;

/** Writes the given options (by id) of a field with choices. */
export type OptionWriter = (fieldId: number, ...optionIds: number[]) => KommoFieldValues;

/** Writes texts with the options (by id) that say what they are: phones, e-mails, address parts. */
export type LabelledWriter = (fieldId: number, ...texts: (readonly [text: string, optionId: number])[]) => KommoFieldValues;

/** The writers of one set of definitions. */
export interface FieldPen {
  readonly write: FieldWriter;
  readonly choose: OptionWriter;
  readonly label: LabelledWriter;
}

/** Makes the writers of field values for one set of definitions. An unknown field id is a mistake in the sandbox and throws. */
export function createFieldPen(definitions: readonly KommoFieldDefinition[]): FieldPen {
  const byId = new Map(definitions.map((definition) => [definition.id, definition]));
  const find = (fieldId: number): KommoFieldDefinition => {
    const definition = byId.get(fieldId);
    if (definition === undefined) throw new RangeError(`No custom field ${fieldId}`);
    return definition;
  };
  const findOption = (fieldId: number, optionId: number): KommoFieldOption => {
    const option = find(fieldId).enums?.find(({ id }) => id === optionId);
    if (option === undefined) throw new RangeError(`No option ${optionId} in custom field ${fieldId}`);
    return option;
  };
  const write: FieldWriter = (fieldId, ...values) => {
    const { name, code, type } = find(fieldId);
    return { field_id: fieldId, field_name: name, field_code: code, field_type: type, values };
  };
  return {
    write,
    choose: (fieldId, ...optionIds) =>
      write(
        fieldId,
        ...optionIds.map((optionId) => {
          const option = findOption(fieldId, optionId);
          return { value: option.value, enum_id: option.id, enum_code: option.code ?? null };
        }),
      ),
    label: (fieldId, ...texts) =>
      write(
        fieldId,
        ...texts.map(([value, optionId]) => ({ value, enum_id: optionId, enum_code: findOption(fieldId, optionId).code ?? null })),
      ),
  };
}

/** Unix seconds of the account's own midnight: 21:00 UTC of the day before. */
export function localMidnight(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day, -ACCOUNT_UTC_OFFSET_HOURS) / 1000;
}
