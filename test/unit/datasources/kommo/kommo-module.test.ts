import { describe, expect, test } from 'vitest';
import { kommoModule } from '../../../../src/datasources/kommo/kommo-module.ts';

const url = 'https://acme.kommo.com';
const oauth = { clientId: 'id', clientSecret: 'secret', redirectUri: 'https://example.com/callback' };

function faults(settings: object) {
  const result = kommoModule.settings.safeParse(settings);
  return result.success ? [] : result.error.issues.map(({ path }) => path.join('.')).sort();
}

describe('settings', () => {
  test('take a long-lived token, with the limit and scans by default', () => {
    expect(kommoModule.settings.parse({ url: `${url}/`, token: ' abc ' })).toEqual({ url, token: 'abc', rateLimit: 7, scans: 'on' });
  });

  test('take an OAuth integration, and numbers as the environment has them', () => {
    expect(kommoModule.settings.parse({ url, ...oauth, rateLimit: '15', scans: 'off' })).toEqual({
      url,
      ...oauth,
      rateLimit: 15,
      scans: 'off',
    });
  });

  test.each([
    [{ url }, ['token']],
    [{}, ['token', 'url']],
    [{ url: 'https://www.kommo.com', token: 'abc' }, ['url']],
    [{ url: 'http://acme.kommo.com', token: 'abc' }, ['url']],
    [{ url, clientId: 'id' }, ['clientSecret', 'redirectUri']],
    [{ url, token: 'abc', ...oauth }, ['clientId', 'clientSecret', 'redirectUri']],
    [{ url, token: 'two words' }, ['token']],
    [{ url, token: '' }, ['token']],
    [{ url, token: 'abc', rateLimit: '0' }, ['rateLimit']],
    [{ url, token: 'abc', scans: 'perhaps' }, ['scans']],
    [{ url, ...oauth, redirectUri: 'nowhere' }, ['redirectUri']],
  ])('name every fault (%#)', (settings, expected) => {
    expect(faults(settings)).toEqual(expected);
  });

  test('never show a value in a fault', () => {
    const result = kommoModule.settings.safeParse({ url: 'ftp://canary', token: 'canary blank', scans: 'canary' });
    expect(result.error?.issues.map(({ message }) => message).join(' ')).not.toContain('canary');
  });

  test('have an environment name for each member', () => {
    const names = Object.entries(kommoModule.environment.names);
    expect(names.every(([name]) => name.startsWith(kommoModule.environment.prefix))).toBe(true);
    expect(names.map(([, key]) => key).sort()).toEqual(['clientId', 'clientSecret', 'rateLimit', 'redirectUri', 'scans', 'token', 'url']);
  });
});
