import type { Reply } from '../crm-server.ts';
import type { ApiCall } from './call.ts';
import { hal, problem } from './replies.ts';
import type { KommoContactRow } from './rows.ts';

const ROWS_PER_WRITE_MAX = 250;

type Body = Readonly<Record<string, unknown>>;

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface FieldFault {
  readonly code: 'InvalidType' | 'FieldMissing';
  readonly path: string;
  readonly detail: string;
}

function faultsOf(body: Body, isNew: boolean): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const path of ['name', 'first_name', 'last_name']) {
    if (body[path] !== undefined && typeof body[path] !== 'string') {
      faults.push({ code: 'InvalidType', path, detail: 'This value should be of type string.' });
    }
  }
  if (body['responsible_user_id'] !== undefined && !Number.isInteger(body['responsible_user_id'])) {
    faults.push({ code: 'InvalidType', path: 'responsible_user_id', detail: 'This value should be of type int.' });
  }
  if (!isNew && !Number.isInteger(body['id'])) faults.push({ code: 'FieldMissing', path: 'id', detail: 'This field is missing.' });
  return faults;
}

function refusal(bodies: readonly Body[], isNew: boolean): Reply | undefined {
  if (bodies.length === 0) return problem(400, 'Request data can not be empty');
  if (bodies.length > ROWS_PER_WRITE_MAX) return problem(422, 'Limit 250 per page', { title: 'Unprocessable Entity' });
  const invalid = bodies.flatMap((body, index) => {
    const errors = faultsOf(body, isNew);
    return errors.length === 0 ? [] : [{ request_id: typeof body['request_id'] === 'string' ? body['request_id'] : String(index), errors }];
  });
  return invalid.length === 0 ? undefined : problem(400, 'Request validation failed', { 'validation-errors': invalid });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** First and last name make up the display name; a display name alone is not split. */
function namesOf(
  body: Body,
  before: Pick<KommoContactRow, 'name' | 'first_name' | 'last_name'>,
): Pick<KommoContactRow, 'name' | 'first_name' | 'last_name'> {
  const first_name = text(body['first_name']) ?? before.first_name;
  const last_name = text(body['last_name']) ?? before.last_name;
  const composed = [first_name, last_name].filter((part) => part !== '').join(' ');
  const isComposed = body['first_name'] !== undefined || body['last_name'] !== undefined;
  return { name: isComposed ? composed : (text(body['name']) ?? before.name), first_name, last_name };
}

function linkOf(call: ApiCall, id: number): { self: { href: string } } {
  return { self: { href: `${call.request.origin}/api/v4/contacts/${id}` } };
}

/** Answers `POST contacts`. Custom fields are neither kept nor echoed: the sandbox is read by what only reads. */
export function createContacts(call: ApiCall): Reply {
  const bodies = Array.isArray(call.exchange.json) ? call.exchange.json.filter(isBody) : [];
  const refused = refusal(bodies, true);
  if (refused !== undefined) return refused;
  const now = Math.floor(call.settings.nowMs() / 1000);
  const created = bodies.map((body, index) => {
    const id = Math.max(501_000, ...call.data.contacts.map((contact) => contact.id)) + 1;
    const responsible = call.data.users.find((user) => user.id === body['responsible_user_id']) ?? call.data.users[0];
    call.data.contacts.push({
      id,
      ...namesOf(body, { name: '', first_name: '', last_name: '' }),
      responsible_user_id: responsible?.id ?? 0,
      group_id: responsible?.groupId ?? 0,
      created_by: 0,
      updated_by: 0,
      created_at: now,
      updated_at: now,
      closest_task_at: null,
      is_unsorted: false,
      custom_fields_values: null,
      tags: [],
      companyId: null,
      leadIds: [],
      catalogElements: [],
      isTrashed: false,
    });
    return { id, is_deleted: false, is_unsorted: false, request_id: text(body['request_id']) ?? String(index), _links: linkOf(call, id) };
  });
  return {
    ...hal({ _links: { self: { href: `${call.request.origin}/api/v4/contacts` } }, _embedded: { contacts: created } }),
    didWrite: true,
  };
}

/** Answers `PATCH contacts` (an array with ids) and `PATCH contacts/{id}` (an object). */
export function updateContacts(call: ApiCall): Reply {
  const [pathId] = call.ids;
  const sent = call.exchange.json;
  const bodies = pathId === undefined ? (Array.isArray(sent) ? sent.filter(isBody) : []) : isBody(sent) ? [{ ...sent, id: pathId }] : [];
  const refused = refusal(bodies, false);
  if (refused !== undefined) return refused;
  const now = Math.floor(call.settings.nowMs() / 1000);
  const updated = bodies.flatMap((body) => {
    const row = call.data.contacts.find(({ id, isTrashed }) => id === body['id'] && !isTrashed);
    if (row === undefined) return [];
    Object.assign(row, namesOf(body, row), { updated_at: now, updated_by: 0 });
    return [{ id: row.id, name: row.name, updated_at: now, is_deleted: false, is_unsorted: row.is_unsorted, _links: linkOf(call, row.id) }];
  });
  return {
    ...hal({ _links: { self: { href: `${call.request.origin}/api/v4/contacts` } }, _embedded: { contacts: updated } }),
    didWrite: updated.length > 0,
  };
}
