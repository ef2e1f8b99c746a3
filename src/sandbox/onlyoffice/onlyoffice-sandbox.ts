import { startCrmServer } from '../crm-server.ts';
import type { CrmServer, CrmServerOptions, Exchange, Reply } from '../crm-server.ts';
import type { Population } from '../person.ts';
import { createPopulation } from '../population.ts';
import { createRandom, shuffled } from '../seeded-random.ts';
import { visibleContacts } from './access.ts';
import { ApiError, addressRefused, invalidArgument, productForbidden } from './api-error.ts';
import { Sessions, unauthorized } from './authentication.ts';
import { isBatch, runBatch, type BatchForm } from './batch.ts';
import { CONTACT_ROUTES } from './contact-routes.ts';
import { DELETION_ROUTES } from './deletion-routes.ts';
import { toErrorReply, toReply } from './envelope.ts';
import { Parameters, readContext, heeded, type ParameterHabits } from './parameters.ts';
import { photoReply } from './photo.ts';
import { addContact, removeContact } from './portal.ts';
import type { NewContact, Portal, StoredContact, StoredUser } from './portal.ts';
import { REFERENCE_ROUTES } from './reference-routes.ts';
import { matchRoute } from './routing.ts';
import type { DeletionFault, EndpointSwitches, Route } from './routing.ts';
import { seedPortal } from './population/seed.ts';
import type { TextSearch } from './text-search.ts';

/** How the sandbox portal is set up; everything has a default. */
export interface OnlyofficeSandboxOptions extends CrmServerOptions {
  readonly population?: Population;
  /** Token of an ordinary user of the CRM, who does not see every private contact. */
  readonly token?: string;
  /** Token of a CRM administrator, who sees and edits all. */
  readonly adminToken?: string;
  /** Password of every user; their names are the staff's e-mail addresses. */
  readonly password?: string;
  /** Second step on logging in; none when left out. */
  readonly twoFactor?: 'sms' | 'app';
  /** Life of tokens got by logging in, in minutes; 0 is never. A year when left out. */
  readonly tokenMinutes?: number;
  /** Rows with equal sort keys, and lists without order, come in another order on each request. */
  readonly shuffleTies?: boolean;
  /** `index` (usual installation) or `database` (none). */
  readonly textSearch?: TextSearch;
  /** Adds a contact whose status has been deleted from the list: single reads of it, and searches that meet it, fail with 404. */
  readonly hasDanglingStatus?: boolean;
  /** Parameters of the lists of contacts that the portal ignores, in lower case; none when left out. */
  readonly ignoredParameters?: readonly string[];
  /** Parameters of the lists of contacts that the portal refuses with 400, in lower case; none when left out. */
  readonly refusedParameters?: readonly string[];
  /** Whether the users may use the CRM at all; true when left out. */
  readonly hasCrmAccess?: boolean;
  /** Whether the portal lets nobody in from the client's address; false when left out. */
  readonly refusesAddress?: boolean;
  /** What goes wrong behind each deletion of a contact, which is done by then; nothing when left out. */
  readonly deletionFault?: DeletionFault;
  /** BCP 47 name of the portal's culture; `en` when left out. On a Turkish one a capital I is not the small i. */
  readonly culture?: string;
  /** Requests let through in a window of time before 503; none when left out. The cloud's limit is 500 in 10,000 ms. */
  readonly rateLimit?: { readonly requests: number; readonly windowMs: number };
  /** How the portal takes batches of reads; as a form when left out. */
  readonly batch?: BatchForm;
  /** The tenant's zone; Europe/Moscow when left out. */
  readonly timeZone?: string;
  /** Line end in the JSON text of addresses: the server's. */
  readonly lineEnd?: '\n' | '\r\n';
}

/** A running sandbox portal with its data, live: changes in the arrays show on the next request. */
export interface OnlyofficeSandbox extends CrmServer {
  readonly portal: Portal;
  readonly token: string;
  readonly adminToken: string;
  /** Credentials of the ordinary user. */
  readonly userName: string;
  readonly password: string;
  /** The code that a second step takes. */
  readonly twoFactorCode: string;
  /** Requests that changed the data. */
  readonly writeCount: number;
  /** What the ordinary user sees, in table order. */
  visibleContacts(): StoredContact[];
  findContact(id: number): StoredContact | undefined;
  addContact(contact: NewContact): StoredContact;
  /** False when there is no such contact. */
  removeContact(id: number): boolean;
  /** Ends a session, or all of them, as logging out everywhere does. */
  revoke(token?: string): void;
}

const ROUTES: readonly Route[] = [...CONTACT_ROUTES, ...REFERENCE_ROUTES, ...DELETION_ROUTES];
const TWO_FACTOR_CODE = '123456';

/**
 * Starts an imitation of an ONLYOFFICE portal's CRM, as far as contacts go.
 *
 * By default an ordinary user asks, so that some private contacts are invisible and some contacts cannot be deleted.
 */
export async function startOnlyofficeSandbox(options: OnlyofficeSandboxOptions = {}): Promise<OnlyofficeSandbox> {
  const { token = 'sandbox-onlyoffice-token', adminToken = 'sandbox-onlyoffice-admin-token', password = 'sandbox-password' } = options;
  const portal = seedPortal(options.population ?? createPopulation(), {
    culture: options.culture ?? 'en',
    timeZone: options.timeZone ?? 'Europe/Moscow',
    lineEnd: options.lineEnd ?? '\n',
    hasDanglingStatus: options.hasDanglingStatus ?? false,
  });
  const user = userWhere(portal, ({ isAdmin }) => !isAdmin);
  const { twoFactor, tokenMinutes } = options;
  const sessions = new Sessions(portal.users, {
    password,
    twoFactorCode: TWO_FACTOR_CODE,
    ...(twoFactor === undefined ? {} : { twoFactor }),
    ...(tokenMinutes === undefined ? {} : { tokenMinutes }),
  });
  sessions.admit(token, user.id);
  sessions.admit(adminToken, userWhere(portal, ({ isAdmin }) => isAdmin).id);
  const server = await startCrmServer({ ...options, handle: createHandler(portal, sessions, options) });
  return {
    ...server,
    portal,
    token,
    adminToken,
    userName: user.email,
    password,
    twoFactorCode: TWO_FACTOR_CODE,
    get writeCount() {
      return server.requests.filter(({ didWrite }) => didWrite).length;
    },
    visibleContacts: () => visibleContacts(portal, user),
    findContact: (id) => portal.contacts.find((contact) => contact.id === id),
    addContact: (contact) => addContact(portal, contact),
    removeContact: (id) => removeContact(portal, id),
    revoke: (ended) => sessions.revoke(ended),
  };
}

function userWhere(portal: Portal, isWanted: (user: StoredUser) => boolean): StoredUser {
  const user = portal.users.find(isWanted);
  if (!user) throw new Error('The portal lacks a user.');
  return user;
}

function createHandler(portal: Portal, sessions: Sessions, options: OnlyofficeSandboxOptions): (exchange: Exchange) => Reply {
  const random = createRandom(1);
  const switches: EndpointSwitches = {
    textSearch: options.textSearch ?? 'index',
    deletionFault: options.deletionFault ?? null,
    tableOrder: (rows) => (options.shuffleTies ? shuffled(rows, random) : [...rows]),
  };
  const habits = { ignored: new Set(options.ignoredParameters), refused: new Set(options.refusedParameters) };
  const isOverLimit = createLimiter(options.rateLimit);
  return (exchange) => {
    const photo = photoReply(portal, exchange);
    if (photo) return photo;
    const retryAfter = isOverLimit();
    if (retryAfter !== undefined) {
      return { ...htmlPage(503, 'Service Temporarily Unavailable'), headers: { 'content-type': 'text/html', 'retry-after': retryAfter } };
    }
    const { hasCrmAccess = true, refusesAddress = false, batch = 'form' } = options;
    const api = { portal, sessions, switches, habits, hasCrmAccess, refusesAddress };
    return isBatch(exchange, batch) ? answerBatch(api, exchange, batch) : answerApi(api, exchange);
  };
}

interface Api {
  readonly portal: Portal;
  readonly sessions: Sessions;
  readonly switches: EndpointSwitches;
  readonly habits: ParameterHabits;
  readonly hasCrmAccess: boolean;
  readonly refusesAddress: boolean;
}

function answerApi({ portal, sessions, switches, habits, hasCrmAccess, refusesAddress }: Api, exchange: Exchange): Reply {
  let context = readContext(exchange.query);
  try {
    const login = /^\/api\/2\.0\/authentication(?:\/(\w+))?(?:\.json)?$/i.exec(exchange.path);
    if (refusesAddress && login) throw addressRefused();
    if (refusesAddress) return { status: 403, headers: { 'content-type': 'text/html' }, body: '' };
    if (login && exchange.method === 'POST') return sessions.logIn(new Parameters({}, exchange, portal.timeZone), login[1]);
    const match = matchRoute(ROUTES, exchange);
    if (!match) return htmlPage(404, 'The resource cannot be found.');
    // Who asks is settled before any parameter is looked at.
    const user = sessions.userOf(exchange);
    if (!user) return unauthorized(exchange.headers);
    if (!hasCrmAccess) throw productForbidden();
    if (exchange.query.has('updatedSince') && Number.isNaN(Date.parse(exchange.query.get('updatedSince') ?? ''))) {
      return htmlPage(500, 'Runtime Error');
    }
    const viewer = { portal, user, origin: `http://${exchange.headers.host ?? '127.0.0.1'}` };
    const understood = heeded(exchange, habits);
    context = readContext(understood.query);
    const parameters = new Parameters(match.values, understood, portal.timeZone);
    return toReply(match.route.run({ viewer, parameters, context, switches }), exchange.method, context);
  } catch (error) {
    if (error instanceof ApiError) return toErrorReply(error, context);
    throw error;
  }
}

function answerBatch(api: Api, exchange: Exchange, form: BatchForm): Reply {
  const context = readContext(exchange.query);
  if (!api.sessions.userOf(exchange)) return unauthorized(exchange.headers);
  const answers = runBatch(exchange, form, (member) => answerApi(api, member));
  if (answers === undefined) return toErrorReply(invalidArgument(), context);
  return toReply({ kind: 'list', rows: answers }, exchange.method, context);
}

/** Counts requests over a sliding window; gives the seconds to wait when there are too many. */
function createLimiter(limit: OnlyofficeSandboxOptions['rateLimit']): () => string | undefined {
  let sentAt: number[] = [];
  return () => {
    if (!limit) return undefined;
    const now = Date.now();
    sentAt = sentAt.filter((at) => now - at < limit.windowMs);
    const oldest = sentAt[0];
    if (sentAt.length >= limit.requests && oldest !== undefined)
      return String(Math.max(1, Math.ceil((oldest + limit.windowMs - now) / 1_000)));
    sentAt.push(now);
    return undefined;
  };
}

function htmlPage(status: number, title: string): Reply {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
