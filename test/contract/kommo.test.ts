import { startKommoSandbox } from '../../src/sandbox/kommo/kommo-sandbox.ts';
import { createPopulation } from '../../src/sandbox/population.ts';
import { describeContactSource } from './contact-source.contract.ts';
import { reply } from './failures.contract.ts';
import { LIST_ROUTES, rowsOf } from '../support/sources.ts';

const INFO_CODES = ['PHONE', 'EMAIL', 'IM', 'POSITION'];
const problem = (status: number, members: object) => reply(status, JSON.stringify({ status, ...members }), 'application/problem+json');

describeContactSource({
  kind: 'Kommo',
  listRoute: LIST_ROUTES.kommo,
  rowsOf: (body) => rowsOf('kommo', body),
  async start() {
    const sandbox = await startKommoSandbox({ population: createPopulation({ kommo: 220 }) });
    const { data, url, token } = sandbox;
    const living = (rows: readonly { id: number; isTrashed: boolean }[]) =>
      rows.filter(({ isTrashed }) => !isTrashed).map(({ id }) => String(id));
    return {
      ...sandbox,
      environment: { KOMMO_URL: url, KOMMO_TOKEN: token, KOMMO_RATE_LIMIT: '50' },
      contactIds: () => living(data.contacts),
      idsOf: (entity) => living(entity === 'contact' ? data.contacts : data.companies),
      references: () => ({
        users: data.users.map(({ id }) => String(id)),
        tags: data.contactTags.map(({ id }) => String(id)),
        customFields: [...data.contactFields, ...data.companyFields]
          .filter(({ code }) => !INFO_CODES.includes(code ?? ''))
          .map(({ id }) => String(id)),
      }),
    };
  },
  oddRows: {
    null: () => null,
    'a text': () => 'contact',
    'without an id': ({ id: _id, ...row }) => row,
    'with an id that is no number': (row) => ({ ...row, id: '501_001' }),
    'with id 0': (row) => ({ ...row, id: 0 }),
    'with an object for its id': (row) => ({ ...row, id: { value: 12 } }),
    'with an id that was rounded': (row) => ({ ...row, id: 1e21 }),
  },
  // A page that fails is read in parts; an order may be what is refused.
  attempts: { 'a 500': 9, 'a 400 of validation': 3 },
  unknownIds: { contact: ['999999999', '6000000000'], company: ['999999999', '601001'] },
  failures: {
    // The account's host is known to nobody, or an unknown route; either way not a missing contact.
    'a 404 page': [reply(404, '<html></html>'), 'UNAVAILABLE'],
    'a 403 page': [reply(403, '<html><title>403 Forbidden</title></html>'), 'BLOCKED'],
    'a 403 problem': [problem(403, { title: 'Forbidden', detail: 'Invalid scope' }), 'FORBIDDEN'],
    'a 404 problem': [problem(404, { title: 'Not Found', detail: 'Cannot GET https://acme.kommo.com/contacts!' }), 'BAD_RESPONSE'],
    'a 405 without a body': [reply(405), 'BAD_RESPONSE'],
    'a 400 for want of rights': [problem(400, { title: 'Bad Request', detail: 'Not enough rights' }), 'FORBIDDEN'],
    'a 400 for want of rights, in Russian': [problem(400, { title: 'Bad Request', detail: 'Недостаточно прав' }), 'FORBIDDEN'],
    'a 400 of validation': [problem(400, { title: 'Bad Request', 'validation-errors': [] }), 'BAD_RESPONSE'],
    'a 429 problem that says how long': [problem(429, { title: 'Too Many Requests', retry_after: 300 }), 'RATE_LIMITED'],
    'a 204': [reply(204), null],
    // PHP's ways to write that there is nothing.
    'a page without rows': [reply(200, '{"_page":1,"_links":{}}', 'application/hal+json'), null],
    'a page whose rows are an empty list': [reply(200, '{"_page":1,"_embedded":[]}', 'application/hal+json'), null],
    'an empty 200': [reply(200, '', 'application/hal+json'), null],
    'JSON null': [reply(200, 'null', 'application/hal+json'), null],
    'a JSON list': [reply(200, '[]', 'application/hal+json'), null],
    'a JSON object without members': [reply(200, '{}', 'application/hal+json'), null],
    'a JSON list with something in it': [reply(200, '[1]', 'application/hal+json'), 'BAD_RESPONSE'],
    'rows of another name': [reply(200, '{"_page":1,"_links":{},"_embedded":{"leads":[]}}', 'application/hal+json'), 'BAD_RESPONSE'],
  },
});
