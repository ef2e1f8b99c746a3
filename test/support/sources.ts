/** The three sources of every test gateway, in the order of its configuration. */
export const ALL = ['onlyoffice', 'kommo', 'callgear'] as const;
export type SourceName = (typeof ALL)[number];

/** The call that reads a block of each CRM's list of contacts, as the sandbox names its routes. */
export const LIST_ROUTES = {
  onlyoffice: 'GET /api/2.0/crm/contact/filter',
  kommo: 'GET /api/v4/contacts',
  callgear: 'POST get.contacts',
} as const satisfies Record<SourceName, string>;

export type WireRow = Record<string, unknown>;

/** The rows inside a CRM's answer to the call of LIST_ROUTES, live: what is done to them is done to the answer. */
export function rowsOf(source: SourceName, body: unknown): WireRow[] {
  switch (source) {
    case 'onlyoffice':
      return (body as { response: WireRow[] }).response;
    case 'kommo':
      return (body as { _embedded: { contacts: WireRow[] } })._embedded.contacts;
    case 'callgear':
      return (body as { result: { data: WireRow[] } }).result.data;
  }
}
