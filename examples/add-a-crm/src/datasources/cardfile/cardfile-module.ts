import { z } from 'zod';
import type { SourceModule } from '../source-module.ts';
import { sourceUrl } from '../wire/source-url.ts';
import { CardfileDatasource } from './datasource.ts';
import { cardfileProfile } from './profile.ts';

/** Calls under way at once, and a minute's limit that Cardfile names in its terms. */
const CALLS_AT_ONCE = 4;
const RATE_LIMIT = { window: 'MINUTE', windowMs: 60_000, limit: 600 } as const;

const settings = z.object({ url: sourceUrl, token: z.string().regex(/^[\x21-\x7e]+$/, 'must not be empty, nor hold blanks') });

/** Cardfile, an address book that was invented to show how a CRM is added. */
export const cardfileModule: SourceModule<z.infer<typeof settings>> = {
  ...cardfileProfile,
  defaultName: 'cardfile',
  settings,
  environment: { prefix: 'CARDFILE_', names: { CARDFILE_URL: 'url', CARDFILE_TOKEN: 'token' } },
  create(name, { url, token }, dependencies) {
    const http = dependencies.createHttp({
      source: name,
      baseUrl: url,
      credential: `${url} ${token}`,
      rateLimits: [RATE_LIMIT],
      concurrencyMax: CALLS_AT_ONCE,
    });
    return new CardfileDatasource({ name, http, token, dependencies });
  },
};
