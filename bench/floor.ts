import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least that any gateway has to do: the three list calls, parsed, put together and written out. No GraphQL, no checks, no order. */
const agent = new Agent({ keepAlive: true });
const { ONLYOFFICE_URL, KOMMO_URL, CALLGEAR_URL, ONLYOFFICE_TOKEN, KOMMO_TOKEN, CALLGEAR_TOKEN } = process.env;
const FIELDS = ['id', 'first_name', 'last_name', 'patronymic', 'full_name', 'emails', 'phone_numbers', 'groups'];
const rpc = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'get.contacts',
  params: { access_token: CALLGEAR_TOKEN, limit: 250, sort: [{ field: 'full_name', order: 'asc' }], fields: FIELDS },
});

function read(url: string, authorization: string | undefined, body?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { ...(authorization && { authorization }), ...(body && { 'content-type': 'application/json' }) };
    const upstream = send(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
    upstream.on('error', reject);
    upstream.end(body);
  });
}

const server = createServer(async (_request, response) => {
  const lists = await Promise.all([
    read(`${ONLYOFFICE_URL}/api/2.0/crm/contact/filter?count=50&startIndex=0&sortBy=displayName&sortOrder=ascending`, ONLYOFFICE_TOKEN),
    read(`${KOMMO_URL}/api/v4/contacts?page=1&limit=100&order%5Bname%5D=asc`, `Bearer ${KOMMO_TOKEN}`),
    read(`${CALLGEAR_URL}`, undefined, rpc),
  ]);
  const [onlyoffice, kommo, callgear] = lists as [
    { response: { id: number; displayName: string }[] },
    { _embedded: { contacts: { id: number; name: string }[] } },
    { result: { data: { id: number; full_name: string }[] } },
  ];
  const nodes = [
    ...onlyoffice.response.map(({ id, displayName }) => ({ id, displayName })),
    ...kommo._embedded.contacts.map(({ id, name }) => ({ id, displayName: name })),
    ...callgear.result.data.map(({ id, full_name: displayName }) => ({ id, displayName })),
  ].slice(0, 25);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { contacts: { nodes } } }));
});
server.listen(0, '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));
