import { z } from 'zod';
import type { SourceModule } from '../source-module.ts';
import { sourceUrl } from '../wire/source-url.ts';
import { OnlyofficeDatasource, type OnlyofficeSettings } from './datasource.ts';
import { onlyofficeProfile } from './profile.ts';

const secret = z.string().transform((text) => (text.trim() === '' ? undefined : text));
/** It goes into a header as it is. */
const token = secret
  .transform((text) => text?.trim())
  .refine((text) => text === undefined || /^[\x21-\x7e]+( [\x21-\x7e]+)?$/.test(text), {
    message: 'must be one line of plain characters',
  });

function checkCredential(
  { token: given, username, password }: Readonly<Partial<Record<'token' | 'username' | 'password', unknown>>>,
  context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  const fault = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (given !== undefined) {
    if (username !== undefined || password !== undefined) fault('token', 'give the token, or the user name and the password; not both');
  } else if (username === undefined && password === undefined) {
    fault('token', 'is missing (or give a user name and a password)');
  } else if (username === undefined) {
    fault('username', 'is missing (the password needs a user name)');
  } else if (password === undefined) {
    fault('password', 'is missing (the user name needs a password)');
  }
}

/** One portal's address, and one of two ways in: a token, or a user name with a password. */
const settings = z
  .object({ url: sourceUrl, token: token.optional(), username: secret.optional(), password: secret.optional() })
  // Even when other members have faults of their own, so that all are told at once.
  .superRefine(checkCredential, { when: ({ value }) => typeof value === 'object' && value !== null })
  .transform(({ url, token: given, username = '', password = '' }): OnlyofficeSettings => {
    if (given !== undefined) return { url, credential: { kind: 'token', token: given } };
    return { url, credential: { kind: 'password', username: username.trim(), password } };
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
    },
  },
  create: (name, configured, dependencies) => new OnlyofficeDatasource(name, configured, dependencies),
};
