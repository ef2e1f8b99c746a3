import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SourceModule } from '../datasources/source-module.ts';
import { parseApiKeys, type ApiKey } from '../auth/api-keys.ts';
import { isReceiptKey } from './receipt-key.ts';
import { toOrigin } from '../auth/cors.ts';
import { toHostName } from '../auth/hosts.ts';
import { isLoopbackHost } from '../platform/loopback.ts';
import { parseManifest, type PersistedOperations } from '../graphql/use-persisted-operations.ts';
import { SAMPLERS, parsePairs, type TracingSettings } from '../telemetry/tracing/tracing-settings.ts';
import { replicaFaults, toReplicaSettings, type ReplicaSettings } from './replica-settings.ts';
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

const milliseconds = (least: number) => z.coerce.number().int().min(least).max(86_400_000);
const count = z.coerce.number().int().min(1).max(1_000_000);
/** Parted by commas or blanks. `read` gives null for what is no entry. */
const listOf = (read: (text: string) => string | null, fault: string) =>
  z.string().transform((text, context) => {
    const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
    return entries.map((entry) => {
      const value = read(entry);
      if (value === null) context.addIssue({ code: 'custom', message: fault });
      return value ?? '';
    });
  });
/** Parted by commas or semicolons: phone numbers hold blanks. */
const texts = z.string().transform((text) =>
  text
    .split(/[,;]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
const DAY_MS = 86_400_000;
const MAX_AGE_MS = 7 * DAY_MS;
/** `name=value,name=value`, as OpenTelemetry has it. */
const pairs = z.string().transform((text, context) => {
  const read = parsePairs(text);
  if (read === null) context.addIssue({ code: 'custom', message: 'must be name=value, parted by commas' });
  return read ?? {};
});
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be a whole URL, such as http://localhost:4318' });
const flag = z.enum(['true', 'false', '1', '0', 'on', 'off']).transform((text) => ['true', '1', 'on'].includes(text));

const TRACE_PROTOCOL = 'http/json';

/** Everything but the sources. A member's name is the environment's; docs/settings.md describes each. */
export const GENERAL_SETTINGS = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test'], 'must be production, development or test').default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  ALLOWED_HOSTS: listOf(toHostName, 'must be host names, such as gateway.example.com').default([]),
  CORS_ORIGINS: listOf(toOrigin, 'must be whole origins, such as https://app.example.com').default([]),
  TRUST_PROXY: flag.default(false),
  DEFAULT_COUNTRY: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be a country of two letters, such as DE')
    .transform((text) => text.toUpperCase())
    .optional(),
  REQUEST_TIMEOUT_MS: milliseconds(100).default(10_000),
  SOURCE_TIMEOUT_MS: milliseconds(50).default(5_000),
  WRITE_TIMEOUT_MS: milliseconds(50).default(10_000),
  CACHE_TTL_MS: milliseconds(0).default(30_000),
  REFERENCE_TTL_MS: milliseconds(0).default(300_000),
  SCAN_BUDGET: count.default(1_000),
  CALL_BUDGET: count.default(100),
  VALUE_BUDGET: count.default(50_000),
  ANSWER_CACHE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(32 * 1024 * 1024),
  REPLY_BUDGET: z.coerce.number().int().min(1).max(1_000_000_000).default(4_000_000),
  CALLER_RATE_LIMIT: count.optional(),
  CALLER_RESERVE: z.coerce.number().min(0).max(0.5).default(0.2),
  API_KEYS: z.string().optional(),
  JWT_JWKS_URL: z
    .url()
    .refine((text) => isSafeUrl(text), 'must be https; plain http only to loopback')
    .optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  TOKEN_STORE: z.string().default('.crm-gateway/tokens.json'),
  PERSISTED_OPERATIONS: z.string().optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  STATUS_PAGE: flag.optional(),
  CONTACT_INDEX: flag.optional(),
  CONTACT_INDEX_MAX_AGE_MS: z.coerce.number().int().min(60_000).max(MAX_AGE_MS).default(DAY_MS),
  CONTACT_INDEX_QUOTA_SHARE: z.coerce.number().min(0).max(1).default(0.2),
  SHARED_KEYS: texts.default([]),
  SHARED_MAILBOXES: texts.default([]),
  PLUS_ADDRESSES: z.enum(['distinct', 'folded']).default('distinct'),
  IDENTITY_PRIORITY: texts.default([]),
  STATE_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.default({}),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().default(TRACE_PROTOCOL),
  OTEL_SERVICE_NAME: z.string().default('crm-gateway'),
  OTEL_RESOURCE_ATTRIBUTES: pairs.default({}),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_SDK_DISABLED: flag.default(false),
  STATE_KEY_OLD: z.string().min(32, 'must have at least 32 characters').optional(),
  REDIS_URL: z
    .string()
    .refine((text) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? ''), 'must begin with redis:// or rediss://')
    .optional(),
  REPLICAS: z.coerce.number().int().min(1).max(10_000).optional(),
  LOG_FORMAT: z.enum(['auto', 'json', 'text']).default('auto'),
  ERASURE_FOUR_EYES: flag.default(false),
  RECEIPT_KEY: z.string().refine(isReceiptKey, 'must be an Ed25519 private key, in PEM or as base64 of PKCS #8').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

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
  faults.push(...replicaFaults(values));
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
    scanBudget: values.SCAN_BUDGET,
    callBudget: values.CALL_BUDGET,
    valueBudget: values.VALUE_BUDGET,
    answerCacheBytes: values.ANSWER_CACHE_BYTES,
    replyBudget: values.REPLY_BUDGET,
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

function namesOf(modules: readonly SourceModule[]): ReadonlySet<string> {
  const ofSources = modules.flatMap(({ environment }) => Object.keys(environment.names));
  return new Set([...Object.keys(GENERAL_SETTINGS.shape), ...ofSources, 'CRM_GATEWAY_CONFIG']);
}

/** What is wrong is left out and reported, so that the rest can be looked at too. */
function readGeneral(given: Readonly<Record<string, string | undefined>>, faults: string[]): z.infer<typeof GENERAL_SETTINGS> {
  const result = GENERAL_SETTINGS.safeParse(given);
  if (result.success) return result.data;
  faults.push(...result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])));
  return GENERAL_SETTINGS.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}

function toIdentitySettings(
  values: z.infer<typeof GENERAL_SETTINGS>,
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

function toTracingSettings(values: z.infer<typeof GENERAL_SETTINGS>, faults: string[]): TracingSettings | null {
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

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
}
