import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loginSession, readExpireAt } from '../../../../src/datasources/callgear/credentials.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { newCall } from './scripted-callgear.ts';

const NOW = 1_790_000_000_000;
const MINUTE_MS = 60_000;

describe('the end of a session', () => {
  it.each([
    ['seconds', NOW / 1000],
    ['milliseconds', NOW],
    ['numeric text', String(NOW / 1000)],
    ['a date', new Date(NOW).toISOString()],
  ])('is read from %s', (_, expireAt) => {
    expect(readExpireAt(expireAt)).toBe(NOW);
  });

  it.each([undefined, null, 'soon', 0, -1, Number.NaN, Infinity, 1e300, '1e999', '9'.repeat(400), '9'.repeat(20), {}])(
    'is unknown when it is given as %.20s',
    (expireAt) => {
      expect(readExpireAt(expireAt)).toBeNull();
    },
  );
});

describe('a session', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lives an hour when CallGear does not say, and is renewed a minute before that', async () => {
    const logIn = vi.fn(async () => ({ token: 'session', expiresAt: null }));
    const session = loginSession('callgear', logIn, Date.now);
    await session.getToken(newCall());
    vi.advanceTimersByTime(59 * MINUTE_MS - 1);
    await session.getToken(newCall());
    expect(logIn).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await session.getToken(newCall());
    expect(logIn).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['a wrong password', 'UNAUTHENTICATED', 'auth_error'],
    ['a disabled account', 'FORBIDDEN', 'account_inactive'],
    ['a session that is refused as soon as it has begun', 'UNAUTHENTICATED', 'access_token_invalid'],
  ] as const)('is not tried for ten seconds after %s', async (_, code, mnemonic) => {
    const logIn = vi.fn(() => Promise.reject(new SourceError('callgear', code, 'no', { errorKey: mnemonic })));
    const session = loginSession('callgear', logIn, Date.now);
    for (let call = 0; call < 3; call += 1) await expect(session.getToken(newCall())).rejects.toMatchObject({ errorKey: mnemonic });
    expect(logIn).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    await expect(session.getToken(newCall())).rejects.toMatchObject({ errorKey: mnemonic });
    expect(logIn).toHaveBeenCalledTimes(2);
  });

  it('is tried at once after a fault of CallGear', async () => {
    const logIn = vi.fn(() => Promise.reject(new SourceError('callgear', 'UNAVAILABLE', 'no', { errorKey: 'internal_error' })));
    const session = loginSession('callgear', logIn, Date.now);
    for (let call = 0; call < 2; call += 1) await expect(session.getToken(newCall())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(logIn).toHaveBeenCalledTimes(2);
  });
});
