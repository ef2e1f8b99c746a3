import { describe, expect, test } from 'vitest';
import { exchangeCode } from '../../../../../src/datasources/kommo/credentials/oauth.ts';
import { GovernedHttp } from '../../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../../src/datasources/governor/governor.ts';
import { startKommoSandbox } from '../../../../../src/sandbox/kommo/kommo-sandbox.ts';
import { createTestLog } from '../../../../support/call.ts';
import { integration, MINUTE_MS } from './connected-kommo.ts';

describe('exchangeCode', () => {
  async function exchange(code: (issued: string) => string, client = integration) {
    await using sandbox = await startKommoSandbox({ integration });
    const http = new GovernedHttp(
      { source: 'kommo', baseUrl: sandbox.url, credential: 'client', rateLimits: [], concurrencyMax: 8 },
      { governor: new Governor(), log: createTestLog(), sourceTimeoutMs: 5_000 },
    );
    return await exchangeCode({ source: 'kommo', http, client, now: Date.now }, code(sandbox.oauth.vault.issueCode()));
  }

  test('gives the first pair', async () => {
    const pair = await exchange((issued) => issued);
    expect(pair.accessToken).not.toBe('');
    expect(pair.refreshToken).not.toBe('');
    expect(pair.expiresAt.getTime()).toBeGreaterThan(Date.now() + 23 * 60 * MINUTE_MS);
  });

  test.each([
    ['a code that is none', () => 'none', integration, 'code cannot be read'],
    ['a wrong secret', (issued: string) => issued, { ...integration, clientSecret: 'wrong' }, 'client secret is wrong'],
    ['another redirect URI', (issued: string) => issued, { ...integration, redirectUri: 'https://example.com/x' }, 'redirect URI is not'],
  ])('says what is wrong with %s', async (_what, code, client, advice) => {
    await expect(exchange(code, client)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining(advice) });
  });
});
