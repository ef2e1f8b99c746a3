import { z } from 'zod';
import { WHATEVER_ELSE_IS_WRONG, checkWayIn } from '../credentials/way-in.ts';
import type { SourceModule } from '../source-module.ts';
import { callLimit } from '../wire/call-limit.ts';
import { sourceUrl } from '../wire/source-url.ts';
import { OnlyofficeDatasource, type OnlyofficeSettings } from './datasource.ts';
import { onlyofficeProfile } from './profile.ts';

/**
 * The limit of the hosted portals for one account, in calls in ten seconds; one's own server has none.
 *
 * @see https://api.onlyoffice.com/workspace/api-backend/get-started/basic-concepts
 */
const RATE_LIMIT_DEFAULT = 500;
const RATE_LIMIT_MAX = 10_000;

const secret = z.string().transform((text) => (text.trim() === '' ? undefined : text));
/** It goes into a header as it is. */
const token = secret
  .transform((text) => text?.trim())
  .refine((text) => text === undefined || /^[\x21-\x7e]+( [\x21-\x7e]+)?$/.test(text), {
    message: 'must be one line of plain characters',
  });

/** One portal's address, and one of two ways in: a token, or a user name with a password. */
const settings = z
  .object({
    url: sourceUrl,
    token: token.optional(),
    username: secret.optional(),
    password: secret.optional(),
    rateLimit: callLimit(RATE_LIMIT_MAX, RATE_LIMIT_DEFAULT),
  })
  .superRefine(checkWayIn({ username: 'user name', password: 'password' }), WHATEVER_ELSE_IS_WRONG)
  .transform(({ url, token: given, username = '', password = '', rateLimit }): OnlyofficeSettings => {
    if (given !== undefined) return { url, credential: { kind: 'token', token: given }, rateLimit };
    return { url, credential: { kind: 'password', username: username.trim(), password }, rateLimit };
  });

/** ONLYOFFICE Workspace's CRM, over its REST API. */
export const onlyofficeModule: SourceModule<OnlyofficeSettings> = {
  ...onlyofficeProfile,
  defaultName: 'onlyoffice',
  settings,
  environment: {
    prefix: 'ONLYOFFICE_',
    names: {
      ONLYOFFICE_URL: 'url',
      ONLYOFFICE_TOKEN: 'token',
      ONLYOFFICE_USERNAME: 'username',
      ONLYOFFICE_PASSWORD: 'password',
      ONLYOFFICE_RATE_LIMIT: 'rateLimit',
    },
  },
  create: (name, configured, dependencies) => new OnlyofficeDatasource(name, configured, dependencies),
};
