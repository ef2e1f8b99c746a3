import { startCrmServer } from '../crm-server.ts';
import type { CrmServer, CrmServerOptions, Exchange, Reply } from '../crm-server.ts';
import type { Population } from '../person.ts';
import { createPopulation } from '../population.ts';
import { createRandom } from '../seeded-random.ts';
import { toListRequest } from './call.ts';
import type { ApiSettings, KommoTimeZone } from './call.ts';
import { createKommoData } from './population/data.ts';
import { oauthReply } from './oauth.ts';
import type { KommoIntegration, KommoOAuth } from './oauth.ts';
import { createRateLimiter } from './rate-limit.ts';
import type { KommoRateLimit, RateLimiter } from './rate-limit.ts';
import { methodNotAllowed, nginxPage, problem, type KommoEmptiness } from './replies.ts';
import { findRoute } from './routes.ts';
import type { KommoData } from './rows.ts';
import { TokenVault } from './token-vault.ts';

/** The longest request line that nginx in front of Kommo is taken to accept. */
const URL_LENGTH_MAX = 8192;
const TIE_SEED = 7;

/** How the sandbox Kommo is started. Everything that no source settles is a switch; its default is the likelier or the nastier case. */
export interface KommoSandboxOptions extends CrmServerOptions {
  readonly population?: Population;
  /** The long-lived token; `sandbox-kommo-token` when left out. */
  readonly token?: string;
  /** Rows with equal sort keys come in another order on each request. */
  readonly shuffleTies?: boolean;
  /** Whether the token is an administrator's: only those may read users. True when left out. */
  readonly isAdmin?: boolean;
  /** Without it every filter is ignored in silence. True when left out. */
  readonly isApiFilterEnabled?: boolean;
  /** `next` stands on every page, the last one included. */
  readonly hasPhantomNext?: boolean;
  /** Rows in the trash leave holes in the pages. */
  readonly hasShortPages?: boolean;
  /** Whether `GET contacts/tags` is there. True when left out. */
  readonly hasTagsEndpoint?: boolean;
  /** `filter[name][]` takes a part of the name. */
  readonly isNameFilterPartial?: boolean;
  /** Whether `filter[created_at]` is known. True when left out. */
  readonly hasCreatedAtFilter?: boolean;
  /** Names of filters that are refused with a worded 400, as on accounts without the paid feature; none when left out. */
  readonly refusedFilters?: readonly string[];
  /** Names of fields by which an order is refused with a worded 400; none when left out. */
  readonly refusedOrders?: readonly string[];
  /** Whether `query` is refused with a worded 400. */
  readonly refusesQuery?: boolean;
  /** Filtered lists hold one row that does not match. */
  readonly hasStrayRow?: boolean;
  /** Contacts, companies and leads that Kommo fails to write: whatever page holds one answers 500. */
  readonly unwritableIds?: readonly number[];
  /** How it is said that there is nothing; `204` when left out. */
  readonly emptiness?: KommoEmptiness;
  /** Where the account keeps its days, as it says itself; Moscow when left out, whose midnights its own dates are. */
  readonly timeZone?: KommoTimeZone;
  /** Throttling; none when left out. */
  readonly rateLimit?: KommoRateLimit;
  readonly integration?: Partial<KommoIntegration>;
  /** Whether a used refresh token survives until the pair it gave is refreshed; false (strict rotation) when left out. */
  readonly isRefreshGraceful?: boolean;
  /** The account has another address now, and answers refreshes at this one so; it has not when left out. */
  readonly renamedStatus?: 401 | 404;
  /** 86,400 when left out. */
  readonly accessTokenLifetimeSeconds?: number;
  /** What `GET /oauth` does; `ask` when left out. */
  readonly consent?: 'ask' | 'grant' | 'deny';
  /** The clock of token expiry, throttling and writes; `Date.now` when left out. */
  readonly nowMs?: () => number;
}

/** A running sandbox Kommo. */
export interface KommoSandbox extends CrmServer {
  readonly data: KommoData;
  /** The long-lived token. */
  readonly token: string;
  /** Long-lived tokens that are accepted; a test may revoke one by deleting it. */
  readonly acceptedTokens: Set<string>;
  readonly oauth: KommoOAuth;
  readonly rateLimiter: RateLimiter;
  /** Puts a contact in the trash, as a person in Kommo's own screens would. */
  trashContact(id: number): void;
  /** Requests that changed the data. */
  countWrites(): number;
}

function toSettings(options: KommoSandboxOptions, nowMs: () => number): ApiSettings {
  return {
    habits: {
      hasPhantomNext: options.hasPhantomNext ?? false,
      hasShortPages: options.hasShortPages ?? false,
      isApiFilterEnabled: options.isApiFilterEnabled ?? true,
      tieRandom: options.shuffleTies === true ? createRandom(TIE_SEED) : undefined,
      refusedFilters: new Set(options.refusedFilters),
      refusedOrders: new Set(options.refusedOrders),
      refusesQuery: options.refusesQuery ?? false,
      hasStrayRow: options.hasStrayRow ?? false,
      unwritableIds: new Set(options.unwritableIds),
      emptiness: options.emptiness ?? '204',
    },
    isAdmin: options.isAdmin ?? true,
    hasTagsEndpoint: options.hasTagsEndpoint ?? true,
    isNameFilterPartial: options.isNameFilterPartial ?? false,
    hasCreatedAtFilter: options.hasCreatedAtFilter ?? true,
    timeZone: options.timeZone ?? { name: 'Europe/Moscow', offset: '+03:00' },
    nowMs,
  };
}

function createOAuth(options: KommoSandboxOptions, { account }: KommoData, nowMs: () => number): KommoOAuth {
  const integration = {
    clientId: '5f0d1b6e-2c1a-4f5e-9d57-000000000001',
    clientSecret: 'sandbox-kommo-client-secret',
    redirectUri: 'http://127.0.0.1:4180/callback',
    ...options.integration,
  };
  const vault = new TokenVault({
    clientId: integration.clientId,
    accountId: account.id,
    isRefreshGraceful: options.isRefreshGraceful ?? false,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds,
    nowMs,
  });
  const counters = { refreshCount: 0, refusedRefreshCount: 0, codeExchangeCount: 0 };
  return {
    integration,
    vault,
    consent: options.consent ?? 'ask',
    account,
    nowMs,
    renamedStatus: options.renamedStatus ?? null,
    ...counters,
  };
}

function bearerOf(exchange: Exchange): string | undefined {
  return /^Bearer (\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
}

interface Account {
  readonly data: KommoData;
  readonly settings: ApiSettings;
  readonly acceptedTokens: ReadonlySet<string>;
  readonly oauth: KommoOAuth;
  readonly rateLimiter: RateLimiter;
}

function unknownRoute(exchange: Exchange, origin: string): Reply {
  // Real bodies leave the root of the API out of the path.
  return problem(404, `Cannot ${exchange.method} ${origin}${exchange.path.replace(/^\/api\/v4/, '')}!`);
}

function handle(account: Account, exchange: Exchange): Reply {
  const refused = account.rateLimiter.refuse();
  if (refused !== undefined) return refused;
  if (exchange.rawUrl.length > URL_LENGTH_MAX) return nginxPage(414, 'Request-URI Too Large');
  const origin = `http://${exchange.headers.host ?? '127.0.0.1'}`;
  const token = bearerOf(exchange);
  const isAuthorized = token !== undefined && (account.acceptedTokens.has(token) || account.oauth.vault.isAccessTokenValid(token));
  if (!exchange.path.startsWith('/api/')) return oauthReply(account.oauth, exchange, isAuthorized) ?? unknownRoute(exchange, origin);
  if (!isAuthorized) return problem(401, 'Invalid user name or password');
  const route = findRoute(exchange.path, account.settings);
  if (route === undefined) return unknownRoute(exchange, origin);
  const answer = route.methods[exchange.method];
  if (answer === undefined) return methodNotAllowed();
  const { data, settings } = account;
  return answer({ data, settings, exchange, request: toListRequest(exchange, origin), ids: route.ids });
}

/**
 * Starts an imitation of one Kommo account: API v4 and OAuth on one port of 127.0.0.1.
 *
 * It imitates the account's habits, the bad ones included, and keeps its data in memory: `data` may be read for the truth and changed
 * behind a client's back.
 *
 * @throws When the port is taken.
 */
export async function startKommoSandbox(options: KommoSandboxOptions = {}): Promise<KommoSandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const token = options.token ?? 'sandbox-kommo-token';
  const data = createKommoData(options.population ?? createPopulation());
  const oauth = createOAuth(options, data, nowMs);
  const account = {
    data,
    settings: toSettings(options, nowMs),
    acceptedTokens: new Set([token]),
    oauth,
    rateLimiter: createRateLimiter(options.rateLimit, nowMs),
  };
  const server = await startCrmServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    handle: (exchange) => handle(account, exchange),
  });
  return Object.assign(server, {
    data,
    token,
    acceptedTokens: account.acceptedTokens,
    oauth,
    rateLimiter: account.rateLimiter,
    trashContact(id: number) {
      const row = data.contacts.find((contact) => contact.id === id);
      if (row === undefined) return;
      row.isTrashed = true;
      const created_at = Math.floor(nowMs() / 1_000);
      data.events.push({ id: data.events.length + 1, type: 'contact_deleted', entity_id: id, entity_type: 'contact', created_at });
    },
    countWrites: () => server.requests.filter(({ didWrite }) => didWrite).length,
  });
}
