import { z } from 'zod';
import { WHATEVER_ELSE_IS_WRONG, checkWayIn } from '../credentials/way-in.ts';
import type { SourceModule } from '../source-module.ts';
import { sourceUrl } from '../wire/source-url.ts';
import type { CallgearCredentials } from './client.ts';
import { CallgearDatasource } from './datasource.ts';
import { callgearProfile } from './profile.ts';

/** No fixed limits are published, and the account's own come with every answer; this only keeps bursts short. */
const CONCURRENCY_MAX = 4;

const secret = z.string().min(1, 'must not be empty');

const settings = z
  .object({
    /** Whole, with the version: `https://dataapi.callgear.com/v2.0`. */
    url: sourceUrl,
    /** A key made in the client area. */
    token: secret.optional(),
    login: secret.optional(),
    password: secret.optional(),
    /** For agents: the id of the client's user they act for. */
    userId: z
      .union(
        [
          z.number(),
          z
            .string()
            .trim()
            .regex(/^[0-9]{1,16}$/)
            .transform(Number),
        ],
        { error: 'must be a whole number' },
      )
      .refine((id) => Number.isSafeInteger(id) && id > 0, 'must be a whole number')
      .optional(),
  })
  .superRefine(checkWayIn({ login: 'login', password: 'password' }), WHATEVER_ELSE_IS_WRONG);
/** What one CallGear account needs: its address, one of two ways in, and for agents the user they act for. */
export type CallgearSettings = z.infer<typeof settings>;

/** CallGear's address book; UIS, CoMagic and Novofon differ in the URL alone. */
export const callgearModule: SourceModule<CallgearSettings> = {
  ...callgearProfile,
  defaultName: 'callgear',
  settings,
  environment: {
    prefix: 'CALLGEAR_',
    names: {
      CALLGEAR_URL: 'url',
      CALLGEAR_TOKEN: 'token',
      CALLGEAR_LOGIN: 'login',
      CALLGEAR_PASSWORD: 'password',
      CALLGEAR_USER_ID: 'userId',
    },
  },
  create(name, accountSettings, dependencies) {
    const credentials = toCredentials(accountSettings);
    const http = dependencies.createHttp({
      source: name,
      baseUrl: accountSettings.url,
      // The same login at another of these platforms is another account.
      credential: `${accountSettings.url} ${credentials.kind === 'key' ? credentials.accessToken : credentials.login}`,
      rateLimits: [],
      concurrencyMax: CONCURRENCY_MAX,
    });
    return new CallgearDatasource({ name, http, credentials, userId: accountSettings.userId, dependencies });
  },
};

/** @throws Error when neither way is complete, which the settings' own check leaves no way to. */
function toCredentials({ token, login, password }: CallgearSettings): CallgearCredentials {
  if (token !== undefined) return { kind: 'key', accessToken: token };
  if (login === undefined || password === undefined) throw new Error('CallGear needs a token, or a login and a password.');
  return { kind: 'login', login, password };
}
