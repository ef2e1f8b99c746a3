import { z } from 'zod';
import { toOrigin } from '../auth/cors.ts';
import { toHostName } from '../auth/hosts.ts';
import { isLoopbackHost } from '../platform/loopback.ts';
import { SAMPLERS, parsePairs } from '../telemetry/tracing/tracing-settings.ts';
import { isReceiptKey } from './receipt-key.ts';

const milliseconds = (least: number) => z.coerce.number().int().min(least).max(86_400_000);
const bytes = (least: number) =>
  z.coerce
    .number()
    .int()
    .min(least)
    .max(2 ** 31);
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

/** The only form in which traces are sent. */
export const TRACE_PROTOCOL = 'http/json';

/** Everything but the sources. A member's name is the environment's; docs/settings.md describes each. */
export const GENERAL_SETTINGS = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
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
  CACHE_BYTES: bytes(1_000_000).default(24 * 1024 * 1024),
  ANSWER_CACHE_BYTES: bytes(0).default(16 * 1024 * 1024),
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

/** The general settings, checked, by their names in the environment. */
export type GeneralSettings = z.infer<typeof GENERAL_SETTINGS>;

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
}
