import type { AddressInfo } from 'node:net';
import { createBareServer, frame, type BareReply } from './bare-server.ts';
import { callgearContact, callgearEmployee, kommoCompany, kommoContact, kommoUser, onlyofficeContact, type Row } from './crm-rows.ts';

/**
 * The three CRMs of the benchmark in one process: ready bytes for each list, page by page, with a delay that can be set. `ROWS` is how many
 * contacts each has, 25 unless set. It prints one line of JSON: an address for each of `ADDRESSES` (3), since limits hold for a host.
 * `/__calls` returns how many calls came since it was last asked, `/__delay?MS` sets the delay.
 */
const ROWS = Number(process.env['ROWS'] ?? 25);
const ADDRESSES = Number(process.env['ADDRESSES'] ?? 3);
const CACHED_MAX = 10_000;
const USERS = Array.from({ length: 6 }, (_, index) => kommoUser(500 + index));
const NOT_FOUND = frame('404 Not Found', Buffer.from('{"title":"Not Found","status":404}'));

let calls = 0;
let delayMs = 0;
const ready = new Map<string, Buffer>();

function answer(method: string, target: string, body: string): BareReply {
  if (target.startsWith('/__')) return { bytes: control(target), delayMs: 0 };
  calls += 1;
  return { bytes: method === 'GET' ? get(target) : post(body), delayMs };
}

function control(target: string): Buffer {
  if (target.startsWith('/__delay')) delayMs = Number(target.split('?')[1]);
  const text = JSON.stringify({ calls, delayMs });
  if (target === '/__calls') calls = 0;
  return frame('200 OK', Buffer.from(text));
}

function get(target: string): Buffer {
  let bytes = ready.get(target);
  if (bytes === undefined) {
    const row = bodyOf(new URL(target, 'http://crm'));
    bytes = row === undefined ? NOT_FOUND : frame('200 OK', Buffer.from(JSON.stringify(row)));
    keep(target, bytes);
  }
  return bytes;
}

function bodyOf({ pathname, searchParams }: URL): Row | undefined {
  const number = (name: string, fallback: number) => Number(searchParams.get(name) ?? fallback);
  const ids = [...searchParams].filter(([name]) => name.startsWith('filter[id]')).map(([, id]) => Number(id));
  switch (pathname) {
    case '/api/2.0/crm/contact/filter':
      return onlyofficePage(number('startIndex', 0), number('count', 25));
    case '/api/v4/contacts':
      return kommoPage(number('page', 1), number('limit', 50));
    case '/api/v4/companies':
      return halOf('companies', ids.map(kommoCompany));
    case '/api/v4/users':
      return halOf('users', USERS);
    default:
      return undefined;
  }
}

function onlyofficePage(start: number, count: number): Row {
  const response = pageOf(start, count, onlyofficeContact);
  return { count: response.length, total: ROWS, startIndex: start, status: 0, statusCode: 200, response };
}

function kommoPage(page: number, limit: number): Row {
  const hasNext = page * limit < ROWS;
  const next = { next: { href: `/api/v4/contacts?page=${page + 1}&limit=${limit}` } };
  const hal = halOf('contacts', pageOf((page - 1) * limit, limit, kommoContact));
  return { ...hal, _page: page, _links: { self: { href: `/api/v4/contacts?page=${page}&limit=${limit}` }, ...(hasNext && next) } };
}

function halOf(name: string, rows: readonly Row[]): Row {
  return { _page: 1, _links: { self: { href: `/api/v4/${name}` } }, _embedded: { [name]: rows } };
}

function pageOf(start: number, count: number, make: (index: number) => Row): Row[] {
  return Array.from({ length: Math.max(0, Math.min(count, ROWS - start)) }, (_, index) => make(start + index));
}

interface RpcCall {
  readonly id: unknown;
  readonly method: string;
  readonly params: { readonly limit?: number; readonly offset?: number; readonly filter?: unknown };
}

function post(body: string): Buffer {
  const { id, method, params } = JSON.parse(body) as RpcCall;
  const { limit = 1_000, offset = 0, filter } = params;
  const key = `${method} ${limit} ${offset} ${JSON.stringify(filter)}`;
  let result = ready.get(key);
  if (result === undefined) {
    const rows =
      method === 'get.employees'
        ? employeeIds(filter).map(callgearEmployee)
        : method === 'get.contacts'
          ? pageOf(offset, limit, callgearContact)
          : [];
    const total = method === 'get.contacts' ? ROWS : rows.length;
    const limits = { day_limit: 5_000_000, day_remaining: 4_999_999, minute_limit: 1_000_000, minute_remaining: 999_999 };
    result = Buffer.from(JSON.stringify({ metadata: { total_items: total, limits }, data: rows }));
    keep(key, result);
  }
  const start = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`);
  return frame('200 OK', Buffer.concat([start, result, Buffer.from('}')]));
}

/** All of them where no filter names some. */
function employeeIds(filter: unknown): number[] {
  const named = [filter].flat().find((part) => (part as { field?: string } | undefined)?.field === 'id') as { value: unknown } | undefined;
  return named === undefined ? Array.from({ length: 7 }, (_, index) => 600 + index) : [named.value].flat().map(Number);
}

function keep(key: string, bytes: Buffer): void {
  if (ready.size < CACHED_MAX) ready.set(key, bytes);
}

const servers = Array.from({ length: ADDRESSES }, () => createBareServer(answer));
const urls = await Promise.all(
  servers.map(
    (server, index) =>
      new Promise<string>((resolve) => {
        const host = `127.0.0.${index + 1}`;
        server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`));
      }),
  ),
);
// Ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
console.log(JSON.stringify(urls));
