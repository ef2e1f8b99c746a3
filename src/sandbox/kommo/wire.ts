import type {
  KommoCatalogRow,
  KommoCompanyRow,
  KommoContactRow,
  KommoData,
  KommoElementLink,
  KommoElementRow,
  KommoEntityRow,
  KommoFieldDefinition,
  KommoLeadRow,
  KommoUserRow,
} from './rows.ts';

/** Where and for what request something is written out. */
export interface WireContext {
  readonly data: KommoData;
  readonly origin: string;
  readonly withs: ReadonlySet<string>;
  /** The query of the request with its `?`, or '': real answers repeat it in the self link of every row. */
  readonly hrefQuery: string;
}

function selfLink(context: WireContext, path: string): { self: { href: string } } {
  return { self: { href: `${context.origin}/api/v4/${path}${context.hrefQuery}` } };
}

function linkedIds(context: WireContext, kind: string, ids: readonly number[]): unknown[] {
  return ids.map((id) => ({ id, _links: selfLink(context, `${kind}/${id}`) }));
}

function elementLink(link: KommoElementLink): unknown {
  const price = link.priceId === undefined ? {} : { price_id: link.priceId };
  return { id: link.id, metadata: { quantity: link.quantity, catalog_id: link.catalogId, ...price } };
}

function withElements(context: WireContext, row: KommoEntityRow): Record<string, unknown> {
  return context.withs.has('catalog_elements') ? { catalog_elements: row.catalogElements.map(elementLink) } : {};
}

/** A contact, bare, its members in the order of real answers. Trashed ones say `is_deleted: false` even so. */
export function contactBody(row: KommoContactRow, context: WireContext): unknown {
  return {
    id: row.id,
    name: row.name,
    first_name: row.first_name,
    last_name: row.last_name,
    responsible_user_id: row.responsible_user_id,
    group_id: row.group_id,
    created_by: row.created_by,
    updated_by: row.updated_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    closest_task_at: row.closest_task_at,
    is_deleted: false,
    is_unsorted: row.is_unsorted,
    custom_fields_values: row.custom_fields_values,
    account_id: context.data.account.id,
    _links: selfLink(context, `contacts/${row.id}`),
    _embedded: {
      tags: row.tags,
      ...(context.withs.has('leads') ? { leads: linkedIds(context, 'leads', row.leadIds) } : {}),
      ...withElements(context, row),
      companies: linkedIds(context, 'companies', row.companyId === null ? [] : [row.companyId]),
    },
  };
}

function contactsOf(context: WireContext, test: (contact: KommoContactRow) => boolean): KommoContactRow[] {
  return context.data.contacts.filter((contact) => !contact.isTrashed && test(contact));
}

/** A company, bare. It has no first and last name and is never unsorted. */
export function companyBody(row: KommoCompanyRow, context: WireContext): unknown {
  const contacts = contactsOf(context, ({ companyId }) => companyId === row.id);
  const leadIds = new Set(contacts.flatMap((contact) => contact.leadIds));
  return {
    id: row.id,
    name: row.name,
    responsible_user_id: row.responsible_user_id,
    group_id: row.group_id,
    created_by: row.created_by,
    updated_by: row.updated_by,
    created_at: row.created_at,
    updated_at: row.updated_at,
    closest_task_at: row.closest_task_at,
    is_deleted: false,
    custom_fields_values: row.custom_fields_values,
    account_id: context.data.account.id,
    _links: selfLink(context, `companies/${row.id}`),
    _embedded: {
      tags: row.tags,
      ...(context.withs.has('contacts')
        ? {
            contacts: linkedIds(
              context,
              'contacts',
              contacts.map(({ id }) => id),
            ),
          }
        : {}),
      ...(context.withs.has('leads') ? { leads: linkedIds(context, 'leads', [...leadIds]) } : {}),
      ...withElements(context, row),
    },
  };
}

/** A lead, bare. One in the trash says so, unlike contacts and companies, and has null nearly everywhere. */
export function leadBody(row: KommoLeadRow, context: WireContext): unknown {
  const contacts = contactsOf(context, ({ leadIds }) => leadIds.includes(row.id));
  const companyIds = contacts.flatMap(({ companyId }) => companyId ?? []).slice(0, 1);
  const keep = <T>(value: T): T | null => (row.isTrashed ? null : value);
  return {
    id: row.id,
    name: keep(row.name),
    price: keep(row.price),
    responsible_user_id: keep(row.responsible_user_id),
    group_id: keep(row.group_id),
    status_id: keep(row.status_id),
    pipeline_id: keep(row.pipeline_id),
    loss_reason_id: row.loss_reason_id,
    created_by: keep(row.created_by),
    updated_by: keep(row.updated_by),
    created_at: keep(row.created_at),
    updated_at: keep(row.updated_at),
    closed_at: row.closed_at,
    closest_task_at: row.closest_task_at,
    is_deleted: row.isTrashed,
    custom_fields_values: row.custom_fields_values,
    score: row.score,
    account_id: context.data.account.id,
    labor_cost: row.labor_cost,
    price_with_minor_units: keep(row.price),
    _links: selfLink(context, `leads/${row.id}`),
    _embedded: {
      tags: row.tags,
      companies: linkedIds(context, 'companies', companyIds),
      ...(context.withs.has('contacts')
        ? { contacts: contacts.map(({ id }, index) => ({ id, is_main: index === 0, _links: selfLink(context, `contacts/${id}`) })) }
        : {}),
      ...(context.withs.has('loss_reason')
        ? { loss_reason: row.loss_reason_id === null ? [] : [{ id: row.loss_reason_id, name: 'Too expensive' }] }
        : {}),
      ...withElements(context, row),
    },
  };
}

/** A user with rights: A is all, G the group's, M one's own, D denied. Role and group are there only when asked for. */
export function userBody(row: KommoUserRow, context: WireContext): unknown {
  const right = row.isAdmin ? 'A' : 'G';
  const entityRights = { view: right, edit: right, add: 'A', delete: row.isAdmin ? 'A' : 'D', export: row.isAdmin ? 'A' : 'D' };
  const group = context.data.userGroups.filter(({ id }) => id === row.groupId);
  const role = context.data.roles.filter(({ id }) => id === row.roleId);
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    lang: row.lang,
    rights: {
      leads: entityRights,
      contacts: entityRights,
      companies: entityRights,
      tasks: { edit: right, delete: right },
      mail_access: row.isAdmin,
      catalog_access: true,
      files_access: row.isAdmin,
      status_rights: null,
      is_admin: row.isAdmin,
      is_free: false,
      is_active: row.isActive,
      group_id: row.groupId,
      role_id: row.roleId,
    },
    _links: selfLink(context, `users/${row.id}`),
    _embedded: {
      ...(context.withs.has('role') ? { roles: role } : {}),
      ...(context.withs.has('group') ? { groups: group } : {}),
    },
  };
}

/** The definition of a custom field. */
export function fieldBody(field: KommoFieldDefinition, context: WireContext): unknown {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: context.data.account.id,
    code: field.code,
    sort: field.sort,
    is_api_only: field.isApiOnly,
    enums: field.enums,
    group_id: null,
    required_statuses: [],
    hidden_statuses: [],
    is_deletable: !field.isPredefined,
    is_predefined: field.isPredefined,
    entity_type: field.entity_type,
    tracking_callback: field.type === 'tracking_data' ? '' : null,
    remind: field.type === 'birthday' ? 'never' : null,
    settings: null,
    triggers: [],
    currency: field.currency,
    chained_lists: field.chainedLists,
    search_in: null,
    _links: selfLink(context, `${field.entity_type}/custom_fields/${field.id}`),
  };
}

/** A list of the account, as an answer shows it. */
export function catalogBody(row: KommoCatalogRow, context: WireContext): unknown {
  return {
    id: row.id,
    name: row.name,
    created_by: 9001,
    updated_by: 9001,
    created_at: row.created_at,
    updated_at: row.created_at,
    sort: 10,
    type: row.type,
    can_add_elements: true,
    can_show_in_cards: false,
    can_link_multiple: true,
    can_be_deleted: row.type === 'regular',
    sdk_widget_code: null,
    account_id: context.data.account.id,
    _links: selfLink(context, `catalogs/${row.id}`),
  };
}

/** An element of a list, as an answer shows it. */
export function elementBody(row: KommoElementRow, context: WireContext): unknown {
  return { ...row, account_id: context.data.account.id, _links: selfLink(context, `catalogs/${row.catalog_id}/elements/${row.id}`) };
}
