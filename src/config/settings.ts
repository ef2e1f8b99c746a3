import { readFileSync } from 'node:fs';
import type { SourceModule } from '../datasources/source-module.ts';
import { parseApiKeys, type ApiKey } from '../auth/api-keys.ts';
import { isLoopbackHost } from '../platform/loopback.ts';
import { parseManifest, type PersistedOperations } from '../graphql/use-persisted-operations.ts';
import type { TracingSettings } from '../telemetry/tracing/tracing-settings.ts';
import { faultsByPath, inPlainWords } from './fault-text.ts';
import { replicaFaults, toReplicaSettings, type ReplicaSettings } from './replica-settings.ts';
import { GENERAL_SETTINGS, TRACE_PROTOCOL, type GeneralSettings } from './general-settings.ts';
import { readFileSettings } from './file-settings.ts';
import { readSourceSettings, type ConfiguredSource } from './source-settings.ts';

/** The settings are wrong. Every fault names its setting and shows no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The settings are wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** A hundred in a second: one key is often that of a whole front end. Without keys callers are this machine's own programs. */
export const RATE_LIMIT_WITH_KEYS = 6_000;

const JWT_NAMES = ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const;

/** All settings, read and checked; docs/settings.md says what each does. Durations are in milliseconds. */
export interface Settings {
  readonly isProduction: boolean;
  /** Nothing is configured, so the gateway runs on the sandbox. `sources` is then empty until the sandbox has started. */
  readonly isSandbox: boolean;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Host names, besides those of loopback, that requests may be addressed to. */
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly trustsProxy: boolean;
  readonly defaultCountry: string | undefined;
  readonly requestTimeoutMs: number;
  readonly sourceTimeoutMs: number;
  /** How long the answer to a deletion is waited for once it is sent; the request's own time does not cut it. */
  readonly writeTimeoutMs: number;
  readonly cacheTtlMs: number;
  readonly referenceTtlMs: number;
  /** Rows that a list may read of each source to find matches that its CRM cannot filter. */
  readonly scanBudget: number;
  /** Upstream calls that one request may cost. */
  readonly callBudget: number;
  /** Values that one request may resolve. */
  readonly valueBudget: number;
  /** Bytes of what is kept of the CRMs' replies, of all sources together, by a rough count. */
  readonly cacheBytes: number;
  /** Bytes of whole answers that are kept for equal requests; 0: every request is executed by itself. */
  readonly answerCacheBytes: number;
  /** Characters of the CRMs' replies that one request may read. */
  readonly replyBudget: number;
  /** Requests of one caller in a minute; null: as many as they like. */
  readonly callerRateLimit: number | null;
  /** The share of each limit of a CRM that is kept for callers who have used little of it; 0 where there can be one caller only. */
  readonly callerReserve: number;
  readonly apiKeys: readonly ApiKey[];
  readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  readonly tokenStorePath: string;
  /** What several processes share; null: there is one. */
  readonly replicas: ReplicaSettings | null;
  /** The only operations that run; null: whatever callers write. */
  readonly persistedOperations: PersistedOperations | null;
  /** Whether all contacts of each source are read in the background, and kept as keyed hashes. */
  readonly hasContactIndex: boolean;
  readonly contactIndexMaxAgeMs: number;
  /** Of a day quota of a CRM: what the index may use. */
  readonly contactIndexQuotaShare: number;
  /** How contacts of one person are found. */
  readonly identity: {
    /** Phones and e-mail addresses that many use. */
    readonly sharedKeys: readonly string[];
    /** Local parts of mailboxes that many use. */
    readonly sharedMailboxes: readonly string[];
    readonly foldsPlusAddresses: boolean;
    /** Names of sources, the most trusted first. */
    readonly priority: readonly string[];
  };
  /** Of what is signed or hashed for this gateway alone; null: one is made at the start. */
  readonly stateKey: string | null;
  /** Whether whoever planned an erasure may not execute it. */
  readonly isFourEyesErasure: boolean;
  /** With what receipts of erasures are signed; null: a key that is kept beside the tokens. */
  readonly receiptKey: string | null;
  readonly hasGraphiql: boolean;
  readonly hasIntrospection: boolean;
  readonly hasStatusPage: boolean;
  /** How lines of the log are written; auto: as text on a terminal, as JSON elsewhere and in production. */
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly logLevel: string;
  /** Where traces are sent; null: nowhere. */
  readonly tracing: TracingSettings | null;
  readonly sources: readonly ConfiguredSource[];
}

/**
 * Reads the settings, once, at start-up. An empty variable counts as left out.
 *
 * @throws SettingsError that names every fault.
 */
export function readSettings(environment: NodeJS.ProcessEnv, modules: readonly SourceModule[]): Settings {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const { given, faults: fileFaults } = readFileSettings(set, namesOf(modules), '_FILE', (path) => readFileSync(path, 'utf8'));
  const faults = [...fileFaults];
  const values = readGeneral(given, faults);
  const sources = readSourceSettings(given, modules, (path) => readFileSync(path, 'utf8'));
  faults.push(...sources.faults);

  const isProduction = values.NODE_ENV === 'production';
  const keys = values.API_KEYS === undefined ? { keys: [], faults: [] } : parseApiKeys(values.API_KEYS);
  faults.push(...keys.faults.map((fault) => `API_KEYS: ${fault}`));
  const jwt = JWT_NAMES.filter((name) => given[name] !== undefined);
  if (jwt.length > 0 && jwt.length < JWT_NAMES.length) faults.push(`${JWT_NAMES.join(', ')}: give all three, or none`);
  const hasKeys = given['API_KEYS'] !== undefined || jwt.length > 0;
  if (!isLoopbackHost(values.HOST) && !hasKeys) {
    faults.push(
      'HOST: an address that others can reach needs callers to have keys: set API_KEYS (npm run key makes one) or JWT_JWKS_URL, or leave HOST out',
    );
  }
  if (!sources.isConfigured && isProduction) faults.push('no source is configured, and NODE_ENV=production never starts the sandbox');
  // One that is given and wrong was told already, and is not missing.
  faults.push(...replicaFaults(values).filter((fault) => given[fault.slice(0, fault.indexOf(':'))] === undefined));
  const persistedOperations = readManifest(values.PERSISTED_OPERATIONS, faults);
  const tracing = toTracingSettings(values, faults);
  if (faults.length > 0) throw new SettingsError(faults);

  return {
    isProduction,
    isSandbox: !sources.isConfigured,
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.ALLOWED_HOSTS,
    corsOrigins: values.CORS_ORIGINS,
    trustsProxy: values.TRUST_PROXY,
    defaultCountry: values.DEFAULT_COUNTRY,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    sourceTimeoutMs: values.SOURCE_TIMEOUT_MS,
    writeTimeoutMs: values.WRITE_TIMEOUT_MS,
    cacheTtlMs: values.CACHE_TTL_MS,
    referenceTtlMs: values.REFERENCE_TTL_MS,
    ...toBudgets(values),
    callerRateLimit: values.CALLER_RATE_LIMIT ?? (hasKeys ? RATE_LIMIT_WITH_KEYS : null),
    callerReserve: keys.keys.length > 1 || jwt.length > 0 ? values.CALLER_RESERVE : 0,
    apiKeys: keys.keys,
    jwt:
      jwt.length > 0 ? { jwksUrl: values.JWT_JWKS_URL ?? '', issuer: values.JWT_ISSUER ?? '', audience: values.JWT_AUDIENCE ?? '' } : null,
    tokenStorePath: values.TOKEN_STORE,
    replicas: toReplicaSettings(values),
    persistedOperations,
    ...toIdentitySettings(values, !sources.isConfigured),
    hasGraphiql: values.GRAPHIQL ?? !isProduction,
    hasIntrospection: values.INTROSPECTION ?? !isProduction,
    hasStatusPage: values.STATUS_PAGE ?? !isProduction,
    logFormat: values.LOG_FORMAT,
    logLevel: values.LOG_LEVEL,
    tracing,
    sources: sources.sources,
  };
}

function toBudgets(values: GeneralSettings) {
  return {
    scanBudget: values.SCAN_BUDGET,
    callBudget: values.CALL_BUDGET,
    valueBudget: values.VALUE_BUDGET,
    replyBudget: values.REPLY_BUDGET,
    cacheBytes: values.CACHE_BYTES,
    answerCacheBytes: values.ANSWER_CACHE_BYTES,
  };
}

function namesOf(modules: readonly SourceModule[]): ReadonlySet<string> {
  const ofSources = modules.flatMap(({ environment }) => Object.keys(environment.names));
  return new Set([...Object.keys(GENERAL_SETTINGS.shape), ...ofSources, 'CRM_GATEWAY_CONFIG']);
}

/** What is wrong is left out and reported, so that the rest can be looked at too. */
function readGeneral(given: Readonly<Record<string, string | undefined>>, faults: string[]): GeneralSettings {
  const result = GENERAL_SETTINGS.safeParse(given, { error: inPlainWords });
  if (result.success) return result.data;
  for (const [path, fault] of faultsByPath(result.error)) faults.push(`${path}: ${fault}`);
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])));
  return GENERAL_SETTINGS.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}

function toIdentitySettings(
  values: GeneralSettings,
  isSandbox: boolean,
): Pick<
  Settings,
  'hasContactIndex' | 'contactIndexMaxAgeMs' | 'contactIndexQuotaShare' | 'identity' | 'stateKey' | 'isFourEyesErasure' | 'receiptKey'
> {
  return {
    hasContactIndex: values.CONTACT_INDEX ?? isSandbox,
    contactIndexMaxAgeMs: values.CONTACT_INDEX_MAX_AGE_MS,
    contactIndexQuotaShare: values.CONTACT_INDEX_QUOTA_SHARE,
    identity: {
      sharedKeys: values.SHARED_KEYS,
      sharedMailboxes: values.SHARED_MAILBOXES,
      foldsPlusAddresses: values.PLUS_ADDRESSES === 'folded',
      priority: values.IDENTITY_PRIORITY,
    },
    stateKey: values.STATE_KEY ?? null,
    isFourEyesErasure: values.ERASURE_FOUR_EYES,
    receiptKey: values.RECEIPT_KEY ?? null,
  };
}

function toTracingSettings(values: GeneralSettings, faults: string[]): TracingSettings | null {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '');
  const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? undefined : `${base}/v1/traces`);
  if (url === undefined || values.OTEL_SDK_DISABLED) return null;
  // Platforms set it for all their programs: where nothing is sent it does no harm.
  if (values.OTEL_EXPORTER_OTLP_PROTOCOL !== TRACE_PROTOCOL) {
    faults.push(`OTEL_EXPORTER_OTLP_PROTOCOL: must be ${TRACE_PROTOCOL}, the only one that is sent`);
  }
  return {
    url,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: values.OTEL_SERVICE_NAME,
    resourceAttributes: values.OTEL_RESOURCE_ATTRIBUTES,
    sampler: values.OTEL_TRACES_SAMPLER,
    samplerRatio: values.OTEL_TRACES_SAMPLER_ARG,
  };
}

function readManifest(path: string | undefined, faults: string[]): PersistedOperations | null {
  if (path === undefined) return null;
  try {
    const operations = parseManifest(readFileSync(path, 'utf8'));
    if (operations === null) faults.push('PERSISTED_OPERATIONS: must be JSON, {"ID": "query …"} or {"operations": [{"id", "body"}]}');
    return operations;
  } catch {
    faults.push('PERSISTED_OPERATIONS: the file cannot be read');
    return null;
  }
}
