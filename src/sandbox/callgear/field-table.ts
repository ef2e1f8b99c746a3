/** Types of fields, as the documentation names them; each takes its own operators. */
export type FieldType = 'number' | 'string' | 'boolean' | 'enum' | 'array' | 'object';

/** What may be done with one field of a get method. */
export interface FieldRule {
  readonly type: FieldType;
  readonly isFilterable: boolean;
  readonly isSortable: boolean;
}

/** The fields of one get method, with the names inside its objects, which are documented beside them and cannot be used. */
export interface FieldTable {
  readonly fields: ReadonlyMap<string, FieldRule>;
  readonly nestedNames: ReadonlySet<string>;
}

const NAME_FIELDS = { last_name: 'string fs', first_name: 'string fs' };

/** `get.contacts`: three fields sort; the patronymic neither filters nor sorts. */
export const CONTACT_FIELDS = fieldTable(
  {
    id: 'number f',
    ...NAME_FIELDS,
    patronymic: 'string',
    full_name: 'string fs',
    emails: 'array f',
    groups: 'array f',
    phone_numbers: 'array f',
    personal_manager_id: 'number f',
    personal_manager_full_name: 'string f',
    organization_name: 'string f',
    organization_id: 'number f',
  },
  ['group_id', 'group_name'],
);

/** `get.group_contacts`. */
export const GROUP_FIELDS = fieldTable({ id: 'number f', name: 'string fs', is_system: 'boolean f', members: 'array f' }, [
  'contact_id',
  'contact_full_name',
]);

/** `get.contact_organizations`. */
export const ORGANIZATION_FIELDS = fieldTable({ id: 'number f', name: 'string fs' }, []);

/** `get.customer_users`. */
export const CUSTOMER_USER_FIELDS = fieldTable(
  { id: 'number f', login: 'string', description: 'string', name: 'string fs', customer_id: 'number fs' },
  [],
);

/** `get.employees`: the patronymic sorts here, but does not filter. */
export const EMPLOYEE_FIELDS = fieldTable(
  {
    id: 'number f',
    ...NAME_FIELDS,
    login: 'string fs',
    patronymic: 'string s',
    full_name: 'string fs',
    email: 'string f',
    status: 'enum f',
    status_id: 'number f',
    calls_available: 'boolean fs',
    allowed_in_call_types: 'array f',
    in_external_allowed_call_directions: 'array f',
    in_internal_allowed_call_directions: 'array f',
    allowed_out_call_types: 'array f',
    out_external_allowed_call_directions: 'array f',
    out_internal_allowed_call_directions: 'array f',
    groups: 'array f',
    call_recording: 'enum f',
    schedule_id: 'number f',
    schedule_name: 'string f',
    coach: 'object f',
    phone_numbers: 'array f',
    extension: 'object f',
    operator: 'object',
  },
  ['coach_id', 'coach_full_name', 'group_id', 'group_name', 'phone_id', 'phone_number', 'extension_phone_number', 'operator_login'],
);

/** Reads rules such as `string fs`: a type, then `f` for filterable and `s` for sortable. */
function fieldTable(rules: Readonly<Record<string, string>>, nestedNames: readonly string[]): FieldTable {
  const fields = new Map<string, FieldRule>();
  for (const [name, rule] of Object.entries(rules)) {
    const [type = '', uses = ''] = rule.split(' ');
    if (!isFieldType(type)) throw new TypeError(`${type} is no field type`);
    fields.set(name, { type, isFilterable: uses.includes('f'), isSortable: uses.includes('s') });
  }
  return { fields, nestedNames: new Set(nestedNames) };
}

function isFieldType(type: string): type is FieldType {
  return ['number', 'string', 'boolean', 'enum', 'array', 'object'].includes(type);
}
