import type { JsonValue } from './filtering/json-value.ts';

/** A contact as CallGear keeps it: groups, manager and organization by id; their names are looked up for each reply. */
export interface CallgearContact {
  readonly id: number;
  first_name: string | null;
  last_name: string;
  patronymic: string | null;
  emails: string[];
  phone_numbers: string[];
  personal_manager_id: number | null;
  organization_id: number | null;
  group_ids: number[];
  /** Why `delete.contacts` says no; null for most. */
  refusesDeletion: 'dependency_error' | 'forbidden' | null;
  /** Index of the Person that was written down here; null for contacts added later. */
  readonly personIndex: number | null;
}

/** A group of contacts. */
export interface CallgearGroup {
  readonly id: number;
  name: string;
  readonly is_system: boolean;
}

/** An organization that contacts belong to. */
export interface CallgearOrganization {
  readonly id: number;
  name: string;
}

/** A user of the account, whom contacts may have as their manager. */
export interface CallgearEmployee {
  readonly id: number;
  login: string;
  first_name: string;
  last_name: string;
  patronymic: string | null;
  email: string | null;
  team: string;
  /** Digits. */
  phone_number: string | null;
  /** Up to five digits. */
  extension: string | null;
}

/** A user of an agent's customer: whom the agent acts for. */
export interface CallgearCustomerUser {
  readonly id: number;
  readonly login: string;
  readonly description: string | null;
  readonly name: string;
  readonly customer_id: number;
}

/** Everything one account holds. The arrays may be changed while the sandbox runs; the next call sees it. */
export interface CallgearData {
  readonly contacts: CallgearContact[];
  readonly groups: CallgearGroup[];
  readonly organizations: CallgearOrganization[];
  readonly employees: CallgearEmployee[];
  /** Managers that were deleted: contacts keep their id, and some their name; `get.employees` does not know them. */
  readonly formerEmployees: { readonly id: number; readonly full_name: string | null }[];
  readonly customerUsers: CallgearCustomerUser[];
  readonly account: { readonly app_id: number; readonly name: string; readonly timezone: string };
}

/** A row as a get method sends it, every field present. */
export type CallgearRow = Readonly<Record<string, JsonValue>>;

/** Joins a full name as CallGear does, whatever the language: Last First Patronymic. */
export function fullNameOf(person: Pick<CallgearContact, 'first_name' | 'last_name' | 'patronymic'>): string {
  return [person.last_name, person.first_name, person.patronymic].filter((part) => part !== null && part !== '').join(' ');
}

/** Makes the rows of `get.contacts`, by id. */
export function contactRows(data: CallgearData): CallgearRow[] {
  const managers = new Map([
    ...data.formerEmployees.map(({ id, full_name }) => [id, full_name] as const),
    ...data.employees.map((employee) => [employee.id, fullNameOf(employee)] as const),
  ]);
  const organizations = new Map(data.organizations.map(({ id, name }) => [id, name]));
  const groups = new Map(data.groups.map(({ id, name }) => [id, name]));
  return byId(data.contacts).map((contact) => ({
    id: contact.id,
    last_name: contact.last_name,
    first_name: contact.first_name,
    patronymic: contact.patronymic,
    full_name: fullNameOf(contact),
    emails: contact.emails,
    groups: contact.group_ids.map((id) => ({ group_id: id, group_name: groups.get(id) ?? null })),
    phone_numbers: contact.phone_numbers,
    personal_manager_id: contact.personal_manager_id,
    personal_manager_full_name: contact.personal_manager_id === null ? null : (managers.get(contact.personal_manager_id) ?? null),
    organization_name: contact.organization_id === null ? null : (organizations.get(contact.organization_id) ?? null),
    organization_id: contact.organization_id,
  }));
}

/** Makes the rows of `get.group_contacts`, by id. */
export function groupRows(data: CallgearData): CallgearRow[] {
  return byId(data.groups).map((group) => ({
    id: group.id,
    name: group.name,
    is_system: group.is_system,
    members: byId(data.contacts)
      .filter((contact) => contact.group_ids.includes(group.id))
      .map((contact) => ({ contact_id: contact.id, contact_full_name: fullNameOf(contact) })),
  }));
}

/** Makes the rows of `get.contact_organizations`, by id. */
export function organizationRows(data: CallgearData): CallgearRow[] {
  return byId(data.organizations).map(({ id, name }) => ({ id, name }));
}

/** Makes the rows of `get.customer_users`, by id. */
export function customerUserRows(data: CallgearData): CallgearRow[] {
  return byId(data.customerUsers).map((user) => ({ ...user }));
}

/** Makes the rows of `get.employees`, by id; unlike contacts they have one e-mail, a string, and phone numbers that are objects. */
export function employeeRows(data: CallgearData): CallgearRow[] {
  const teams = [...new Set(data.employees.map(({ team }) => team))];
  return byId(data.employees).map((employee) => employeeRow(employee, teams.indexOf(employee.team) + 1));
}

function employeeRow(employee: CallgearEmployee, groupId: number): CallgearRow {
  const isReachable = employee.phone_number !== null;
  return {
    id: employee.id,
    first_name: employee.first_name,
    login: employee.login,
    last_name: employee.last_name,
    patronymic: employee.patronymic,
    full_name: fullNameOf(employee),
    email: employee.email,
    status: isReachable ? 'available' : 'not_at_work',
    status_id: isReachable ? 1 : 5,
    calls_available: isReachable,
    allowed_in_call_types: isReachable ? ['external', 'internal'] : [],
    in_external_allowed_call_directions: isReachable ? ['in', 'out'] : [],
    in_internal_allowed_call_directions: isReachable ? ['in', 'out'] : [],
    allowed_out_call_types: isReachable ? ['external'] : [],
    out_external_allowed_call_directions: isReachable ? ['out'] : [],
    out_internal_allowed_call_directions: [],
    groups: [{ group_id: groupId, group_name: employee.team }],
    call_recording: 'all',
    schedule_id: null,
    schedule_name: null,
    coach: {},
    phone_numbers: isReachable
      ? [{ phone_id: employee.id + 1, phone_number: employee.phone_number, channels_count: 1, dial_time: 60, status: 'active' }]
      : [],
    extension:
      employee.extension === null
        ? {}
        : { extension_phone_number: employee.extension, extension_voice_mail_enabled: true, extension_queue_enabled: false },
    operator: {},
  };
}

function byId<T extends { readonly id: number }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => a.id - b.id);
}
