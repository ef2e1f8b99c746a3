import type { Reply } from '../crm-server.ts';
import { contextOf } from './call.ts';
import type { ApiCall, ApiSettings, KommoTimeZone } from './call.ts';
import { listEvents } from './events.ts';
import { anyInteger, anyText, entityFilters, leadFilters } from './filters.ts';
import { fullTextPredicate } from './full-text.ts';
import { linksReply, massLinksReply } from './links.ts';
import { listReply } from './list.ts';
import type { ListDefinition } from './list.ts';
import { textAt } from './query-tree.ts';
import { hal, nothing, problem } from './replies.ts';
import type { KommoCompanyRow, KommoContactRow, KommoData, KommoEntityRow, KommoFieldDefinition, KommoLeadRow } from './rows.ts';
import { catalogBody, companyBody, contactBody, elementBody, fieldBody, leadBody, userBody } from './wire.ts';
import type { WireContext } from './wire.ts';
import { createContacts, updateContacts } from './writes.ts';

type RouteHandler = (call: ApiCall) => Reply;

function entityList<Row extends KommoEntityRow>(
  call: ApiCall,
  definition: Pick<ListDefinition<Row>, 'key' | 'rows' | 'filters' | 'orders' | 'defaultOrder'> & {
    body: (row: Row, context: WireContext) => unknown;
  },
): Reply {
  const isTrashWanted = call.request.withs.has('only_deleted');
  const query = textAt(call.request.tree, 'query');
  return listReply(
    {
      ...definition,
      rows: isTrashWanted ? definition.rows.filter(({ isTrashed }) => isTrashed) : definition.rows,
      search: query === undefined ? undefined : fullTextPredicate(query),
      isHidden: ({ isTrashed }) => isTrashed && !isTrashWanted,
      toWire: (row, hrefQuery) => definition.body(row, contextOf(call, hrefQuery)),
    },
    call.request,
    call.settings.habits,
  );
}

function entityById<Row extends KommoEntityRow>(
  call: ApiCall,
  rows: readonly Row[],
  body: (row: Row, context: WireContext) => unknown,
): Reply {
  const row = rows.find(({ id }) => id === call.ids[0]);
  const isVisible = row !== undefined && row.isTrashed === call.request.withs.has('only_deleted');
  // One row is written alone as it is in a list, or not at all.
  const { unwritableIds, emptiness } = call.settings.habits;
  if (isVisible && unwritableIds.has(row.id)) return problem(500, 'An unknown error occurred.');
  return isVisible ? hal(body(row, contextOf(call))) : nothing(emptiness);
}

const ENTITY_ORDERS = {
  id: (row: KommoEntityRow) => row.id,
  updated_at: (row: KommoEntityRow) => row.updated_at,
  name: (row: KommoEntityRow) => row.name,
};

function listContacts(call: ApiCall): Reply {
  const { data, settings } = call;
  return entityList<KommoContactRow>(call, {
    key: 'contacts',
    rows: data.contacts,
    filters: entityFilters(data.contactFields, settings),
    orders: ENTITY_ORDERS,
    defaultOrder: 'updated_at',
    body: contactBody,
  });
}

function listCompanies(call: ApiCall): Reply {
  const { data, settings } = call;
  return entityList<KommoCompanyRow>(call, {
    key: 'companies',
    rows: data.companies,
    filters: entityFilters(data.companyFields, settings),
    orders: ENTITY_ORDERS,
    defaultOrder: 'updated_at',
    body: companyBody,
  });
}

function listLeads(call: ApiCall): Reply {
  return entityList<KommoLeadRow>(call, {
    key: 'leads',
    rows: call.data.leads,
    filters: leadFilters(),
    orders: { id: (row) => row.id, updated_at: (row) => row.updated_at, created_at: (row) => row.created_at },
    defaultOrder: 'updated_at',
    body: leadBody,
  });
}

function listUsers(call: ApiCall): Reply {
  if (!call.settings.isAdmin) return problem(403, 'Access denied');
  const toWire = (row: KommoData['users'][number], hrefQuery: string) => userBody(row, contextOf(call, hrefQuery));
  // There is no filter and no order at all on users.
  return listReply(
    { key: 'users', rows: call.data.users, filters: {}, orders: {}, defaultOrder: 'id', toWire, hasTotals: true },
    call.request,
    {
      ...call.settings.habits,
      tieRandom: undefined,
    },
  );
}

function getUser(call: ApiCall): Reply {
  if (!call.settings.isAdmin) return problem(403, 'Access denied');
  const row = call.data.users.find(({ id }) => id === call.ids[0]);
  return row === undefined ? nothing() : hal(userBody(row, contextOf(call)));
}

function listFields(call: ApiCall, rows: readonly KommoFieldDefinition[]): Reply {
  return listReply(
    {
      key: 'custom_fields',
      rows,
      filters: { type: anyText((row) => row.type, false) },
      orders: { sort: (row) => row.sort, id: (row) => row.id },
      defaultOrder: 'sort',
      toWire: (row, hrefQuery) => fieldBody(row, contextOf(call, hrefQuery)),
      hasTotals: true,
    },
    call.request,
    // The paid filter feature is about entities; definitions can always be filtered.
    { ...call.settings.habits, isApiFilterEnabled: true },
  );
}

function getField(call: ApiCall, rows: readonly KommoFieldDefinition[]): Reply {
  const row = rows.find(({ id }) => id === call.ids[0]);
  return row === undefined ? nothing() : hal(fieldBody(row, contextOf(call)));
}

function listTags(call: ApiCall): Reply {
  const search = textAt(call.request.tree, 'query')?.toLowerCase() ?? '';
  return listReply(
    {
      key: 'tags',
      rows: call.data.contactTags,
      filters: { id: anyInteger((row) => row.id), name: anyText((row) => row.name, false) },
      search: ({ name }) => name.toLowerCase().includes(search),
      orders: {},
      defaultOrder: 'id',
      toWire: (row) => row,
    },
    call.request,
    call.settings.habits,
  );
}

function listCatalogs(call: ApiCall): Reply {
  return listReply(
    {
      key: 'catalogs',
      rows: call.data.catalogs,
      filters: {},
      orders: {},
      defaultOrder: 'id',
      toWire: (row, hrefQuery) => catalogBody(row, contextOf(call, hrefQuery)),
    },
    call.request,
    call.settings.habits,
  );
}

function listElements(call: ApiCall): Reply {
  if (!call.data.catalogs.some(({ id }) => id === call.ids[0])) return problem(404, 'Catalog not found');
  const search = textAt(call.request.tree, 'query')?.toLowerCase() ?? '';
  // One official client sends `id` beside `filter`, not in it.
  const topLevelIds = call.request.tree.get('id');
  const hasWantedId = topLevelIds === undefined ? undefined : anyInteger<{ readonly id: number }>((row) => row.id)(topLevelIds);
  return listReply(
    {
      key: 'elements',
      rows: call.data.elements.filter(({ catalog_id }) => catalog_id === call.ids[0]),
      filters: { id: anyInteger((row) => row.id), name: anyText((row) => row.name, false) },
      search: (row) => row.name.toLowerCase().includes(search) && (hasWantedId?.(row) ?? true),
      isHidden: ({ is_deleted }) => is_deleted === true,
      orders: { id: (row) => row.id, name: (row) => row.name },
      defaultOrder: 'id',
      toWire: (row, hrefQuery) => elementBody(row, contextOf(call, hrefQuery)),
    },
    call.request,
    call.settings.habits,
  );
}

function getElement(call: ApiCall): Reply {
  const [catalogId, elementId] = call.ids;
  const row = call.data.elements.find(({ id, catalog_id }) => id === elementId && catalog_id === catalogId);
  return row === undefined ? nothing() : hal(elementBody(row, contextOf(call)));
}

function datetimeSettings({ name, offset }: KommoTimeZone): object {
  return {
    date_pattern: 'd.m.Y H:i',
    short_date_pattern: 'd.m',
    date_format: 'd.m.Y',
    time_format: 'H:i:s',
    timezone: name,
    timezone_offset: offset,
  };
}

function getAccount(call: ApiCall): Reply {
  const { account, users } = call.data;
  return hal({
    id: account.id,
    name: account.name,
    subdomain: account.subdomain,
    created_at: account.created_at,
    created_by: 0,
    updated_at: account.created_at,
    updated_by: 0,
    current_user_id: users[call.settings.isAdmin ? 0 : 1]?.id ?? 0,
    country: 'US',
    currency: 'USD',
    currency_symbol: '$',
    ...(call.request.withs.has('is_api_filter_enabled') ? { is_api_filter_enabled: call.settings.habits.isApiFilterEnabled } : {}),
    _links: { self: { href: `${call.request.origin}/api/v4/account` } },
    ...(call.request.withs.has('datetime_settings') ? { _embedded: { datetime_settings: datetimeSettings(call.settings.timeZone) } } : {}),
  });
}

/** `:id` stands for digits; a fixed segment wins over it because it stands first. Methods that are not named answer 405. */
const ROUTES: readonly (readonly [path: string, methods: Readonly<Record<string, RouteHandler>>])[] = [
  ['account', { GET: getAccount }],
  ['contacts', { GET: listContacts, POST: createContacts, PATCH: updateContacts }],
  ['contacts/:id', { GET: (call) => entityById(call, call.data.contacts, contactBody), PATCH: updateContacts }],
  ['contacts/:id/links', { GET: linksReply }],
  ['contacts/links', { GET: massLinksReply }],
  ['contacts/tags', { GET: listTags }],
  ['contacts/custom_fields', { GET: (call) => listFields(call, call.data.contactFields) }],
  ['contacts/custom_fields/:id', { GET: (call) => getField(call, call.data.contactFields) }],
  ['companies', { GET: listCompanies }],
  ['companies/:id', { GET: (call) => entityById(call, call.data.companies, companyBody) }],
  ['companies/custom_fields', { GET: (call) => listFields(call, call.data.companyFields) }],
  ['companies/custom_fields/:id', { GET: (call) => getField(call, call.data.companyFields) }],
  ['events', { GET: listEvents }],
  ['leads', { GET: listLeads }],
  ['leads/:id', { GET: (call) => entityById(call, call.data.leads, leadBody) }],
  ['users', { GET: listUsers }],
  ['users/:id', { GET: getUser }],
  ['catalogs', { GET: listCatalogs }],
  ['catalogs/:id/elements', { GET: listElements }],
  ['catalogs/:id/elements/:id', { GET: getElement }],
];

const PATTERNS = ROUTES.map(([path, methods]) => ({
  path,
  methods,
  pattern: new RegExp(`^/api/v4/${path.replaceAll(':id', '(\\d+)')}$`),
}));

/** The route of a call under `/api/v4`: what answers it, undefined when the path is unknown, `methods` without the method when that is. */
export function findRoute(
  path: string,
  settings: ApiSettings,
): { methods: Readonly<Record<string, RouteHandler>>; ids: number[] } | undefined {
  for (const { path: name, methods, pattern } of PATTERNS) {
    const match = pattern.exec(path);
    if (match !== null && (name !== 'contacts/tags' || settings.hasTagsEndpoint)) return { methods, ids: match.slice(1).map(Number) };
  }
  return undefined;
}
