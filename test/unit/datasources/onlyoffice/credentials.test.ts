import { afterEach, describe, expect, test, vi } from 'vitest';
import { aCall, aPerson, errorEnvelope, objectEnvelope, startStubPortal, type StubPortal, type StubRequest } from './stub-portal.ts';
import { eventually } from '../../../support/eventually.ts';

afterEach(() => {
  vi.useRealTimers();
});

const credential = { username: 'anna@portal.example', password: 'correct horse' };

function findContact(portal: StubPortal, id = '7') {
  return portal.source.findByIds('contact', [id], new Set(), aCall());
}

function isLogIn({ path }: StubRequest): boolean {
  return path === '/api/2.0/authentication';
}

function logIns(portal: StubPortal): number {
  return portal.requests.filter(isLogIn).length;
}

function tokenAnswer(token: string, expires = '2026-01-10T12:00:00.1234567Z') {
  return { status: 201, body: { count: 1, status: 0, statusCode: 201, response: { token, expires } } };
}

const unauthorized = { status: 401, headers: { 'content-type': 'text/html' }, body: 'Unauthorized' };

describe('with a static token', () => {
  test('sends it raw, without a scheme, and keeps no cookie', async () => {
    await using portal = await startStubPortal(() => ({
      headers: { 'set-cookie': 'asc_auth_key=stale' },
      body: objectEnvelope(aPerson(7)),
    }));

    await findContact(portal);

    expect(portal.requests).toMatchObject([{ path: '/api/2.0/crm/contact/7', authorization: 'static-token' }]);
  });

  test('a 401 is UNAUTHENTICATED at once', async () => {
    await using portal = await startStubPortal(() => unauthorized);

    await expect(findContact(portal)).rejects.toMatchObject({ name: 'SourceError', code: 'UNAUTHENTICATED' });
    expect(portal.requests).toHaveLength(1);
  });
});

describe('with a password', () => {
  test('logs in once for all calls that wait, and keeps the token', async () => {
    await using portal = await startStubPortal((request) => (isLogIn(request) ? tokenAnswer('t1') : { body: objectEnvelope(aPerson(7)) }), {
      credential,
    });

    await Promise.all([findContact(portal), findContact(portal), findContact(portal)]);
    await findContact(portal);

    expect(logIns(portal)).toBe(1);
    expect(JSON.parse(portal.requests[0]?.body ?? '')).toEqual({ userName: credential.username, password: credential.password });
    expect(portal.requests.at(-1)?.authorization).toBe('t1');
  });

  test('says that the portal lets nobody in from the address, and is no fault of the password', async () => {
    await using portal = await startStubPortal(
      () => ({ status: 500, body: errorEnvelope(500, "Exception of type 'ASC.IPSecurity.IPSecurityException' was thrown.") }),
      { credential },
    );

    await expect(findContact(portal)).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('IP restrictions') });
  });

  test('logs in again when the token has run out', async () => {
    await using portal = await startStubPortal(
      (request, count) =>
        isLogIn(request) ? tokenAnswer(`t${count}`, '2025-01-10T01:00:00.0000000Z') : { body: objectEnvelope(aPerson(7)) },
      { credential },
    );

    await findContact(portal);
    portal.clockMs += 60 * 60_000;
    await findContact(portal);

    expect(logIns(portal)).toBe(2);
  });

  test('goes on with a token that still lives when the portal fails to renew it ahead of its end', async () => {
    let isDown = false;
    await using portal = await startStubPortal(
      (request) => {
        if (!isLogIn(request)) return { body: objectEnvelope(aPerson(7)) };
        return isDown ? { status: 500, body: errorEnvelope(500, 'User authentication failed') } : tokenAnswer('t1', '2025-01-10T01:00:00Z');
      },
      { credential },
    );

    await findContact(portal);
    isDown = true;
    portal.clockMs += 60 * 60_000 - 1_000;
    for (let call = 0; call < 3; call += 1) expect((await findContact(portal)).size).toBe(1);

    await eventually(() => expect(logIns(portal)).toBe(2));
  });

  test.each(['0001-01-01T00:00:00.0000000Z', '2024-01-01T00:00:00.0000000Z'])('a token that expires at %s is kept', async (expires) => {
    await using portal = await startStubPortal(
      (request) => (isLogIn(request) ? tokenAnswer('t1', expires) : { body: objectEnvelope(aPerson(7)) }),
      { credential },
    );

    await findContact(portal);
    portal.clockMs += 400 * 24 * 60 * 60_000;
    await findContact(portal);

    expect(logIns(portal)).toBe(1);
  });

  test('logs in again once when the portal ended the session, for all calls together', async () => {
    let valid = 't1';
    let next = 0;
    await using portal = await startStubPortal(
      (request) => {
        if (isLogIn(request)) return tokenAnswer((valid = `t${(next += 1)}`));
        return request.authorization === valid ? { body: objectEnvelope(aPerson(7)) } : unauthorized;
      },
      { credential },
    );

    await findContact(portal);
    valid = 'none';
    await Promise.all([findContact(portal), findContact(portal), findContact(portal)]);

    expect(logIns(portal)).toBe(2);
  });

  test('a portal that refuses every token is not asked for a third one', async () => {
    await using portal = await startStubPortal((request, count) => (isLogIn(request) ? tokenAnswer(`t${count}`) : unauthorized), {
      credential,
    });

    await expect(findContact(portal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(findContact(portal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', wasSent: false });

    expect(logIns(portal)).toBe(2);
  });

  test.each(['User authentication failed', 'Login Fail. Too many attempts'])(
    'a 500 with "%s" is no server fault, and is not tried again for a minute',
    async (message) => {
      vi.useFakeTimers({ toFake: ['performance'] });
      await using portal = await startStubPortal(() => ({ status: 500, body: errorEnvelope(500, message) }), { credential });

      await expect(findContact(portal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(findContact(portal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retryAfterMs: 60_000 });
      expect(logIns(portal)).toBe(1);

      // The clock is set back meanwhile: what counts is the time that has passed.
      portal.clockMs -= 60 * 60_000;
      vi.advanceTimersByTime(60_000);
      await expect(findContact(portal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(logIns(portal)).toBe(2);
    },
  );

  test.each([
    [{ token: null, sms: true, phoneNoise: '+371 ••• 00', expires: '2025-01-10T12:00:00.0000000Z' }, 'second factor'],
    [{ token: null, tfa: true, tfaKey: 'KEY' }, 'second factor'],
    [{ token: null }, 'no token'],
  ])('a 201 without a token says what is missing (%#)', async (response, said) => {
    await using portal = await startStubPortal(() => ({ status: 201, body: { status: 0, statusCode: 201, response } }), { credential });

    const failure = await findContact(portal).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(String(failure)).toContain(said);
    expect(String(failure)).not.toContain(credential.password);
  });
});
