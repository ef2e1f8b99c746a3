import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SourceModule } from './datasources/source-module.ts';
import { parseApiKeys, type ApiKey } from './door/api-keys.ts';
import { isLoopbackHost } from './door/hosts.ts';
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
const list = z.string().transform((text) =>
  text
    .split(/[\s,]+/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);
const flag = z.enum(['true', 'false', '1', '0', 'on', 'off']).transform((text) => ['true', '1', 'on'].includes(text));

/** Everything but the sources. A member's name is the environment's. */
const general = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  ALLOWED_HOSTS: list.default([]),
  CORS_ORIGINS: list.default([]),
  TRUST_PROXY: flag.default(false),
  DEFAULT_COUNTRY: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be a country of two letters, such as DE')
    .transform((text) => text.toUpperCase())
    .optional(),
  REQUEST_TIMEOUT_MS: milliseconds(100).default(10_000),
  SOURCE_TIMEOUT_MS: milliseconds(50).default(5_000),
  CACHE_TTL_MS: milliseconds(0).default(30_000),
  REFERENCE_TTL_MS: milliseconds(0).default(300_000),
  SCAN_BUDGET: count.default(1_000),
  CALL_BUDGET: count.default(100),
  CALLER_RATE_LIMIT: count.default(600),
  API_KEYS: z.string().optional(),
  JWT_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  TOKEN_STORE: z.string().default('.crm-gateway/tokens.json'),
  PERSISTED_OPERATIONS: z.string().optional(),
  GRAPHIQL: flag.optional(),
  INTROSPECTION: flag.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

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
  readonly cacheTtlMs: number;
  readonly referenceTtlMs: number;
  /** Rows that a list may read of each source to find matches that its CRM cannot filter. */
  readonly scanBudget: number;
  /** Upstream calls that one request may cost. */
  readonly callBudget: number;
  /** Requests of one caller in a minute. */
  readonly callerRateLimit: number;
  readonly apiKeys: readonly ApiKey[];
  readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  readonly tokenStorePath: string;
  readonly persistedOperationsPath: string | undefined;
  readonly hasGraphiql: boolean;
  readonly hasIntrospection: boolean;
  readonly logLevel: string;
  readonly sources: readonly ConfiguredSource[];
}

/**
 * Reads the settings, once, at start-up. An empty variable counts as left out.
 *
 * @throws SettingsError that names every fault.
 */
export function readSettings(environment: NodeJS.ProcessEnv, modules: readonly SourceModule[]): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const faults: string[] = [];
  const result = general.safeParse(given);
  if (!result.success) faults.push(...result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const sources = readSourceSettings(given, modules, (path) => readFileSync(path, 'utf8'));
  faults.push(...sources.faults);
  if (!result.success) throw new SettingsError(faults);

  const values = result.data;
  const isProduction = values.NODE_ENV === 'production';
  const keys = values.API_KEYS === undefined ? { keys: [], faults: [] } : parseApiKeys(values.API_KEYS);
  faults.push(...keys.faults.map((fault) => `API_KEYS: ${fault}`));
  const jwtParts = [values.JWT_JWKS_URL, values.JWT_ISSUER, values.JWT_AUDIENCE];
  const isJwtWhole = jwtParts.every((part) => part !== undefined);
  if (!isJwtWhole && jwtParts.some((part) => part !== undefined)) {
    faults.push('JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE: give all three, or none');
  }
  const hasKeys = keys.keys.length > 0 || isJwtWhole;
  if (!isLoopbackHost(values.HOST) && !hasKeys) {
    faults.push(
      'HOST: an address that others can reach needs callers to have keys: set API_KEYS (npm run key makes one) or JWT_JWKS_URL, or leave HOST out',
    );
  }
  if (!sources.isConfigured && isProduction) faults.push('no source is configured, and NODE_ENV=production never starts the sandbox');
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
    cacheTtlMs: values.CACHE_TTL_MS,
    referenceTtlMs: values.REFERENCE_TTL_MS,
    scanBudget: values.SCAN_BUDGET,
    callBudget: values.CALL_BUDGET,
    callerRateLimit: values.CALLER_RATE_LIMIT,
    apiKeys: keys.keys,
    jwt: isJwtWhole ? { jwksUrl: values.JWT_JWKS_URL ?? '', issuer: values.JWT_ISSUER ?? '', audience: values.JWT_AUDIENCE ?? '' } : null,
    tokenStorePath: values.TOKEN_STORE,
    persistedOperationsPath: values.PERSISTED_OPERATIONS,
    hasGraphiql: values.GRAPHIQL ?? !isProduction,
    hasIntrospection: values.INTROSPECTION ?? !isProduction,
    logLevel: values.LOG_LEVEL,
    sources: sources.sources,
  };
}
