import { expect, test } from 'vitest';
import { readSettings } from '../../../src/config/settings.ts';
import { SOURCE_MODULES } from '../../../src/datasources/registry.ts';
import { closingMsMax } from '../../../src/server/server.ts';

/** The longest that a source reads after a write whose answer was lost, and waits for new tokens. */
const READ_BACK_MS_MAX = 5_000;
const GRANT_MS_MAX = 30_000;

test.each([
  ['10000', '10000'],
  ['10000', '60000'],
  ['100', '50'],
  ['100', '86400000'],
])(
  'a request of %s ms that deletes or renews tokens at its end, with %s ms for a write, is over before the process gives up',
  (request, write) => {
    const settings = readSettings({ REQUEST_TIMEOUT_MS: request, WRITE_TIMEOUT_MS: write }, SOURCE_MODULES);

    expect(closingMsMax(settings)).toBeGreaterThan(Number(request) + Number(write) + READ_BACK_MS_MAX);
    expect(closingMsMax(settings)).toBeGreaterThan(Number(request) + GRANT_MS_MAX);
  },
);
