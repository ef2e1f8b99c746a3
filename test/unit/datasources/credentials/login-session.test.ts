import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixedSession, LoginSession, tokenForWrite, type LogIn } from '../../../../src/datasources/credentials/login-session.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { createCall, createWriteCall } from '../../../support/call.ts';

const HOUR_MS = 3_600_000;
const LEAD_MS = 60_000;
const COOLING_MS = 10_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A session whose log-ins succeed with `token-1`, `token-2` …, unless the test takes them over. */
function createSession({ lifeMs = HOUR_MS, lifetimeMs = HOUR_MS }: { lifeMs?: number | null; lifetimeMs?: number } = {}) {
  let logIns = 0;
  let succeed = async (): Promise<LogIn> => ({ token: `token-${logIns}`, expiresAt: lifeMs === null ? null : Date.now() + lifeMs });
  const session = new LoginSession({
    source: 'crm',
    logIn: () => {
      logIns += 1;
      return succeed();
    },
    leadMs: LEAD_MS,
    lifetimeMs,
    coolingMs: ({ code }) => (code === 'UNAUTHENTICATED' ? COOLING_MS : 0),
    now: Date.now,
  });
  return {
    session,
    logIns: () => logIns,
    getToken: () => session.getToken(createCall()),
    answer: (logIn: () => Promise<LogIn>) => (succeed = logIn),
  };
}

const refusal = new SourceError('crm', 'UNAUTHENTICATED', 'no', { errorKey: 'auth_error', httpStatus: 401 });
const fault = new SourceError('crm', 'UNAVAILABLE', 'down', { isRetryable: true });
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a token', () => {
  test('comes of one log-in for all who ask at once', async () => {
    const { getToken, logIns } = createSession();
    expect(await Promise.all(Array.from({ length: 50 }, getToken))).toEqual(Array(50).fill('token-1'));
    expect(logIns()).toBe(1);
  });

  test('that was refused is replaced once for the many who found out', async () => {
    const { session, getToken, logIns } = createSession();
    const dead = await getToken();
    const renewed = await Promise.all(
      Array.from({ length: 50 }, () => {
        session.reject(dead);
        return getToken();
      }),
    );
    expect(renewed).toEqual(Array(50).fill('token-2'));
    session.reject(dead);
    expect(await getToken()).toBe('token-2');
    expect(logIns()).toBe(2);
  });

  test('that has run out is replaced before the call goes on', async () => {
    const { getToken } = createSession();
    await getToken();
    vi.advanceTimersByTime(HOUR_MS);
    expect(await getToken()).toBe('token-2');
  });

  test('whose end is past already, as a wrong clock tells it, is used for the usual time', async () => {
    const { getToken, logIns } = createSession({ lifeMs: -1_000 });
    await getToken();
    vi.advanceTimersByTime(HOUR_MS - LEAD_MS - 1);
    await getToken();
    await settle();
    expect(logIns()).toBe(1);
  });

  test.each([null, -1_000])('lives for ever where nothing usable is told of its end (%s) and no usual time is known', async (lifeMs) => {
    const { getToken, logIns } = createSession({ lifeMs, lifetimeMs: Infinity });
    await getToken();
    vi.advanceTimersByTime(10_000 * HOUR_MS);
    expect(await getToken()).toBe('token-1');
    expect(logIns()).toBe(1);
  });

  test('of the settings is never exchanged', async () => {
    const session = fixedSession('key');
    session.reject('key');
    expect(await session.getToken(createCall())).toBe('key');
    expect(session.canRenew).toBe(false);
  });
});

describe('ahead of its end', () => {
  test('a token serves while its replacement is fetched, once for all, however slowly', async () => {
    const { getToken, logIns, answer } = createSession();
    await getToken();
    vi.advanceTimersByTime(HOUR_MS - LEAD_MS);
    const slow = Promise.withResolvers<LogIn>();
    answer(() => slow.promise);

    expect(await Promise.all(Array.from({ length: 50 }, getToken))).toEqual(Array(50).fill('token-1'));
    expect(logIns()).toBe(2);

    slow.resolve({ token: 'new', expiresAt: Date.now() + HOUR_MS });
    await settle();
    expect(await getToken()).toBe('new');
    expect(logIns()).toBe(2);
  });

  test.each([
    ['refuses it', refusal],
    ['has a fault', fault],
  ])('a token serves to its real end when the CRM %s', async (_what, error) => {
    const { getToken, answer } = createSession();
    await getToken();
    answer(() => Promise.reject(error));
    vi.advanceTimersByTime(HOUR_MS - LEAD_MS);
    for (let leftMs = LEAD_MS; leftMs > 0; leftMs -= 1_000) {
      expect(await getToken()).toBe('token-1');
      await settle();
      vi.advanceTimersByTime(1_000);
    }
    await expect(getToken()).rejects.toMatchObject({ code: error.code });
  });

  test('a log-in that fails is not sent again for each call', async () => {
    const { getToken, logIns, answer } = createSession();
    await getToken();
    answer(() => Promise.reject(fault));
    vi.advanceTimersByTime(HOUR_MS - LEAD_MS);
    for (let call = 0; call < 50; call += 1) {
      await getToken();
      await settle();
    }
    expect(logIns()).toBe(2);
    vi.advanceTimersByTime(5_000);
    await getToken();
    expect(logIns()).toBe(3);
  });

  test('a token that lives shorter than the time ahead is renewed in the last quarter of its life', async () => {
    const { getToken, logIns } = createSession({ lifeMs: 40_000 });
    await getToken();
    vi.advanceTimersByTime(29_999);
    await getToken();
    expect(logIns()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await getToken()).toBe('token-1');
    expect(logIns()).toBe(2);
  });

  test('a call that was refused with it waits for the log-in under way', async () => {
    const { session, getToken, logIns, answer } = createSession();
    await getToken();
    vi.advanceTimersByTime(HOUR_MS - LEAD_MS);
    const slow = Promise.withResolvers<LogIn>();
    answer(() => slow.promise);
    session.reject(await getToken());
    const next = getToken();
    slow.resolve({ token: 'new', expiresAt: null });
    expect(await next).toBe('new');
    expect(logIns()).toBe(2);
  });
});

describe('a refused log-in', () => {
  test('is not sent again for a while, and those who ask meanwhile are told for how long', async () => {
    const { getToken, logIns, answer } = createSession();
    answer(() => Promise.reject(refusal));
    await expect(getToken()).rejects.toMatchObject({ cause: refusal });
    vi.advanceTimersByTime(4_000);
    await expect(getToken()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'no.',
      errorKey: 'auth_error',
      httpStatus: 401,
      retryAfterMs: 6_000,
      wasSent: false,
    });
    expect(logIns()).toBe(1);
    vi.advanceTimersByTime(6_000);
    await expect(getToken()).rejects.toMatchObject({ cause: refusal });
    expect(logIns()).toBe(2);
  });

  test('is tried again in time though the clock was set back meanwhile', async () => {
    const { getToken, answer } = createSession();
    answer(() => Promise.reject(refusal));
    await expect(getToken()).rejects.toMatchObject({ cause: refusal });
    vi.setSystemTime(Date.now() - HOUR_MS);
    vi.advanceTimersByTime(COOLING_MS);
    answer(async () => ({ token: 'new', expiresAt: null }));
    expect(await getToken()).toBe('new');
  });

  test('cools also when it gave a token that the CRM refuses at once', async () => {
    const { session, getToken, logIns } = createSession();
    session.noteFailedRenewal(await getToken(), refusal);
    for (let call = 0; call < 3; call += 1)
      await expect(getToken()).rejects.toMatchObject({ message: 'no.', retryAfterMs: 5_000, wasSent: false });
    // The password is good: another log-in locks nobody out, and the CRM may be well again.
    vi.advanceTimersByTime(5_000);
    expect(await getToken()).toBe('token-2');
    expect(logIns()).toBe(2);
  });

  test('is not sent again by the retries of the reads that wait for it', async () => {
    const { getToken, answer } = createSession();
    answer(() => Promise.reject(fault));
    await expect(getToken()).rejects.toMatchObject({ code: 'UNAVAILABLE', isRetryable: false });
  });

  test('does not cool after a passing failure', async () => {
    const { getToken, answer } = createSession();
    answer(() => Promise.reject(fault));
    await expect(getToken()).rejects.toMatchObject({ cause: fault });
    answer(async () => ({ token: 'new', expiresAt: null }));
    expect(await getToken()).toBe('new');
  });

  test('is a write that was not sent', async () => {
    const { session, answer } = createSession();
    answer(() => Promise.reject(refusal));
    await expect(tokenForWrite(session, createWriteCall())).rejects.toMatchObject({ errorKey: 'auth_error', wasSent: false });
  });
});

test('a call waits no longer for a log-in than it may, and leaves it to the others', async () => {
  const { session, getToken, answer } = createSession();
  const slow = Promise.withResolvers<LogIn>();
  answer(() => slow.promise);
  const hurried = session.getToken(createCall({ timeMs: 100 })).catch((error: unknown) => error);
  const patient = getToken();
  await vi.advanceTimersByTimeAsync(100);
  await expect(hurried).resolves.toMatchObject({ code: 'TIMEOUT' });
  slow.resolve({ token: 'late', expiresAt: null });
  expect(await patient).toBe('late');
});
