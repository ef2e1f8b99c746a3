/** Rows of the three CRMs in the shapes that they have on the wire: the same for the same number, in the order of their names. */
const FIRST = ['Anna', 'Boris', 'Clara', 'Dmitri', 'Elena', 'Farid', 'Greta', 'Hugo', 'Irina', 'Jamal'];
const ORGANISATIONS = ['Food and Culture', 'Northwind', 'Globex', 'Initech', 'Umbrella Telecom', 'Hooli', 'Vandelay'];
const SEGMENTS = ['Gold', 'Silver', 'Bronze'];
const CREATED = '2019-06-23T18:26:27.0126158Z';
const CREATED_SECONDS = 1_561_314_387;

export type Row = Readonly<Record<string, unknown>>;

function pick(values: readonly string[], index: number): string {
  return values[index % values.length] ?? '';
}

/** Names grow with the number, so that a list by number is a list by name. */
function nameOf(crm: string, index: number): { first: string; last: string } {
  return { first: `N${String(index).padStart(4, '0')} ${pick(FIRST, index * 7)}`, last: crm };
}

function onlyofficeUser(index: number): Row {
  const id = `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
  return { id, displayName: `Manager ${pick(FIRST, index)}`, title: 'Manager', avatarSmall: '', profileUrl: '' };
}

/** As `GET /api/2.0/crm/contact/filter` has it. */
export function onlyofficeContact(index: number): Row {
  const { first, last } = nameOf('Office', index);
  const organisation = pick(ORGANISATIONS, index);
  const user = onlyofficeUser(index % 4);
  return {
    firstName: first,
    lastName: last,
    company:
      index % 5 === 4
        ? null
        : { companyName: organisation, displayName: organisation, isCompany: true, id: 9_000 + (index % ORGANISATIONS.length) },
    title: 'Programmer',
    createBy: user,
    created: CREATED,
    about: '',
    industry: '',
    commonData: [
      { id: index * 10 + 1, infoType: 1, category: 0, data: `person.${index}@office.example`, categoryName: 'Home', isPrimary: true },
      {
        id: index * 10 + 2,
        infoType: 0,
        category: 1,
        data: `+44 20 7946 ${String(index).padStart(4, '0')}`,
        categoryName: 'Work',
        isPrimary: true,
      },
    ],
    customFields: [
      { entityId: 0, label: 'Birthdate', fieldValue: '1984-06-23T00:00:00.0000000Z', fieldType: 5, position: 10, mask: '', id: 1 },
      { entityId: 0, label: 'Segment', fieldValue: pick(SEGMENTS, index), fieldType: 2, position: 11, mask: '', id: 2 },
    ],
    tags: ['import'],
    haveLateTasks: false,
    displayName: `${first} ${last}`,
    isCompany: false,
    accessList: [user],
    isPrivate: true,
    isShared: false,
    shareType: 0,
    currency: null,
    canEdit: true,
    canDelete: true,
    id: 1_000 + index,
  };
}

/** As `GET /api/v4/contacts` has it. */
export function kommoContact(index: number): Row {
  const { first, last } = nameOf('Kommo', index);
  const field = (field_id: number, field_name: string, field_code: string | null, field_type: string, values: readonly Row[]) => ({
    field_id,
    field_name,
    field_code,
    field_type,
    values,
  });
  const fields = [
    field(301, 'Phone', 'PHONE', 'multitext', [{ value: `+1 212 555 ${String(index).padStart(4, '0')}`, enum_id: 11, enum_code: 'WORK' }]),
    field(302, 'Email', 'EMAIL', 'multitext', [
      { value: `person.${index}@kommo.example`, enum_id: 21, enum_code: 'WORK' },
      { value: `home.${index}@private.example`, enum_id: 22, enum_code: 'PRIV' },
    ]),
    field(304, 'Segment', null, 'select', [{ value: pick(SEGMENTS, index), enum_id: 41, enum_code: null }]),
  ];
  const companyId = 7_000 + (index % 12);
  return {
    id: 20_000 + index,
    name: `${first} ${last}`,
    first_name: first,
    last_name: last,
    responsible_user_id: 500 + (index % 6),
    group_id: 0,
    created_by: 500,
    updated_by: 500,
    created_at: CREATED_SECONDS + index,
    updated_at: CREATED_SECONDS + index,
    closest_task_at: null,
    is_deleted: false,
    is_unsorted: false,
    custom_fields_values: index % 9 === 8 ? null : fields,
    account_id: 1,
    _links: { self: { href: `/api/v4/contacts/${20_000 + index}` } },
    _embedded: {
      tags: [{ id: 7, name: 'import', color: null }],
      companies: [{ id: companyId, _links: { self: { href: `/api/v4/companies/${companyId}` } } }],
    },
  };
}

export function kommoCompany(id: number): Row {
  return {
    id,
    name: `${pick(ORGANISATIONS, id)} ${id}`,
    responsible_user_id: 500,
    group_id: 0,
    created_by: 500,
    updated_by: 500,
    created_at: CREATED_SECONDS,
    updated_at: CREATED_SECONDS,
    closest_task_at: null,
    custom_fields_values: null,
    account_id: 1,
    _links: { self: { href: `/api/v4/companies/${id}` } },
    _embedded: { tags: [] },
  };
}

export function kommoUser(id: number): Row {
  const rights = { is_admin: false, is_free: false, is_active: true, group_id: 0, role_id: null };
  const self = { href: `/api/v4/users/${id}` };
  return { id, name: `Agent ${pick(FIRST, id)}`, email: `agent.${id}@agency.example`, lang: 'en', rights, _links: { self } };
}

/** As `get.contacts` has it. */
export function callgearContact(index: number): Row {
  const { first, last } = nameOf('CallGear', index);
  const manager = callgearEmployee(600 + (index % 7));
  return {
    id: 40_000 + index,
    first_name: first,
    last_name: last,
    patronymic: null,
    full_name: `${first} ${last}`,
    emails: [`person.${index}@callgear.example`, `office.${index}@callgear.example`],
    phone_numbers: [`7495${1_000_000 + index}`, `7499${2_000_000 + index}`],
    groups: [
      { group_id: 1 + (index % 3), group_name: pick(['Clients', 'Partners', 'Leads'], index) },
      { group_id: 9, group_name: 'Newsletter' },
    ],
    personal_manager_id: manager['id'],
    personal_manager_full_name: manager['full_name'],
    organization_id: 3_000 + (index % 8),
    organization_name: pick(ORGANISATIONS, index % 8),
  };
}

export function callgearEmployee(id: number): Row {
  const first = pick(FIRST, id);
  return {
    id,
    full_name: `${first} Manager`,
    first_name: first,
    last_name: 'Manager',
    email: `manager.${id}@pbx.example`,
    status: 'available',
    phone_numbers: [{ phone_number: `7495${3_000_000 + id}`, status: 'active' }],
    groups: [{ group_id: 1, group_name: 'Sales' }],
  };
}
