import { type CrmServer, type Exchange, type Reply, startCrmServer } from '../crm-server.ts';
import { createPopulation } from '../population.ts';
import { type CallgearContact, type CallgearData, type CallgearRow, contactRows } from './callgear-data.ts';
import { CallgearMethods } from './callgear-methods.ts';
import {
  type CallgearSandboxOptions,
  type CallgearSettings,
  SANDBOX_CALLGEAR_AGENT_TOKEN,
  SANDBOX_CALLGEAR_TOKEN,
  settingsOf,
} from './callgear-options.ts';
import { writeDownContacts } from './callgear-population.ts';
import { answerRpc, methodOf } from './json-rpc.ts';

/** The one URL of the API: every method is posted to it. */
const BASE_PATH = '/v2.0';

/** A running imitation of the CallGear Data API; `url` ends in `/v2.0`. */
export interface CallgearSandbox extends CrmServer {
  /** A customer's key with all rights, if the tokens are the usual ones. */
  readonly token: string;
  /** An agent's key, which needs a `user_id` out of `data.customerUsers`. */
  readonly agentToken: string;
  readonly login: string;
  readonly password: string;
  /** What is stored; the arrays and the contacts in them may be changed at any time. */
  readonly data: CallgearData;
  readonly contacts: CallgearContact[];
  /** Calls that changed data. */
  readonly writes: number;
  /** Makes all contacts as `get.contacts` sends them, by id: the truth to compare answers with. */
  contactRows(): CallgearRow[];
  /** Changes how this CallGear behaves from the next call on. */
  configure(change: Partial<CallgearSettings>): void;
  /** Ends the hour of every session key at once. */
  expireSessions(): void;
}

/**
 * Starts an imitation of the CallGear Data API v2.0 on loopback.
 *
 * Methods: login.user, logout.user, get.account, get.customer_users, get.contacts, get.group_contacts, get.contact_organizations,
 * get.employees, delete.contacts. Faults and the log name requests by method: `POST get.contacts`.
 *
 * @see https://callgear.github.io/data_api/
 */
export async function startCallgearSandbox(options: CallgearSandboxOptions = {}): Promise<CallgearSandbox> {
  let settings = settingsOf(options);
  let writes = 0;
  const data = writeDownContacts(options.population ?? createPopulation(), options.phoneFormat ?? 'digits');
  const methods = new CallgearMethods(data, options.now ?? Date.now);
  const server = await startCrmServer({
    ...(options.port !== undefined && { port: options.port }),
    ...(options.faults !== undefined && { faults: options.faults }),
    basePath: BASE_PATH,
    routeOf,
    handle: (exchange) => {
      const reply = answer(exchange, methods, settings);
      if (reply.didWrite === true) writes += 1;
      return reply;
    },
  });
  return {
    ...server,
    token: SANDBOX_CALLGEAR_TOKEN,
    agentToken: SANDBOX_CALLGEAR_AGENT_TOKEN,
    login: settings.login,
    password: settings.password,
    data,
    contacts: data.contacts,
    get writes() {
      return writes;
    },
    contactRows: () => contactRows(data),
    configure: (change) => {
      settings = { ...settings, ...change };
    },
    expireSessions: () => methods.access.expireSessions(),
  };
}

function routeOf(exchange: Exchange): string {
  return `${exchange.method} ${methodOf(exchange.bodyText) ?? exchange.path}`;
}

function answer(exchange: Exchange, methods: CallgearMethods, settings: CallgearSettings): Reply {
  if (exchange.path !== BASE_PATH) return page(404, 'Not Found');
  if (exchange.method !== 'POST') return page(405, 'Method Not Allowed');
  const contentType = exchange.headers['content-type'] ?? '';
  // With a character set or without: both are accepted.
  const isJson = /^application\/json(?:\s*;.*)?$/i.test(contentType);
  const { status, body, didWrite } = answerRpc(isJson ? exchange.bodyText : '', methods, settings);
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8' }, body, didWrite };
}

/** The web server in front of the API answers in HTML. */
function page(status: number, title: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, body: `<html><head><title>${status} ${title}</title></head></html>` };
}
