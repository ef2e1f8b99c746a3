import { randomUUID } from 'node:crypto';
import { startCallgearSandbox } from '../../src/sandbox/callgear/callgear-sandbox.ts';
import { createPopulation } from '../../src/sandbox/population.ts';
import { describeContactSource } from './contact-source.contract.ts';
import { reply } from './failures.contract.ts';
import { LIST_ROUTES, rowsOf } from '../support/sources.ts';

const JSON_TYPE = 'application/json; charset=UTF-8';

/** A JSON-RPC error, with HTTP 200 as CallGear sends them; its id is null, as when it could not be read. */
function rpcError(code: number, mnemonic: string, more: object = {}) {
  const data = { mnemonic, field: null, value: null, params: {}, extended_helper: null, ...more };
  return reply(200, JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: 'sandbox-secret-in-a-page', data } }), JSON_TYPE);
}
const limit = (window: string, reset: number) => ({
  params: { limit_type: window },
  metadata: { limits: { [`${window}_reset`]: reset, [`${window}_remaining`]: 0 } },
});

describeContactSource({
  kind: 'CallGear',
  listRoute: LIST_ROUTES.callgear,
  rowsOf: (body) => rowsOf('callgear', body),
  async start() {
    const sandbox = await startCallgearSandbox({ population: createPopulation({ callgear: 520 }) });
    const { data, url, token } = sandbox;
    return {
      ...sandbox,
      environment: { CALLGEAR_URL: url, CALLGEAR_TOKEN: token },
      contactIds: () => data.contacts.map(({ id }) => String(id)),
      idsOf: (entity) => (entity === 'contact' ? data.contacts : data.organizations).map(({ id }) => String(id)),
      references: () => ({
        groups: data.groups.map(({ id }) => String(id)),
        users: data.employees.map(({ id }) => String(id)),
      }),
    };
  },
  oddRows: {
    null: () => null,
    'a list': () => [],
    'without an id': ({ id: _id, ...row }) => row,
    'with a negative id': (row) => ({ ...row, id: -1 }),
    'with an id that is no whole number': (row) => ({ ...row, id: 1.5 }),
    'with an id in words': (row) => ({ ...row, id: 'five' }),
    'with id 0': (row) => ({ ...row, id: 0 }),
    'with an id that was rounded': (row) => ({ ...row, id: 1e21 }),
    'with an object for its id': (row) => ({ ...row, id: { value: 5 } }),
  },
  unknownIds: { contact: ['1', '9999999999'], company: ['1', '9999999999'] },
  // A page that fails may do so for a few of its rows: parts of it are tried too.
  attempts: { 'a 500': 9 },
  failures: {
    'an unknown token': [rpcError(-32001, 'access_token_invalid'), 'UNAUTHENTICATED'],
    'a token that has ended': [rpcError(-32001, 'access_token_expired'), 'UNAUTHENTICATED'],
    'a wrong log-in': [rpcError(-32001, 'auth_error'), 'UNAUTHENTICATED'],
    'an address that is not allowed': [rpcError(-32003, 'ip_not_whitelisted'), 'FORBIDDEN'],
    'a missing right': [rpcError(-32602, 'forbidden'), 'FORBIDDEN'],
    'a component that is off': [rpcError(-32602, 'method_component_disabled'), 'FORBIDDEN'],
    'an account that is off': [rpcError(-32009, 'account_inactive'), 'FORBIDDEN'],
    'a spent minute, that says how long': [rpcError(-32029, 'limit_exceeded', limit('minute', 59)), 'RATE_LIMITED'],
    'a spent day, that says how long': [rpcError(-32029, 'limit_exceeded', limit('day', 51_959)), 'QUOTA_EXHAUSTED'],
    'an error nobody knows': [rpcError(-32602, 'something_new'), 'BAD_RESPONSE'],
    'a JSON-RPC error with HTTP 403': [
      reply(403, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"","data":{"mnemonic":"access_token_blocked"}}}', JSON_TYPE),
      'UNAUTHENTICATED',
    ],
    'an error without a mnemonic': [
      reply(200, '{"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"no"}}', JSON_TYPE),
      'BAD_RESPONSE',
    ],
    'a result of null': [reply(200, '{"jsonrpc":"2.0","id":null,"result":null}', JSON_TYPE), 'BAD_RESPONSE'],
    'a result without data': [reply(200, '{"jsonrpc":"2.0","id":null,"result":{"metadata":{}}}', JSON_TYPE), 'BAD_RESPONSE'],
    'the reply to another request': [
      reply(200, `{"jsonrpc":"2.0","id":"${randomUUID()}","result":{"data":[]}}`, JSON_TYPE),
      'BAD_RESPONSE',
    ],
  },
});
