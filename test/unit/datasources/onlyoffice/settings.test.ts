import { describe, expect, test } from 'vitest';
import { onlyofficeModule } from '../../../../src/datasources/onlyoffice/onlyoffice-module.ts';

function faultsOf(values: object): string[] {
  const result = onlyofficeModule.settings.safeParse(values);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const url = 'https://portal.example.com/';

describe('settings', () => {
  test('hold the portal and one way in', () => {
    expect(onlyofficeModule.settings.parse({ url, token: ' abc ' })).toEqual({
      url: 'https://portal.example.com',
      credential: { kind: 'token', token: 'abc' },
      rateLimit: 500,
    });
    expect(onlyofficeModule.settings.parse({ url, token: '', username: 'anna', password: ' p ', rateLimit: '10000' })).toEqual({
      url: 'https://portal.example.com',
      credential: { kind: 'password', username: 'anna', password: ' p ' },
      rateLimit: 10_000,
    });
  });

  test.each([
    ['both ways', { token: 'canary', password: 'canary' }, 'password'],
    ['no way', {}, 'token'],
    ['no password', { username: 'canary' }, 'password'],
    ['no user name', { password: 'canary' }, 'username'],
    ['a token over two lines', { token: 'canary\r\nx-header: 1' }, 'token'],
    ['no calls at all', { token: 't', rateLimit: '0' }, 'rateLimit'],
    ['more calls than can be counted', { token: 't', rateLimit: '10001' }, 'rateLimit'],
    ['a part of a call', { token: 't', rateLimit: '1.5' }, 'rateLimit'],
    ['a limit that is no number', { token: 't', rateLimit: 'canary' }, 'rateLimit'],
  ])('with %s name the fault and no value', (_, values, path) => {
    const faults = faultsOf({ url, ...values });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${path}: `));
    expect(faults[0]).not.toContain('canary');
  });

  test('name the fault of the address and that of the way in together', () => {
    const faults = onlyofficeModule.settings.safeParse({ url: 'nonsense', username: 'anna' }).error?.issues;

    expect(faults?.map(({ path }) => path.join('.'))).toEqual(['url', 'password']);
  });

  test('are read from names that all begin with the prefix', () => {
    const { prefix, names } = onlyofficeModule.environment;

    expect(Object.keys(names).every((name) => name.startsWith(prefix))).toBe(true);
    expect(Object.values(names).toSorted()).toEqual(['password', 'rateLimit', 'token', 'url', 'username']);
  });
});
