import { readSettings, type Settings } from '../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../src/datasources/registry.ts';
import type { CallgearSandboxOptions } from '../../src/sandbox/callgear/callgear-options.ts';
import { startCallgearSandbox, type CallgearSandbox } from '../../src/sandbox/callgear/callgear-sandbox.ts';
import type { CrmServer } from '../../src/sandbox/crm-server.ts';
import type { LoggedRequest } from '../../src/sandbox/fault.ts';
import type { Log } from '../../src/datasources/port/log.ts';
import { startKommoSandbox, type KommoSandbox, type KommoSandboxOptions } from '../../src/sandbox/kommo/kommo-sandbox.ts';
import {
  startOnlyofficeSandbox,
  type OnlyofficeSandbox,
  type OnlyofficeSandboxOptions,
} from '../../src/sandbox/onlyoffice/onlyoffice-sandbox.ts';
import type { Population } from '../../src/sandbox/person.ts';
import { createPopulation, type PopulationOptions } from '../../src/sandbox/population.ts';
import type { AuditLog } from '../../src/telemetry/log.ts';
import type { CallObserver } from '../../src/datasources/http/call-observer.ts';
import type { TracingSettings } from '../../src/telemetry/tracing/tracing-settings.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startGateway, type ClientLimits } from '../../src/server/server.ts';
import { createIdentityKit } from '../../src/federation/identity/identity-kit.ts';
import { createSources, startIndexes } from '../../src/sources.ts';
import { createTestLog } from './call.ts';
import { ALL, type SourceName } from './sources.ts';

export interface TestGatewayOptions {
  /** Numbers of people and the seed, for all three CRMs. */
  readonly population?: PopulationOptions;
  /** How the CRM behaves; null leaves it out. */
  readonly onlyoffice?: OnlyofficeSandboxOptions | null;
  readonly kommo?: KommoSandboxOptions | null;
  readonly callgear?: CallgearSandboxOptions | null;
  /** On top of the sandboxes' URLs and tokens, and of the defaults below. An empty text takes a name away. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the gateway believes to run on its own sandbox, as with `npm start`, so that anyone may delete. True when left out. */
  readonly isSandbox?: boolean;
  /** What clients may keep of the gateway, where it differs from CLIENT_LIMITS. */
  readonly clientLimits?: Partial<ClientLimits>;
}

/** What one operation got, as it came over HTTP. */
export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data | null | undefined;
  readonly errors: readonly AnswerError[];
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The real gateway over HTTP, in front of sandbox CRMs over HTTP. */
export interface TestGateway extends AsyncDisposable {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly settings: Settings;
  /** The sandboxes. @throws Error when the CRM was left out. */
  readonly onlyoffice: OnlyofficeSandbox;
  readonly kommo: KommoSandbox;
  readonly callgear: CallgearSandbox;
  query<Data = unknown>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Data>>;
  /** Like `query`, for operations that must succeed. @throws Error when the answer has errors or no data. */
  ask<Data>(document: string, variables?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Data>;
  /** Upstream requests since the last `clearCalls`, oldest first in each CRM. */
  requests(source?: SourceName): readonly (LoggedRequest & { readonly source: SourceName })[];
  /** How many of them: `{ 'kommo GET /api/v4/contacts': 1 }`. */
  calls(): Readonly<Record<string, number>>;
  clearCalls(): void;
  /** What the gateway logged. */
  readonly log: { readonly level: string; readonly members: object; readonly message: string }[];
}

export type { SourceName };

/** Nothing is remembered between requests, no quota is in the way, and a busy machine is not taken for a silent CRM, unless a test asks for it. */
const ENVIRONMENT = {
  PORT: '0',
  LOG_LEVEL: 'silent',
  CACHE_TTL_MS: '0',
  CALLER_RATE_LIMIT: '1000000',
  REQUEST_TIMEOUT_MS: '80000',
  SOURCE_TIMEOUT_MS: '75000',
};
const KOMMO_ENVIRONMENT = { KOMMO_RATE_LIMIT: '50' };
const CALLGEAR_QUOTAS = { minute: 100_000, day: 10_000_000 };

/** To invent people takes longer than to serve them: those of the same options are invented once, and nobody changes them. */
const populations = new Map<string, Population>();

function populationOf(options: PopulationOptions | undefined): Population {
  const key = JSON.stringify(options ?? {});
  const population = populations.get(key) ?? createPopulation(options);
  populations.set(key, population);
  return population;
}

/** Starts sandbox CRMs and a gateway in front of them, all on free ports. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const population = populationOf(options.population);
  const servers = {
    onlyoffice: options.onlyoffice === null ? null : await startOnlyofficeSandbox({ population, ...options.onlyoffice }),
    kommo: options.kommo === null ? null : await startKommoSandbox({ population, ...options.kommo }),
    callgear: options.callgear === null ? null : await startCallgearSandbox({ population, quotas: CALLGEAR_QUOTAS, ...options.callgear }),
  };
  const gateway = await serve({ ...addressesOf(servers), ...options.environment }, options);
  const { settings, log, query } = gateway;
  const firstRequest: Record<SourceName, number> = { onlyoffice: 0, kommo: 0, callgear: 0 };
  const requests: TestGateway['requests'] = (wanted) =>
    ALL.filter((source) => wanted === undefined || source === wanted).flatMap((source) =>
      (servers[source]?.requests ?? []).slice(firstRequest[source]).map((request) => ({ ...request, source })),
    );
  return {
    url: gateway.url,
    settings,
    get onlyoffice() {
      return present(servers.onlyoffice);
    },
    get kommo() {
      return present(servers.kommo);
    },
    get callgear() {
      return present(servers.callgear);
    },
    query,
    ask: async <Data>(...parameters: Parameters<TestGateway['query']>) => {
      const { data, errors } = await query<Data>(...parameters);
      if (errors.length > 0 || data === null || data === undefined) throw new Error(`The operation failed: ${JSON.stringify(errors)}`);
      return data;
    },
    requests,
    calls() {
      const counts: Record<string, number> = {};
      for (const { source, route } of requests()) counts[`${source} ${route}`] = (counts[`${source} ${route}`] ?? 0) + 1;
      return counts;
    },
    clearCalls() {
      for (const source of ALL) firstRequest[source] = servers[source]?.requests.length ?? 0;
    },
    log: log.lines,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      for (const server of Object.values(servers)) await server?.close();
    },
  };
}

interface Servers {
  readonly onlyoffice: OnlyofficeSandbox | null;
  readonly kommo: KommoSandbox | null;
  readonly callgear: CallgearSandbox | null;
}

function addressesOf({ onlyoffice, kommo, callgear }: Servers): Record<string, string> {
  return {
    ...(onlyoffice && { ONLYOFFICE_URL: onlyoffice.url, ONLYOFFICE_TOKEN: onlyoffice.token }),
    ...(kommo && { KOMMO_URL: kommo.url, KOMMO_TOKEN: kommo.token, ...KOMMO_ENVIRONMENT }),
    ...(callgear && { CALLGEAR_URL: callgear.url, CALLGEAR_TOKEN: callgear.token }),
  };
}

function present<Server extends CrmServer>(server: Server | null): Server {
  if (server === null) throw new Error('This CRM was left out.');
  return server;
}

async function post<Data>(url: string, body: object, headers: Readonly<Record<string, string>>): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Partial<Answer<Data>>;
  return {
    status: response.status,
    headers: response.headers,
    data: answer.data,
    errors: answer.errors ?? [],
    extensions: answer.extensions,
  };
}

/** Starts a gateway alone, on whatever CRMs the environment names. */
export async function serve(
  environment: Readonly<Record<string, string>>,
  options: Pick<TestGatewayOptions, 'isSandbox' | 'clientLimits'> = {},
) {
  const settings = { ...readSettings({ ...ENVIRONMENT, ...environment }, SOURCE_MODULES), isSandbox: options.isSandbox ?? true };
  const log = createTestLog();
  const metrics = createMetrics();
  const identityKit = createIdentityKit(settings);
  const tracing = settings.tracing === null ? undefined : await startTracing(settings.tracing, log);
  const observeCall: CallObserver = (call) => {
    metrics.observeCall(call);
    tracing?.observeCall(call);
  };
  const sources = createSources(settings, log, { observeCall, observeRead: metrics.observeRead, identityKit });
  const stopIndexes = startIndexes(sources);
  const { url, ...gateway } = await startGateway({
    settings,
    log,
    auditLog: toAuditLog(log),
    metrics,
    tracing,
    sources,
    identityKit,
    drainMs: 0,
    clientLimits: options.clientLimits ?? {},
  });
  const query: TestGateway['query'] = (document, variables = {}, headers = {}) => post(url, { query: document, variables }, headers);
  const close = async () => {
    stopIndexes();
    await gateway.close();
    await tracing?.close();
  };
  return { url, settings, log, query, close };
}

async function startTracing(settings: TracingSettings, log: Log) {
  const { createTracing } = await import('../../src/telemetry/tracing/otel-tracing.ts');
  return createTracing(settings, log);
}

/** Audit lines stand among the others. */
function toAuditLog(log: Log): AuditLog {
  return {
    attempt: async (members) => log.info({ channel: 'audit', ...members }, 'deletion attempt'),
    outcome: (members) => log.info({ channel: 'audit', ...members }, 'deletion'),
  };
}
