import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GovernedHttp } from '../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { SourceError, type SourceErrorCode } from '../../../../src/datasources/port/source-error.ts';
import type { HttpResponse } from '../../../../src/datasources/http/source-http.ts';
import { createCall, createTestLog, createWriteCall } from '../../../support/call.ts';
import { startTestServer } from '../../../support/http/http-server.ts';

afterEach(() => {
  vi.useRealTimers();
});

const LIST = { method: 'GET', path: '/list' } as const;
const CODES: Readonly<Record<number, SourceErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'BLOCKED',
  404: 'UNAVAILABLE',
  429: 'RATE_LIMITED',
  500: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
};

/** 500 is final, 503 may pass; the header `retry-after` counts in milliseconds here. */
function interpret({ status, text, headers }: HttpResponse): string {
  const code = CODES[status];
  if (code === undefined) return text;
  const retryAfterMs = headers['retry-after'] === undefined ? undefined : Number(headers['retry-after']);
  throw new SourceError('crm', code, `crm answered with ${status}`, {
    httpStatus: status,
    isRetryable: status === 503 || status === 429,
    retryAfterMs,
  });
}

function createHttp(url: string, options: { governor?: Governor; credential?: string; sourceTimeoutMs?: number } = {}) {
  const log = createTestLog();
  const http = new GovernedHttp(
    { source: 'crm', baseUrl: url, credential: options.credential ?? 'c', rateLimits: [], concurrencyMax: 8 },
    { governor: options.governor ?? new Governor(), log, sourceTimeoutMs: options.sourceTimeoutMs ?? 5_000 },
  );
  return { http, log, read: (call = createCall()) => http.read(() => LIST, call, interpret) };
}

/** Answers with these statuses in turn; the last one stays. */
const answering = (...answers: (number | ((response: ServerResponse) => void))[]) =>
  startTestServer((_request, response, number) => {
    const answer = answers[Math.min(number, answers.length) - 1];
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer ?? 200).end('fine');
  });
const tooOften = (retryAfterMs: number) => (response: ServerResponse) =>
  void response.writeHead(429, { 'retry-after': String(retryAfterMs) }).end();

async function failingTimes(count: number, read: () => Promise<string>): Promise<void> {
  for (let number = 0; number < count; number += 1) await expect(read()).rejects.toBeInstanceOf(SourceError);
}

describe('the breaker', () => {
  test('lets a probe through after ten seconds, and everyone when it is answered', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using server = await answering(500, 500, 500, 500, 500, 200);
    const { read, log } = createHttp(server.url);
    await failingTimes(5, read);
    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false, retryAfterMs: 10_000 });
    vi.advanceTimersByTime(4_000);
    await expect(read()).rejects.toMatchObject({ retryAfterMs: 6_000 });
    vi.advanceTimersByTime(6_001);
    await expect(Promise.all([read(), read(), read()])).resolves.toEqual(['fine', 'fine', 'fine']);
    expect(server.requests).toHaveLength(8);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'a call to the CRM failed',
      'the CRM failed repeatedly: no calls for a moment',
      'the CRM answers again',
    ]);
  });

  test('keeps the others back when the probe fails', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using server = await answering(500);
    const { read } = createHttp(server.url);
    await failingTimes(5, read);
    vi.advanceTimersByTime(10_001);
    const results = await Promise.allSettled([read(), read(), read()]);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(server.requests).toHaveLength(6);
  });

  test.each([401, 404])('is not opened by %i, which is an answer', async (status) => {
    await using server = await answering(status);
    const { read } = createHttp(server.url);
    await failingTimes(7, read);
    expect(server.requests).toHaveLength(7);
  });

  test('is opened by silence that ends at the deadline, and not by clients that hang up', async () => {
    await using server = await startTestServer(() => undefined);
    const patient = createHttp(server.url, { sourceTimeoutMs: 1_500 });
    await Promise.all(
      Array.from({ length: 5 }, () => {
        // As in a list, whose own deadline comes no later than the source's timeout.
        const signal = AbortSignal.timeout(1_500);
        return expect(patient.read(createCall({ timeMs: 1_500, signal }))).rejects.toMatchObject({ code: 'TIMEOUT' });
      }),
    );
    await expect(patient.read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
    expect(patient.http.health()).toMatchObject({ status: 'DOWN', error: { code: 'TIMEOUT' } });

    const impatient = createHttp(server.url, { sourceTimeoutMs: 1_500 });
    for (let count = 0; count < 6; count += 1) {
      const client = new AbortController();
      const read = impatient.read(createCall({ signal: client.signal }));
      client.abort();
      await expect(read).rejects.toMatchObject({ code: 'TIMEOUT' });
    }
    expect(impatient.http.health().status).toBe('UNKNOWN');
  });

  test('is opened by reads whose repetition finds no place any more', async () => {
    await using server = await answering(503);
    const options = { source: 'crm', baseUrl: server.url, credential: 'c', concurrencyMax: 8 };
    const rateLimits = [{ window: 'MINUTE' as const, windowMs: 60_000, limit: 5 }];
    const http = new GovernedHttp({ ...options, rateLimits }, { governor: new Governor(), log: createTestLog(), sourceTimeoutMs: 5_000 });
    const read = () => http.read(() => LIST, createCall(), interpret);
    const results = await Promise.allSettled(Array.from({ length: 5 }, read));
    expect(results.map((result) => result.status === 'rejected' && (result.reason as SourceError).httpStatus)).toEqual(Array(5).fill(503));
    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
    expect(server.requests).toHaveLength(5);
  });

  test('lets nothing out that was waiting for its place when it opened', async () => {
    await using server = await answering(500);
    const http = new GovernedHttp(
      { source: 'crm', baseUrl: server.url, credential: 'c', rateLimits: [], concurrencyMax: 1 },
      { governor: new Governor(), log: createTestLog(), sourceTimeoutMs: 5_000 },
    );
    const reads = Array.from({ length: 20 }, () => http.read(() => LIST, createCall(), interpret));
    await Promise.allSettled(reads);
    expect(server.requests).toHaveLength(5);
  });

  test('is not opened by calls that had their time in the queue, and no time left for the answer', async () => {
    await using server = await startTestServer((_request, response) => void setTimeout(() => response.end('fine'), 700));
    const http = new GovernedHttp(
      { source: 'crm', baseUrl: server.url, credential: 'c', rateLimits: [], concurrencyMax: 1 },
      { governor: new Governor(), log: createTestLog(), sourceTimeoutMs: 5_000 },
    );
    for (let round = 0; round < 6; round += 1) {
      const first = http.read(() => LIST, createCall(), interpret);
      const second = http.read(() => LIST, createCall({ timeMs: 900 }), interpret);
      await expect(second).rejects.toMatchObject({ code: 'TIMEOUT' });
      await expect(first).resolves.toBe('fine');
    }
    expect(http.health().status).toBe('OK');
  });

  test('is not opened by one record at which the CRM fails, nor is the CRM taken for down', async () => {
    await using server = await answering(200);
    const { http, read } = createHttp(server.url);
    await read();
    const readRecord = () =>
      http.read(
        () => LIST,
        createCall(),
        () => {
          throw new SourceError('crm', 'UNAVAILABLE', 'crm fails at this one', { scope: 'RECORD', httpStatus: 500 });
        },
      );
    await failingTimes(7, readRecord);
    expect(server.requests).toHaveLength(8);
    expect(http.health()).toMatchObject({ status: 'OK', error: null });
  });

  test('keeps log-ins back while it is open, and is opened by them too', async () => {
    await using server = await answering(500);
    const { http, read } = createHttp(server.url);
    const logIn = () => http.authenticate({ method: 'POST', path: '/login', json: {} }, interpret);
    await failingTimes(5, logIn);
    await expect(logIn()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
    await expect(read()).rejects.toMatchObject({ wasSent: false });
    expect(server.requests).toHaveLength(5);
  });
});

test('a write is not sent into an open breaker, and was surely not sent', async () => {
  await using server = await answering(500);
  const { http, read } = createHttp(server.url);
  await failingTimes(5, read);
  const write = http.write({ method: 'DELETE', path: '/7' }, createWriteCall(), interpret);
  await expect(write).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
  expect(server.requests).toHaveLength(5);
});

test('a call that its request cannot pay for takes nothing from the quota of the others', async () => {
  await using server = await answering(200);
  const governor = new Governor();
  const options = { source: 'crm', baseUrl: server.url, credential: 'c', concurrencyMax: 8 };
  const rateLimits = [{ window: 'MINUTE' as const, windowMs: 60_000, limit: 1 }];
  const http = new GovernedHttp({ ...options, rateLimits }, { governor, log: createTestLog(), sourceTimeoutMs: 5_000 });
  const count = () => {
    throw new SourceError('crm', 'COST_EXCEEDED', 'too much');
  };
  for (let number = 0; number < 3; number += 1) {
    await expect(http.read(() => LIST, { ...createCall(), meter: { count } }, interpret)).rejects.toMatchObject({ code: 'COST_EXCEEDED' });
    const write = http.write({ method: 'DELETE', path: '/7' }, { ...createWriteCall(), meter: { count } }, interpret);
    await expect(write).rejects.toMatchObject({ code: 'COST_EXCEEDED', wasSent: false });
  }
  expect(http.health().quotas).toMatchObject([{ window: 'MINUTE', limit: 1, remaining: 1 }]);
  await expect(http.read(() => LIST, createCall(), interpret)).resolves.toBe('fine');
});

test('after a ban one call tries whether it is over, and the others wait for its answer', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const banned = 403;
  await using server = await answering(banned, banned, 200);
  const { read } = createHttp(server.url);
  await failingTimes(1, read);
  vi.advanceTimersByTime(10 * 60_000 + 1);
  const refused = await Promise.allSettled([read(), read(), read()]);
  expect(refused.map((result) => result.status === 'rejected' && (result.reason as SourceError).code)).toEqual([
    'BLOCKED',
    'BLOCKED',
    'BLOCKED',
  ]);
  expect(server.requests).toHaveLength(2);
  vi.advanceTimersByTime(10 * 60_000 + 1);
  await expect(Promise.all([read(), read(), read()])).resolves.toEqual(['fine', 'fine', 'fine']);
});

test('a CRM that asks to wait for years is not given up for longer than a day', async () => {
  await using server = await answering(tooOften(1e12));
  const { read } = createHttp(server.url);
  await expect(read()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 86_400_000 });
  const error: unknown = await read().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'RATE_LIMITED', wasSent: false });
  expect((error as SourceError).retryAfterMs).toBeLessThanOrEqual(86_400_000);
});

test('the log tells of a failure of one kind once a minute, without what the CRM said', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  await using server = await answering(404);
  const { read, log } = createHttp(server.url);
  await failingTimes(3, read);
  expect(log.lines).toMatchObject([
    { level: 'warn', members: { source: 'crm', code: 'UNAVAILABLE', httpStatus: 404, reason: 'crm answered with 404.' } },
  ]);
  vi.advanceTimersByTime(60_001);
  await failingTimes(3, read);
  expect(log.lines).toHaveLength(2);
});

test('the log tells of what will not pass by itself when it begins, loudly where the CRM has to be connected again', async () => {
  await using server = await answering(200);
  const { http, log } = createHttp(server.url);
  const dead = new SourceError('crm', 'UNAUTHENTICATED', 'crm refuses. Connect again: npm run connect -- crm');
  for (const error of [dead, dead, null, null, dead, new SourceError('crm', 'FORBIDDEN', 'crm shows no users')]) http.noteLimitation(error);
  expect(log.lines.map(({ level, members }) => [level, members])).toEqual([
    ['error', { source: 'crm', code: 'UNAUTHENTICATED', reason: dead.message }],
    ['error', { source: 'crm', code: 'UNAUTHENTICATED', reason: dead.message }],
    ['warn', { source: 'crm', code: 'FORBIDDEN', reason: 'crm shows no users.' }],
  ]);
});

describe('a repetition', () => {
  test('waits as long as the CRM asks for, and a little of its own on top', async () => {
    await using server = await answering(tooOften(500), 200);
    const startedAt = performance.now();
    await expect(createHttp(server.url).read()).resolves.toBe('fine');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(500);
    expect(server.requests).toHaveLength(2);
  });

  test('holds the other calls of the credential back as well, until the time is over', async () => {
    await using server = await answering(tooOften(60_000), 200);
    const governor = new Governor();
    const one = createHttp(server.url, { governor });
    const other = createHttp(server.url, { governor });
    const call = () => createCall({ timeMs: 2_000 });
    await expect(one.read(call())).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 });
    await expect(other.read(call())).rejects.toMatchObject({ code: 'RATE_LIMITED', wasSent: false });
    expect(server.requests).toHaveLength(1);
  });

  test('that could not go out is told as what it was to mend', async () => {
    await using server = await answering(503);
    let left = 1;
    const meter = {
      count: () => {
        left -= 1;
        if (left < 0) throw new SourceError('crm', 'COST_EXCEEDED', 'too much');
      },
    };
    await expect(createHttp(server.url).read({ ...createCall(), meter })).rejects.toMatchObject({ code: 'UNAVAILABLE', httpStatus: 503 });
  });
});

describe('health', () => {
  test('says THROTTLED no longer than calls are held back', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using server = await answering(200, tooOften(30_000));
    const { http, read } = createHttp(server.url);
    await read();
    await failingTimes(1, () => read(createCall({ timeMs: 2_000 })));
    expect(http.health()).toMatchObject({ status: 'THROTTLED', error: { code: 'RATE_LIMITED' } });
    vi.advanceTimersByTime(30_001);
    expect(http.health()).toMatchObject({ status: 'OK', error: null });
  });

  test('says BLOCKED for every source on the host that bans us, and lets no call through for ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await using server = await answering(403, 200);
    const governor = new Governor();
    const banned = createHttp(server.url, { governor, credential: 'one' });
    const neighbour = createHttp(server.url, { governor, credential: 'two' });
    await failingTimes(1, banned.read);
    await expect(neighbour.read()).rejects.toMatchObject({ code: 'BLOCKED', wasSent: false });
    expect(neighbour.http.health().status).toBe('BLOCKED');
    vi.advanceTimersByTime(599_000);
    await expect(banned.read(createCall({ timeMs: 500 }))).rejects.toMatchObject({ code: 'BLOCKED', retryAfterMs: 1_000 });
    vi.advanceTimersByTime(1_001);
    await expect(banned.read()).resolves.toBe('fine');
    expect(server.requests).toHaveLength(2);
    expect(banned.http.health().status).toBe('OK');
  });
});
