import { z } from 'zod';
import { WHATEVER_ELSE_IS_WRONG, checkWayIn } from '../credentials/way-in.ts';
import type { SourceHttp } from '../http/source-http.ts';
import type { SourceDependencies, SourceModule } from '../source-module.ts';
import { callLimit } from '../wire/call-limit.ts';
import { sourceUrl } from '../wire/source-url.ts';
import { createConnection } from './credentials/connection.ts';
import { longLivedToken } from './credentials/credentials.ts';
import { KommoDatasource } from './datasource.ts';
import { OAuthCredentials } from './credentials/oauth-credentials.ts';
import type { OAuthClient } from './credentials/oauth.ts';
import { kommoProfile } from './profile.ts';

/** Kommo's own limit for one integration, in requests a second. @see https://developers.kommo.com/docs/limitations */
const RATE_LIMIT_DEFAULT = 7;
const RATE_LIMIT_MAX = 1_000;
/** A little more than a second, since their clock and ours do not tick together; from the last moment at which a call can have arrived. */
const RATE_WINDOW_MS = 1_010;
const CALLS_AT_ONCE = 8;

/** Hosts of the platform itself, which Kommo forbids for the API. */
const PLATFORM_HOST = /^(www\.)?(kommo\.com|amocrm\.(ru|com))$/i;

/** Printable characters only: it goes into a header or a body as it is. */
const secret = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must not be empty, nor hold blanks');

const kommoSettings = z
  .object({
    url: sourceUrl.refine((url) => !PLATFORM_HOST.test(new URL(url).hostname), {
      message: "must be the account's own address, such as https://acme.kommo.com",
    }),
    token: secret.optional(),
    clientId: secret.optional(),
    clientSecret: secret.optional(),
    redirectUri: z.url().optional(),
    rateLimit: callLimit(RATE_LIMIT_MAX, RATE_LIMIT_DEFAULT),
    scans: z.enum(['on', 'off']).default('on'),
  })
  .superRefine(checkWayIn({ clientId: 'client id', clientSecret: 'client secret', redirectUri: 'redirect URI' }), WHATEVER_ELSE_IS_WRONG);
/** What one Kommo account needs: its address, and one of two ways in. */
export type KommoSettings = z.infer<typeof kommoSettings>;

/** The integration's registration; null when the account is connected with a long-lived token. */
export function oauthClientOf({ clientId, clientSecret, redirectUri }: KommoSettings): OAuthClient | null {
  return clientId === undefined || clientSecret === undefined || redirectUri === undefined ? null : { clientId, clientSecret, redirectUri };
}

/** Kommo (amoCRM), over its API v4, with a long-lived token or by OAuth. */
export const kommoModule: SourceModule<KommoSettings> = {
  ...kommoProfile,
  defaultName: 'kommo',
  settings: kommoSettings,
  environment: {
    prefix: 'KOMMO_',
    names: {
      KOMMO_URL: 'url',
      KOMMO_TOKEN: 'token',
      KOMMO_CLIENT_ID: 'clientId',
      KOMMO_CLIENT_SECRET: 'clientSecret',
      KOMMO_REDIRECT_URI: 'redirectUri',
      KOMMO_RATE_LIMIT: 'rateLimit',
      KOMMO_SCANS: 'scans',
    },
  },
  create(name, settings, dependencies) {
    const { log, now, tokenStore, defaultCountry, scanBudget, referenceTtlMs } = dependencies;
    const { url: baseUrl, token = '', scans } = settings;
    const client = oauthClientOf(settings);
    const http = createHttp(name, settings, dependencies);
    const credentials = client === null ? longLivedToken(token) : new OAuthCredentials({ source: name, http, client, now, tokenStore });
    return new KommoDatasource({
      name,
      baseUrl,
      http,
      credentials,
      log,
      defaultCountry,
      scanBudget,
      hasScans: scans === 'on',
      referenceTtlMs,
      now,
    });
  },
  connect(name, settings, dependencies) {
    const client = oauthClientOf(settings);
    if (client === null) return null;
    const { now, tokenStore } = dependencies;
    const http = createHttp(name, settings, dependencies);
    return createConnection({ source: name, http, client, now, baseUrl: settings.url, tokenStore });
  },
};

function createHttp(source: string, settings: KommoSettings, dependencies: SourceDependencies): SourceHttp {
  const { url: baseUrl, token = '', clientId, rateLimit } = settings;
  return dependencies.createHttp({
    source,
    baseUrl,
    credential: `${baseUrl} ${clientId ?? token}`,
    rateLimits: [{ window: 'SECOND', windowMs: RATE_WINDOW_MS, limit: rateLimit }],
    concurrencyMax: CALLS_AT_ONCE,
  });
}
