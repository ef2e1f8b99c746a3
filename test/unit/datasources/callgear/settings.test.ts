import { describe, expect, it } from 'vitest';
import { callgearModule } from '../../../../src/datasources/callgear/callgear-module.ts';

const url = 'https://dataapi.callgear.com/v2.0';

function faultsOf(settings: object): string[] {
  const result = callgearModule.settings.safeParse(settings);
  return result.success ? [] : result.error.issues.map(({ path }) => path.join('.'));
}

describe('settings of CallGear', () => {
  it('take a key or a login with its password, and the user of an agent as number or text', () => {
    expect(callgearModule.settings.parse({ url, token: 'k', userId: '42' })).toEqual({ url, token: 'k', userId: 42 });
    expect(callgearModule.settings.parse({ url, login: 'a', password: 'b', userId: 7 })).toEqual({
      url,
      login: 'a',
      password: 'b',
      userId: 7,
    });
  });

  it.each([
    [{ url }, ['token']],
    [{ token: 'k' }, ['url']],
    [{ url, login: 'a' }, ['password']],
    [{ url, password: 'b' }, ['login']],
    [{ url, token: 'k', login: 'a', password: 'b' }, ['login', 'password']],
    [{ url, token: '' }, ['token']],
    [{ url, token: 'k', userId: 'me' }, ['userId']],
    [{ url: 'http://dataapi.callgear.com/v2.0', token: 'k' }, ['url']],
    [{ url: 'nonsense' }, ['url', 'token']],
    [{ url: 'nonsense', login: 'a', userId: 'me' }, ['url', 'userId', 'password']],
    [{}, ['url', 'token']],
  ])('name what is wrong in %j', (settings, faults) => {
    expect(faultsOf(settings)).toEqual(faults);
  });

  it('never repeat a secret in a fault', () => {
    const result = callgearModule.settings.safeParse({ url, token: 'hush-1', login: 'hush-2', password: 'hush-3', userId: 'hush-4' });
    expect(JSON.stringify(result.error?.issues)).not.toContain('hush');
  });
});
