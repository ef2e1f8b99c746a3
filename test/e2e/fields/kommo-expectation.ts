import type { KommoSandbox } from '../../../src/sandbox/kommo/kommo-sandbox.ts';
import type { KommoCompanyRow, KommoContactRow, KommoFieldValues, KommoLeadRow, KommoValue } from '../../../src/sandbox/kommo/rows.ts';
import { KOMMO_CATEGORIES } from '../../support/filters/stored-contacts.ts';
import { NOTHING, byName, globalId, normalizedPhone } from './every-field.ts';

const FIELD_TYPES: Readonly<Record<string, string>> = {
  text: 'TEXT',
  textarea: 'TEXT_AREA',
  url: 'URL',
  numeric: 'NUMBER',
  monetary: 'MONEY',
  checkbox: 'CHECKBOX',
  date: 'DATE',
  birthday: 'DATE',
  date_time: 'DATE_TIME',
  select: 'SELECT',
  radiobutton: 'SELECT',
  multiselect: 'MULTISELECT',
  smart_address: 'ADDRESS',
  streetaddress: 'ADDRESS',
  legal_entity: 'LEGAL_ENTITY',
  file: 'FILE',
};
/** How the corner cases' phones have to be read. */
const ODD_PHONES: Readonly<Record<string, string | null>> = {
  '1132000000': null,
  '+5511900000001': '+5511900000001',
  '(11) 3200-0000 ask for Ana': null,
  '+37126000001': '+37126000001',
  '+37167000001': '+37167000001',
};
const ENTITIES: Readonly<Record<string, string>> = { '&quot;': '"', '&amp;': '&', '&lt;': '<', '&gt;': '>', '&#039;': "'" };

/** Says what a client must see of a contact of the account, as an administrator. */
export function expectedFromKommo(sandbox: KommoSandbox, row: KommoContactRow, knownPhones: ReadonlySet<string>): object {
  const { data } = sandbox;
  const fields = row.custom_fields_values ?? [];
  const position = fields.find(({ field_code }) => field_code === 'POSITION');
  const company = data.companies.find(({ id, isTrashed }) => id === row.companyId && !isTrashed);
  return {
    ...common(sandbox, row, 'contact', knownPhones),
    __typename: 'Person',
    leads: { totalCount: row.leadIds.length, nodes: row.leadIds.map((id) => seenLead(sandbox, id)) },
    catalogElements: row.catalogElements.map(({ id, catalogId, quantity, priceId }) => {
      const element = data.elements.find((candidate) => candidate.id === id && candidate.catalog_id === catalogId);
      return {
        element: {
          id: globalId('kommo', 'catalogElement', `${catalogId}/${id}`),
          idInSource: String(id),
          catalogId: String(catalogId),
          name: element === undefined ? null : unescaped(element.name),
        },
        quantity,
        priceFieldId: priceId === undefined || priceId === null ? null : String(priceId),
      };
    }),
    isUnsorted: row.is_unsorted,
    url: `${sandbox.url}/contacts/detail/${row.id}`,
    firstName: unescaped(row.first_name) || null,
    lastName: unescaped(row.last_name) || null,
    patronymic: null,
    jobTitle: position === undefined ? null : textOf(position),
    company: company
      ? { id: globalId('kommo', 'company', company.id), idInSource: String(company.id), displayName: unescaped(company.name) }
      : null,
  };
}

/** Says what a client must see of a company, which has no leads' or elements' list of its own in the sandbox's data. */
export function expectedCompany(sandbox: KommoSandbox, row: KommoCompanyRow, knownPhones: ReadonlySet<string>): object {
  const persons = sandbox.data.contacts.filter(({ companyId, isTrashed }) => companyId === row.id && !isTrashed);
  const leadIds = [...new Set(persons.flatMap((person) => person.leadIds))];
  return {
    ...common(sandbox, row, 'company', knownPhones),
    __typename: 'Company',
    leads: { totalCount: leadIds.length, nodes: leadIds.map((id) => seenLead(sandbox, id)) },
    catalogElements: [],
    isUnsorted: null,
    url: `${sandbox.url}/companies/detail/${row.id}`,
    personCount: null,
  };
}

function common(sandbox: KommoSandbox, row: KommoContactRow | KommoCompanyRow, entity: string, knownPhones: ReadonlySet<string>) {
  const fields = row.custom_fields_values ?? [];
  const infos = fields.flatMap((field) => seenInfos(field, knownPhones));
  const addresses = fields.flatMap(seenAddresses);
  return {
    ...NOTHING,
    id: globalId('kommo', entity, row.id),
    source: { name: 'kommo' },
    idInSource: String(row.id),
    accountId: String(sandbox.data.account.id),
    displayName: unescaped(row.name),
    contactInfos: infos,
    phones: infos.filter(({ type }) => type === 'PHONE'),
    emails: infos.filter(({ type }) => type === 'EMAIL'),
    addresses,
    addressInfos: addresses.map(({ text }) => ({ ...BARE_INFO, type: 'ADDRESS', value: text })),
    customFields: fields
      .filter(({ field_code }) => !['PHONE', 'EMAIL', 'IM', 'POSITION'].includes(field_code ?? ''))
      .map((field) => seenField(sandbox, field)),
    tags: row.tags.map(({ id, name, color }) => ({ id: globalId('kommo', 'tag', id), name, color })).toSorted(byName),
    responsible: seenUser(sandbox, row.responsible_user_id, row.group_id),
    createdBy: seenUser(sandbox, row.created_by),
    updatedBy: seenUser(sandbox, row.updated_by),
    createdAt: moment(row.created_at),
    updatedAt: moment(row.updated_at),
    taskSummary: row.closest_task_at === null ? null : { count: null, hasOverdue: null, nextDueAt: moment(row.closest_task_at) },
    viewerCanDelete: false,
  };
}

const BARE_INFO = { idInSource: null, category: null, categoryName: null, normalizedValue: null, isPrimary: null };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:quot|amp|lt|gt|#039);/g, (entity) => ENTITIES[entity] ?? entity).trim();
}

function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

function textOf({ values }: KommoFieldValues): string {
  return unescaped(String(values[0]?.['value']));
}

/** 0 is a robot. Of users who left only the id is known, and the group of their contacts. */
function seenUser({ data }: KommoSandbox, id: number, groupOfRow?: number): object | null {
  if (id === 0) return null;
  const user = data.users.find((candidate) => candidate.id === id);
  const groupId = (user === undefined ? groupOfRow : user.groupId) ?? null;
  const group = data.userGroups.find((candidate) => candidate.id === groupId && user !== undefined);
  return {
    id: globalId('kommo', 'user', id),
    displayName: user?.name ?? null,
    jobTitle: null,
    email: user?.email ?? null,
    avatarUrl: null,
    profileUrl: null,
    group: groupId === null ? null : { id: globalId('kommo', 'userGroup', groupId), name: group?.name ?? null },
  };
}

function seenLead({ data, url }: KommoSandbox, id: number): object | null {
  const lead: KommoLeadRow | undefined = data.leads.find((candidate) => candidate.id === id && !candidate.isTrashed);
  if (lead === undefined) return null;
  const user = data.users.find((candidate) => candidate.id === lead.responsible_user_id);
  return {
    id: globalId('kommo', 'lead', id),
    idInSource: String(id),
    name: unescaped(lead.name),
    price: lead.price,
    statusId: String(lead.status_id),
    pipelineId: String(lead.pipeline_id),
    responsible: { id: globalId('kommo', 'user', lead.responsible_user_id), displayName: user?.name ?? null },
    createdAt: moment(lead.created_at),
    updatedAt: moment(lead.updated_at),
    closedAt: lead.closed_at === null ? null : moment(lead.closed_at),
    url: `${url}/leads/detail/${id}`,
  };
}

interface SeenInfo {
  readonly type: string;
  readonly category: string | null;
  readonly categoryName: string | null;
  readonly idInSource: null;
  readonly value: string;
  readonly normalizedValue: string | null;
  readonly isPrimary: null;
}

function seenInfos({ field_code, values }: KommoFieldValues, knownPhones: ReadonlySet<string>): SeenInfo[] {
  if (field_code !== 'PHONE' && field_code !== 'EMAIL' && field_code !== 'IM') return [];
  return values.map((item) => {
    const label = String(item['enum_code'] ?? item['enum']);
    const value = String(item['value']);
    const [type, category] = field_code === 'IM' ? [label, null] : [field_code, KOMMO_CATEGORIES[label] ?? null];
    const normalizedValue = type === 'PHONE' ? seenPhone(value, knownPhones) : type === 'EMAIL' ? value.toLowerCase() : null;
    return { idInSource: null, type, category, categoryName: label, value, normalizedValue, isPrimary: null };
  });
}

function seenPhone(value: string, knownPhones: ReadonlySet<string>): string | null {
  if (value in ODD_PHONES) return ODD_PHONES[value] ?? null;
  if (value.startsWith('+1 212 555 0')) return value.replaceAll(' ', '');
  return normalizedPhone(value, knownPhones);
}

function seenAddresses({ field_type, values }: KommoFieldValues) {
  const bare = { category: null, categoryName: null, isPrimary: null };
  const nowhere = { street: null, city: null, state: null, zip: null, country: null };
  if (field_type === 'streetaddress')
    return values.map(({ value }) => ({ ...nowhere, ...bare, street: String(value), text: String(value) }));
  if (field_type !== 'smart_address') return [];
  const part = (code: string) => values.filter(({ enum_code }) => enum_code === code).map(({ value }) => String(value));
  const street = [...part('address_line_1'), ...part('address_line_2')].join(', ') || null;
  const rest = {
    city: part('city')[0] ?? null,
    state: part('state')[0] ?? null,
    zip: part('zip')[0] ?? null,
    country: part('country')[0] ?? null,
  };
  const text = [street, ...Object.values(rest)].filter((value) => value !== null).join(', ');
  return [{ street, ...rest, ...bare, text }];
}

function seenField({ data }: KommoSandbox, field: KommoFieldValues): object {
  const definition = [...data.contactFields, ...data.companyFields].find(({ id }) => id === field.field_id);
  const type = FIELD_TYPES[field.field_type] ?? 'OTHER';
  const hasOptions = type === 'SELECT' || type === 'MULTISELECT';
  return {
    field: {
      id: globalId('kommo', 'customField', field.field_id),
      idInSource: String(field.field_id),
      code: field.field_code,
      label: field.field_name,
      type,
      sourceType: field.field_type,
      position: definition?.sort ?? null,
      mask: null,
      options: hasOptions
        ? (definition?.enums?.map(({ id, code, value }) => seenOption({ enum_id: id, enum_code: code ?? null, value })) ?? null)
        : null,
    },
    ...seenValue(type, field),
  };
}

function seenOption({ enum_id, enum_code, value }: KommoValue) {
  return { id: globalId('kommo', 'option', String(enum_id)), code: enum_code, label: unescaped(String(value)) };
}

function seenValue(type: string, field: KommoFieldValues): { text: string | null; value: object | null } {
  const stored = field.values[0]?.['value'];
  switch (type) {
    case 'NUMBER':
    case 'MONEY':
      return { text: String(stored), value: { __typename: 'NumberValue', number: Number(stored), text: String(stored) } };
    case 'CHECKBOX':
      return { text: stored === true ? 'Yes' : 'No', value: { __typename: 'BooleanValue', boolean: stored } };
    case 'DATE': {
      // The account's local midnight is at most half a day away from UTC's.
      const date = moment(Number(stored) + 12 * 3600).slice(0, 10);
      return { text: date, value: { __typename: 'DateValue', date } };
    }
    case 'DATE_TIME':
      return { text: moment(Number(stored)), value: { __typename: 'DateTimeValue', dateTime: moment(Number(stored)) } };
    case 'SELECT':
    case 'MULTISELECT': {
      const options = field.values.map(seenOption);
      return { text: options.map(({ label }) => label).join(', '), value: { __typename: 'SelectValue', options } };
    }
    default:
      return seenCompound(field, stored);
  }
}

function seenCompound(field: KommoFieldValues, stored: unknown): { text: string | null; value: object | null } {
  const members = (typeof stored === 'object' ? stored : null) as Record<string, string | number | null> | null;
  if (field.field_type === 'smart_address') {
    const [address] = seenAddresses(field);
    return { text: address?.text ?? null, value: { __typename: 'AddressValue', address } };
  }
  if (field.field_type === 'legal_entity') {
    const [legalName, vatId, postalAddress] = [members?.['name'], members?.['vat_id'], members?.['address']].map((part) =>
      part ? unescaped(String(part)) : null,
    );
    // Whatever else is filled in is shown behind them; the kind of entity is a number for programs.
    const { entity_type: _kind, external_uid: _uid, ...filled } = members ?? {};
    const others = Object.values(filled).flatMap((part) => (part ? unescaped(String(part)) : []));
    const text = [...new Set([legalName, vatId, postalAddress, ...others])].filter((part) => part !== null).join(', ');
    return { text, value: { __typename: 'LegalEntityValue', legalName, vatId, postalAddress, text } };
  }
  if (field.field_type === 'file') {
    const fileName = String(members?.['file_name']);
    return {
      text: fileName,
      value: { __typename: 'FileValue', fileName, sizeBytes: members?.['file_size'], idInSource: members?.['file_uuid'] },
    };
  }
  if (typeof stored === 'object' || stored === undefined) {
    // Objects are shown by all that is in them, and entries without a value by themselves; not where there are numbers alone, which are ids.
    const texts = field.values.flatMap((entry) => leavesOf(entry['value'] ?? entry));
    const text = texts.every((one) => /^\d+$/.test(one)) ? null : texts.join(', ');
    return { text, value: text === null ? null : { __typename: 'TextValue', text } };
  }
  return { text: textOf(field), value: { __typename: 'TextValue', text: textOf(field) } };
}

function leavesOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];
}
