import { readFile } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GovernedHttp } from '../../../../src/datasources/http/governed-http.ts';
import { sendHttp } from '../../../../src/datasources/http/http-transport.ts';
import { Governor } from '../../../../src/datasources/governor/governor.ts';
import { SourceError } from '../../../../src/datasources/port/source-error.ts';
import { createCall, createTestLog, createWriteCall } from '../../../support/call.ts';

const SECRET = 'secret-of-the-account';
const REQUEST = { path: '/7', headers: { authorization: `Bearer ${SECRET}` } };

async function listening(server: Server) {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Signed by itself, made for these tests. Counts the requests that it is shown. */
async function startUntrusted() {
  const requests: unknown[] = [];
  const pem = await readFile(join(import.meta.dirname, '../../../fixtures/tls/untrusted.pem'));
  const server = createHttpsServer({ key: pem, cert: pem }, (request, response) => {
    requests.push(request.headers);
    response.end('{}');
  });
  server.on('tlsClientError', () => undefined);
  return Object.assign(await listening(server), { requests });
}

describe('a CRM whose certificate is not trusted', () => {
  test.each(['read', 'write'] as const)('is UNAVAILABLE and says why, and is shown no secret and asked once: a %s', async (kind) => {
    using server = await startUntrusted();
    const log = createTestLog();
    const http = new GovernedHttp(
      { source: 'crm', baseUrl: server.url, credential: 'c', rateLimits: [], concurrencyMax: 8 },
      { governor: new Governor(), log, sourceTimeoutMs: 60_000 },
    );

    const sent =
      kind === 'read'
        ? http.read(
            () => ({ ...REQUEST, method: 'GET' }),
            createCall({ timeMs: 60_000 }),
            ({ text }) => text,
          )
        : http.write({ ...REQUEST, method: 'DELETE' }, createWriteCall(60_000), ({ text }) => text);
    const error: unknown = await sent.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', wasSent: false, isRetryable: false });
    expect(error).toHaveProperty('message', 'crm has a certificate that is not trusted.');

    expect(server.requests).toEqual([]);
    expect(server.connections()).toBe(1);
    expect(log.lines.map(({ members }) => Reflect.get(members, 'reason'))).toEqual(['crm has a certificate that is not trusted.']);
    expect(JSON.stringify(log.lines)).not.toContain(SECRET);
  });
});

const HELLO_ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'by plain HTTP': (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'by closing the connection': (socket) => void socket.destroy(),
  'by nothing': () => undefined,
};

test.each(Object.keys(HELLO_ANSWERS))('a write to a CRM that answers a greeting of TLS %s was surely not sent', async (answer) => {
  using server = await listening(createTcpServer((socket) => void socket.once('data', () => HELLO_ANSWERS[answer]?.(socket))));

  const sent = sendHttp(server.url, { ...REQUEST, method: 'DELETE' }, { timeoutMs: 1_000, sendBy: performance.now() + 60_000 });

  await expect(sent).rejects.toMatchObject({ failure: answer === 'by nothing' ? 'timeout' : 'connection', wasSent: false });
});
