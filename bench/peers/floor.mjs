// The least that any gateway has to do: the six calls, parsed, joined and written out, without GraphQL. With REUSE=cached: one ready reply.
import { createServer } from 'node:http';
import { crmsOf, IS_CACHED, PORT, sayReady } from './lib/crm.mjs';
import { http } from './lib/undici-http.mjs';

const FIRST = Number(process.env.FIRST ?? 25);
const crms = crmsOf(http);
const idsOf = (rows, member) => [...new Set(rows.map((row) => row[member]).filter((id) => id !== null))];
const mapOf = async (ids, read) => {
  const rows = await read(ids);
  return new Map(ids.map((id, index) => [id, rows[index]]));
};
const view = ({ id, displayName, emails, phones, customFields }, company, responsible) => ({
  id: String(id),
  displayName,
  emails,
  phones,
  customFields,
  company: company && { id: String(company.id), name: company.name },
  responsible: responsible && { id: String(responsible.id), name: responsible.name, email: responsible.email },
});

async function onlyoffice() {
  return (await crms.lists.ONLYOFFICE(FIRST)).map((row) => view(row, row.company, row.responsible));
}
async function kommo() {
  const rows = await crms.lists.KOMMO(FIRST);
  const [companies, users] = await Promise.all([
    mapOf(idsOf(rows, 'companyId'), crms.kommoCompanies),
    mapOf(idsOf(rows, 'responsibleId'), crms.kommoUsers),
  ]);
  return rows.map((row) => view(row, companies.get(row.companyId) ?? null, users.get(row.responsibleId)));
}
async function callgear() {
  const rows = await crms.lists.CALLGEAR(FIRST);
  const employees = await mapOf(idsOf(rows, 'responsibleId'), crms.callgearEmployees);
  return rows.map((row) => view(row, row.company, employees.get(row.responsibleId)));
}

let ready;
async function bodyOf() {
  if (ready) return ready;
  const [fromOnlyoffice, fromKommo, fromCallgear] = await Promise.all([onlyoffice(), kommo(), callgear()]);
  const body = Buffer.from(JSON.stringify({ data: { onlyoffice: fromOnlyoffice, kommo: fromKommo, callgear: fromCallgear } }));
  if (IS_CACHED) ready = body;
  return body;
}

const server = createServer((request, response) => {
  request.resume().on('end', async () => {
    try {
      const body = await bodyOf();
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
server.listen(PORT, '127.0.0.1', () => sayReady(server.address().port));
