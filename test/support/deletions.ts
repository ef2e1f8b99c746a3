import { encodeSourceId, type SourceIdEntity } from '../../src/federation/source-id.ts';
import type { CallgearContact } from '../../src/sandbox/callgear/callgear-data.ts';
import type { LoggedRequest } from '../../src/sandbox/fault.ts';
import type { NewContact, StoredContact } from '../../src/sandbox/onlyoffice/portal.ts';
import type { TestGateway } from './gateway.ts';

/** What a test looks at of one deletion. */
export interface SeenDeletion {
  readonly contactId: string;
  readonly outcome: string;
  readonly source: { readonly name: string } | null;
  readonly contact: { readonly id: string; readonly displayName: string } | null;
  readonly url: string | null;
  readonly error: { readonly code: string } | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string; readonly field: readonly string[] }[];
}

export interface SeenPayload {
  readonly deletedContactId: string | null;
  readonly deletion: SeenDeletion;
  readonly userErrors: SeenDeletion['userErrors'];
}

export interface SeenPayloads {
  readonly deletedContactIds: readonly string[];
  readonly deletions: readonly SeenDeletion[];
  readonly userErrors: SeenDeletion['userErrors'];
}

const DELETION = `fragment Seen on ContactDeletion {
  contactId outcome source { name } contact { id displayName } url error { code } userErrors { code message field }
}`;
const DELETE_ONE = `mutation One($input: DeleteContactInput!) {
  deleteContact(input: $input) { deletedContactId deletion { ...Seen } userErrors { code message field } }
} ${DELETION}`;
const DELETE_MANY = `mutation Many($input: DeleteContactsInput!) {
  deleteContacts(input: $input) { deletedContactIds deletions { ...Seen } userErrors { code message field } }
} ${DELETION}`;

type Headers = Readonly<Record<string, string>>;

/** @throws Error when the mutation has errors. */
export async function deleteOne(gateway: TestGateway, id: string, dryRun = false, headers: Headers = {}): Promise<SeenPayload> {
  return (await gateway.ask<{ deleteContact: SeenPayload }>(DELETE_ONE, { input: { id, dryRun } }, headers)).deleteContact;
}

/** @throws Error when the mutation has errors. */
export async function deleteMany(
  gateway: TestGateway,
  ids: readonly string[],
  dryRun = false,
  headers: Headers = {},
): Promise<SeenPayloads> {
  return (await gateway.ask<{ deleteContacts: SeenPayloads }>(DELETE_MANY, { input: { ids, dryRun } }, headers)).deleteContacts;
}

export function idOf(source: string, idInSource: string | number, entity: SourceIdEntity = 'contact'): string {
  return encodeSourceId({ source, entity, idInSource: String(idInSource) });
}

/** Adds someone to ONLYOFFICE whom its ordinary user may delete, unless told otherwise. */
export function addToPortal(gateway: TestGateway, members: Partial<NewContact> = {}): StoredContact & { readonly contactId: string } {
  const stored = gateway.onlyoffice.addContact({ isCompany: false, firstName: 'Ada', lastName: 'Deletable', ...members });
  return { ...stored, contactId: idOf('onlyoffice', stored.id) };
}

/** Adds someone to CallGear's address book. */
export function addToAddressBook(
  gateway: TestGateway,
  members: Partial<CallgearContact> = {},
): CallgearContact & { readonly contactId: string } {
  const contact: CallgearContact = {
    id: Math.max(...gateway.callgear.contacts.map(({ id }) => id)) + 1,
    first_name: 'Ada',
    last_name: 'Deletable',
    patronymic: null,
    emails: [],
    phone_numbers: [],
    personal_manager_id: null,
    organization_id: null,
    group_ids: [],
    refusesDeletion: null,
    personIndex: null,
    ...members,
  };
  gateway.callgear.contacts.push(contact);
  return { ...contact, contactId: idOf('callgear', contact.id) };
}

export function isStored(gateway: TestGateway, source: 'onlyoffice' | 'callgear', id: number): boolean {
  if (source === 'onlyoffice') return gateway.onlyoffice.findContact(id) !== undefined;
  return gateway.callgear.contacts.some((contact) => contact.id === id);
}

/** Whether a request is one that could change the CRM's data. */
export function isWrite({ method, route }: Pick<LoggedRequest, 'method' | 'route'>): boolean {
  return method === 'DELETE' || method === 'PUT' || method === 'PATCH' || /^POST (?!get\.|login\.|\/api\/2\.0\/authentication)/.test(route);
}

/** Everything that was sent to a CRM to change it, oldest first in each: `onlyoffice DELETE /…/7`, `callgear delete.contacts 7`. */
export function writesOf(gateway: TestGateway): readonly string[] {
  return gateway.requests().filter(isWrite).map(toText);
}

function toText({ source, method, url, route, body }: LoggedRequest & { readonly source: string }): string {
  if (source !== 'callgear') return `${source} ${method} ${url}`;
  const { id, ids } = (body as { params: { id?: number; ids?: readonly number[] } }).params;
  return `callgear ${route.replace('POST ', '')} ${(ids ?? [id]).join()}`;
}

/** The audit lines of outcomes so far, without what the log itself adds. */
export function auditOf({ log }: TestGateway): readonly object[] {
  return log
    .filter(({ members, message }) => 'channel' in members && members.channel === 'audit' && message === 'deletion')
    .map(({ members }) => members);
}
