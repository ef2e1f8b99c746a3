// The schema, the mapping of the three CRMs to it and the six calls. All peers use it, so that they differ in engine and HTTP client only.
export const UPSTREAM = process.env.UPSTREAM;
export const PORT = Number(process.env.PORT ?? 0);
export const IS_CACHED = process.env.REUSE === 'cached';
export const IS_SHARED = process.env.REUSE === 'shared';
const TOKEN = 't';

export const SDL = /* GraphQL */ `
  enum Source {
    ONLYOFFICE
    KOMMO
    CALLGEAR
  }
  type ContactInfo {
    value: String!
    label: String
  }
  type CustomField {
    label: String!
    value: String
  }
  type Company {
    id: ID!
    name: String
  }
  type User {
    id: ID!
    name: String
    email: String
  }
  type Contact {
    id: ID!
    source: Source!
    displayName: String
    emails: [ContactInfo!]!
    phones: [ContactInfo!]!
    customFields: [CustomField!]!
    company: Company
    responsible: User
  }
  type Query {
    contacts(source: Source!, first: Int = 25): [Contact!]!
  }
`;

const infos = (rows, type) => rows.filter((row) => row.infoType === type).map((row) => ({ value: row.data, label: row.categoryName }));
const isReach = (field) => field.field_code === 'EMAIL' || field.field_code === 'PHONE';
const multitext = (fields, code) =>
  fields?.find((field) => field.field_code === code)?.values.map((each) => ({ value: each.value, label: each.enum_code })) ?? [];

const fromOnlyoffice = (row) => ({
  source: 'ONLYOFFICE',
  id: row.id,
  displayName: row.displayName,
  emails: infos(row.commonData, 1),
  phones: infos(row.commonData, 0),
  customFields: row.customFields.map((field) => ({ label: field.label, value: field.fieldValue })),
  company: row.company && { id: row.company.id, name: row.company.displayName },
  responsible: row.accessList[0] ? { id: row.accessList[0].id, name: row.accessList[0].displayName, email: null } : null,
});
// companyId and responsibleId are for a second call.
const fromKommo = (row) => ({
  source: 'KOMMO',
  id: row.id,
  displayName: row.name,
  emails: multitext(row.custom_fields_values, 'EMAIL'),
  phones: multitext(row.custom_fields_values, 'PHONE'),
  customFields: (row.custom_fields_values ?? [])
    .filter((field) => !isReach(field))
    .map((field) => ({ label: field.field_name, value: field.values.map((each) => each.value).join(', ') })),
  companyId: row._embedded.companies[0]?.id ?? null,
  responsibleId: row.responsible_user_id,
});
const fromCallgear = (row) => ({
  source: 'CALLGEAR',
  id: row.id,
  displayName: row.full_name,
  emails: row.emails.map((value) => ({ value, label: null })),
  phones: row.phone_numbers.map((value) => ({ value, label: null })),
  customFields: row.groups.map((group) => ({ label: 'group', value: group.group_name })),
  company: { id: row.organization_id, name: row.organization_name },
  responsibleId: row.personal_manager_id,
});

const byId = (rows, ids) => {
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
};

/** `http` has get(path) and post(path, body), which both resolve to parsed JSON. */
export function crmsOf(http) {
  const rpc = async (method, params) => {
    const body = { jsonrpc: '2.0', id: 1, method, params: { access_token: TOKEN, ...params } };
    return (await http.post('/v2.0', body)).result.data;
  };
  return {
    lists: {
      ONLYOFFICE: async (first) => (await http.get(`/api/2.0/crm/contact/filter?count=${first}`)).response.map(fromOnlyoffice),
      KOMMO: async (first) => (await http.get(`/api/v4/contacts?limit=${first}`))._embedded.contacts.map(fromKommo),
      CALLGEAR: async (first) => (await rpc('get.contacts', { limit: first })).map(fromCallgear),
    },
    kommoCompanies: async (ids) => {
      const path = `/api/v4/companies?${ids.map((id) => `filter[id][]=${id}`).join('&')}`;
      return byId((await http.get(path))._embedded.companies, ids);
    },
    kommoUsers: async (ids) => byId((await http.get('/api/v4/users?limit=250'))._embedded.users, ids),
    callgearEmployees: async (ids) => {
      const rows = await rpc('get.employees', { filter: { field: 'id', operator: 'in', value: ids } });
      return byId(
        rows.map((row) => ({ id: row.id, name: row.full_name, email: row.email })),
        ids,
      );
    },
  };
}

/** What a server prints when it can be called. */
export function sayReady(port) {
  console.log(`ready: http://127.0.0.1:${port}/graphql`);
}
