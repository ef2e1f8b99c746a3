import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { GovernedHttp } from '../../../../src/datasources/http/governed-http.ts';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import type { HttpResponse } from '../../../../src/datasources/http/source-http.ts';
import { createCall, createTestLog, createWriteCall } from '../../../support/call.ts';
import { startTestServer, type TestServer } from '../../../support/http/http-server.ts';

function createHttp(server: { url: string }, options: { sourceTimeoutMs?: number } = {}) {
  const log = createTestLog();
  const http = new GovernedHttp(
    { source: 'crm', baseUrl: server.url, credential: 'c', rateLimits: [], concurrencyMax: 8 },
    { governor: new Governor(), log, sourceTimeoutMs: options.sourceTimeoutMs ?? 5_000 },
  );
  return { http, log };
}

const LIST = { method: 'GET', path: '/list', query: 'a=1' } as const;

function interpret(response: HttpResponse): string {
  if (response.status === 503) throw new SourceError('crm', 'UNAVAILABLE', 'crm is down', { isRetryable: true });
  if (response.status === 429) throw new SourceError('crm', 'RATE_LIMITED', 'slow down', { retryAfterMs: 60_000, isRetryable: true });
  if (response.status === 403) throw new SourceError('crm', 'BLOCKED', 'banned');
  return response.text;
}

const answering = (...answers: ((response: ServerResponse) => void)[]) =>
  startTestServer((_request, response, number) =>
    (answers[Math.min(number, answers.length) - 1] as (response: ServerResponse) => void)(response),
  );
const status =
  (code: number, body = '') =>
  (response: ServerResponse) =>
    void response.writeHead(code).end(body);
const reset = (response: ServerResponse) => void response.socket?.resetAndDestroy();

describe('reads', () => {
  test('are sent again after a passing fault, and counted each time', async () => {
    await using server = await answering(status(503), reset, status(200, 'fine'));
    const call = createCall();
    await expect(createHttp(server).http.read(() => LIST, call, interpret)).resolves.toBe('fine');
    expect(server.requests.map(({ url }) => url)).toEqual(['/list?a=1', '/list?a=1', '/list?a=1']);
    expect(call.counted).toEqual(['crm', 'crm', 'crm']);
  });

  test('are sent three times at the most', async () => {
    await using server = await answering(status(503));
    await expect(createHttp(server).http.read(() => LIST, createCall(), interpret)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(server.requests).toHaveLength(3);
  });

  test('do not wait for a Retry-After beyond the deadline, and hold later calls back without sending them', async () => {
    await using server = await answering(status(429));
    const { http } = createHttp(server);
    await expect(http.read(() => LIST, createCall({ timeMs: 5_000 }), interpret)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 60_000,
    });
    await expect(http.read(() => LIST, createCall({ timeMs: 5_000 }), interpret)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(server.requests).toHaveLength(1);
    expect(http.health().status).toBe('THROTTLED');
  });

  test('are refused as QUOTA_EXHAUSTED, without a call, as long as a used-up quota lasts', async () => {
    await using server = await answering(status(200));
    const { http } = createHttp(server);
    const usedUp = () => {
      throw new SourceError('crm', 'QUOTA_EXHAUSTED', 'used up', { retryAfterMs: 40_000_000 });
    };
    await expect(http.read(() => LIST, createCall(), usedUp)).rejects.toMatchObject({ code: 'QUOTA_EXHAUSTED' });
    await expect(http.read(() => LIST, createCall(), interpret)).rejects.toMatchObject({ code: 'QUOTA_EXHAUSTED', wasSent: false });
    expect(server.requests).toHaveLength(1);
  });

  test('stop after a ban: no call for a cooling time, said loudly', async () => {
    await using server = await answering(status(403));
    const { http, log } = createHttp(server);
    await expect(http.read(() => LIST, createCall(), interpret)).rejects.toMatchObject({ code: 'BLOCKED' });
    await expect(http.read(() => LIST, createCall(), interpret)).rejects.toMatchObject({ code: 'BLOCKED', wasSent: false });
    expect(server.requests).toHaveLength(1);
    expect(http.health().status).toBe('BLOCKED');
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('open the breaker after repeated server faults, and let no call through while it is open', async () => {
    await using server = await answering(status(503));
    const { http } = createHttp(server);
    const read = () => http.read(() => LIST, createCall(), interpret);
    // A read and its repetitions are one failure.
    for (let count = 0; count < 4; count += 1) await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: true });
    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: true });
    expect(server.requests).toHaveLength(15);
    await expect(read()).rejects.toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
    expect(server.requests).toHaveLength(15);
  });

  test('are aborted at the CRM when the caller goes away', async () => {
    const abort = new AbortController();
    await using server = await startTestServer(() => abort.abort());
    await expect(createHttp(server).http.read(() => LIST, createCall({ signal: abort.signal }), interpret)).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    await expect.poll(() => server.aborted.count).toBe(1);
  });

  test('end with TIMEOUT at the deadline when the CRM hangs', async () => {
    await using server = await startTestServer(() => undefined);
    await expect(createHttp(server).http.read(() => LIST, createCall({ timeMs: 600 }), interpret)).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  test('cost nothing upstream when the budget is used up', async () => {
    await using server = await answering(status(200));
    const call = {
      ...createCall(),
      meter: {
        count: () => {
          throw new SourceError('crm', 'COST_EXCEEDED', 'too much');
        },
      },
    };
    await expect(createHttp(server).http.read(() => LIST, call, interpret)).rejects.toMatchObject({ code: 'COST_EXCEEDED' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('answers that lie', () => {
  test.each<[string, (response: ServerResponse) => void, string]>([
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/steal' }).end(), 'BAD_RESPONSE'],
    ['ten megabytes', (response) => void response.end(Buffer.alloc(10 * 1024 * 1024, 32)), 'BAD_RESPONSE'],
    [
      'ten megabytes, packed small',
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10 * 1024 * 1024))),
      'BAD_RESPONSE',
    ],
    [
      'half a body',
      (response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half');
        setImmediate(() => response.socket?.resetAndDestroy());
      },
      'UNAVAILABLE',
    ],
  ])('%s is a coded failure', async (_name, answer, code) => {
    await using server: TestServer = await answering(answer);
    await expect(createHttp(server).http.read(() => LIST, createCall(), interpret)).rejects.toMatchObject({ name: 'SourceError', code });
  });

  test('an interpretation that throws is BAD_RESPONSE', async () => {
    await using server = await answering(status(200, '{'));
    await expect(
      createHttp(server).http.read(
        () => LIST,
        createCall(),
        ({ text }) => JSON.parse(text) as unknown,
      ),
    ).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });
});

describe('writes', () => {
  const DELETE = { method: 'DELETE', path: '/contact/1' } as const;

  test.each([
    ['a server fault', status(503)],
    ['a reset', reset],
  ])('are never repeated after %s, and may have been carried out', async (_name, answer) => {
    await using server = await answering(answer);
    await expect(createHttp(server).http.write(DELETE, createWriteCall(), interpret)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      wasSent: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('surely did not happen when nobody listens', async () => {
    const server = await answering(status(200));
    await server[Symbol.asyncDispose]();
    await expect(createHttp(server).http.write(DELETE, createWriteCall(), interpret)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      wasSent: false,
    });
  });

  test('are not sent once the deadline has passed', async () => {
    await using server = await answering(status(200));
    await expect(createHttp(server).http.write(DELETE, createWriteCall(-1), interpret)).rejects.toMatchObject({ wasSent: false });
    expect(server.requests).toHaveLength(0);
  });
});
