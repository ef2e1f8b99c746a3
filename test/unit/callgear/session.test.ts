import { describe, expect, it } from 'vitest';
import { keySession, loginSession, renewalTime } from '../../../src/datasources/callgear/session.ts';
import { SourceError } from '../../../src/datasources/source-error.ts';

const NOW = 1_790_000_000_000;
const HOUR_MS = 3_600_000;

describe('when a session is renewed', () => {
  it.each([
    ['seconds', (NOW + HOUR_MS) / 1000],
    ['milliseconds', NOW + HOUR_MS],
    ['numeric text', String((NOW + HOUR_MS) / 1000)],
    ['a date', new Date(NOW + HOUR_MS).toISOString()],
    ['nothing', undefined],
    ['nonsense', 'soon'],
  ])('is a minute before its end, told as %s', (_, expireAt) => {
    expect(renewalTime(expireAt, NOW)).toBe(NOW + HOUR_MS - 60_000);
  });

  it('is an hour from now when the clocks differ so much that it would be over already', () => {
    expect(renewalTime(NOW / 1000 - 10, NOW)).toBe(NOW + HOUR_MS);
  });
});

/** A log-in that counts, at a clock that can be set. */
function countedLogIns(lifetimeMs = HOUR_MS) {
  const clock = { now: NOW, logIns: 0 };
  const session = loginSession(
    () => {
      clock.logIns += 1;
      return Promise.resolve({ accessToken: `token-${clock.logIns}`, expireAt: (clock.now + lifetimeMs) / 1000 });
    },
    () => clock.now,
  );
  return { clock, session };
}

describe('a session', () => {
  it('is shared by all who ask at once, and logs in again ahead of its end', async () => {
    const { clock, session } = countedLogIns();
    expect(await Promise.all(Array.from({ length: 50 }, () => session.accessToken()))).toEqual(Array(50).fill('token-1'));
    clock.now += HOUR_MS - 60_000;
    expect(await session.accessToken()).toBe('token-2');
    expect(clock.logIns).toBe(2);
  });

  it('is renounced once by many who find the same token dead', async () => {
    const { clock, session } = countedLogIns();
    const dead = await session.accessToken();
    const renewed = await Promise.all(
      Array.from({ length: 50 }, () => {
        expect(session.renounce(dead)).toBe(true);
        return session.accessToken();
      }),
    );
    expect(renewed).toEqual(Array(50).fill('token-2'));
    session.renounce(dead);
    expect(await session.accessToken()).toBe('token-2');
    expect(clock.logIns).toBe(2);
  });

  it('does not try a refused password again and again', async () => {
    let logIns = 0;
    const clock = { now: NOW };
    const refusal = new SourceError('callgear', 'UNAUTHENTICATED', 'no', { mnemonic: 'auth_error' });
    const session = loginSession(
      () => {
        logIns += 1;
        return Promise.reject(refusal);
      },
      () => clock.now,
    );
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(session.accessToken()).rejects.toBe(refusal);
    expect(logIns).toBe(1);
    clock.now += 10_000;
    await expect(session.accessToken()).rejects.toBe(refusal);
    expect(logIns).toBe(2);
  });

  it('cannot be renewed when it is a permanent key', () => {
    expect(keySession('key').renounce('key')).toBe(false);
  });
});
