import type { OnlyofficeSandbox } from '../../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { StoredContact } from '../../../src/sandbox/onlyoffice/portal.ts';

type Members = Readonly<Record<string, unknown>>;

/** An answer of the portal, taken apart as far as it is what it should be. */
export interface PortalAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The envelope; {} when the body is no JSON object. */
  readonly envelope: Members;
  /** `response` when it is an object. */
  readonly one: Members;
  /** `response` when it is a list of objects. */
  readonly rows: readonly Members[];
  /** Ids of the rows. */
  readonly ids: readonly unknown[];
}

/** Asks below `/api/2.0/`, as the ordinary user unless `init` has headers of its own. */
export async function ask(portal: OnlyofficeSandbox, path: string, init: RequestInit = {}): Promise<PortalAnswer> {
  const response = await fetch(`${portal.url}/api/2.0/${path}`, { headers: { authorization: portal.token }, ...init });
  const text = await response.text();
  const envelope = toMembers(text.startsWith('{') ? JSON.parse(text) : undefined);
  const result = envelope['response'];
  const rows = Array.isArray(result) ? result.map(toMembers) : [];
  const { status, headers } = response;
  return { status, headers, text, envelope, one: toMembers(result), rows, ids: rows.map(({ id }) => id) };
}

/** The administrator's headers. */
export function asAdmin(portal: OnlyofficeSandbox): RequestInit {
  return { headers: { authorization: portal.adminToken } };
}

/** The stored contact of that name (`First Last`, or the company's). */
export function named(portal: OnlyofficeSandbox, name: string): StoredContact {
  const found = portal.portal.contacts.find((contact) => name === (contact.companyName || `${contact.firstName} ${contact.lastName}`));
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

function toMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
