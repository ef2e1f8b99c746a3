import { startOnlyofficeSandbox } from '../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import { createPopulation } from '../../src/sandbox/population.ts';
import { describeContactSource } from './contact-source.contract.ts';
import { reply } from './failures.contract.ts';
import { LIST_ROUTES, rowsOf } from '../support/sources.ts';

const JSON_TYPE = 'application/json; charset=UTF-8';
const envelope = (status: number, message: string) =>
  reply(status, JSON.stringify({ status: 1, statusCode: status, error: { message, data: {} } }), JSON_TYPE);

describeContactSource({
  kind: 'ONLYOFFICE',
  listRoute: LIST_ROUTES.onlyoffice,
  rowsOf: (body) => rowsOf('onlyoffice', body),
  async start() {
    const sandbox = await startOnlyofficeSandbox({ population: createPopulation({ onlyoffice: 90 }) });
    const { portal, url, token } = sandbox;
    const ids = () => sandbox.visibleContacts().map(({ id }) => String(id));
    return {
      ...sandbox,
      environment: { ONLYOFFICE_URL: url, ONLYOFFICE_TOKEN: token },
      contactIds: ids,
      idsOf: (entity) => (entity === 'contact' ? ids() : []),
      references: () => ({
        statuses: portal.statuses.map(({ id }) => String(id)),
        types: portal.types.map(({ id }) => String(id)),
        tags: [...new Set([...portal.contacts.flatMap(({ tags }) => tags), ...portal.spareTags].map((tag) => tag.trim().toLowerCase()))],
        customFields: portal.fields.map(({ id }) => String(id)),
      }),
    };
  },
  oddRows: {
    null: () => null,
    'a number': () => 42,
    'without an id': ({ id: _id, ...row }) => row,
    'with id 0': (row) => ({ ...row, id: 0 }),
    'with a negative id': (row) => ({ ...row, id: -3 }),
    'with an id in words': (row) => ({ ...row, id: 'three' }),
    'with an object for its id': (row) => ({ ...row, id: { value: 3 } }),
  },
  unknownIds: { contact: ['2000000', '2147483647'], company: ['1', '12', '2000000'] },
  // A page that fails may do so for a few of its rows: parts of it are tried too.
  // A page that fails is read in parts; an order may be what is refused.
  attempts: { 'a 500': 9, 'a 400': 2 },
  failures: {
    'a 402': [envelope(402, 'PaymentRequired'), 'FORBIDDEN'],
    'a 403 of the API': [envelope(403, 'Access Denied'), 'FORBIDDEN'],
    'a 404 without a body, of a portal that was removed': [reply(404), 'UNAVAILABLE'],
    'a 400': [envelope(400, 'Value does not fall within the expected range.'), 'BAD_RESPONSE'],
    'a 503 of the limiter, that says how long': [reply(503, '', 'text/html', { 'retry-after': '60' }), 'RATE_LIMITED'],
    'an error with 200': [reply(200, '{"status":1,"statusCode":200,"error":{"message":"no"}}', JSON_TYPE), 'BAD_RESPONSE'],
    'an object for a list': [reply(200, '{"status":0,"statusCode":200,"count":1,"response":{"rows":[]}}', JSON_TYPE), 'BAD_RESPONSE'],
    'a list that does not exist': [envelope(404, 'Not found'), 'BAD_RESPONSE'],
  },
});
