import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { PatientServer } from '../../../src/server/patient-server.ts';
import { openConnection, requestHead, type Connection } from '../../support/http/raw-connection.ts';
import { eventually } from '../../support/eventually.ts';

/** More than the system holds for a client that reads nothing. */
const LARGE = Buffer.alloc(48 * 1024 * 1024, 'x');
/** Less than that, and more than its receiving end takes. */
const MEDIUM = Buffer.alloc(2 * 1024 * 1024, 'x');

async function startServer(listener: RequestListener) {
  const server = new PatientServer({}, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.announceClose();
      const closed = new Promise((resolve) => server.close(resolve));
      await server.settle();
      server.endConnections();
      await closed;
    },
  };
}

/** Asks, and reads nothing of the answer. @returns once it has begun to come. */
async function askAndPause(connection: Connection, url: string, target = '/'): Promise<void> {
  connection.socket.pause();
  connection.socket.write(requestHead(url, `GET ${target} HTTP/1.1`));
  await eventually(() => expect(connection.socket.bytesRead).toBeGreaterThan(0));
}

test('an answer that is written and still in the process is not cut off when the server closes', async () => {
  const responses: ServerResponse[] = [];
  const { url, close } = await startServer((_request, response) => {
    responses.push(response);
    response.writeHead(200, { 'content-length': LARGE.length }).end(LARGE);
  });
  await using client = await openConnection(url);
  await askAndPause(client, url);
  expect(responses[0]?.writableEnded).toBe(true);
  expect(responses[0]?.writableFinished).toBe(false);
  const closed = close();
  client.socket.resume();
  await Promise.all([client.ended, closed]);
  expect(client.received().split('\r\n\r\n')[1]).toHaveLength(LARGE.length);
});

test('an answer that the system still holds is not lost when its client sends something after the server has closed', async () => {
  const written = Promise.withResolvers<void>();
  const { url, close } = await startServer((_request, response) => {
    response.once('finish', () => written.resolve());
    response.writeHead(200, { 'content-length': MEDIUM.length }).end(MEDIUM);
  });
  await using client = await openConnection(url);
  await askAndPause(client, url);
  await written.promise;
  expect(client.socket.bytesRead).toBeLessThan(MEDIUM.length);
  const closed = close();
  await new Promise((resolve) => client.socket.write(requestHead(url, 'GET / HTTP/1.1'), resolve));
  // Several turns of the event loop in which the server takes what was sent.
  await fetch(url).catch(() => undefined);
  client.socket.resume();
  await Promise.all([client.ended, closed]);
  expect(client.received().split('\r\n\r\n')[1]).toHaveLength(MEDIUM.length);
});

test('a request that comes after its connection was ended is not carried out', async () => {
  const targets: (string | undefined)[] = [];
  const { url, close } = await startServer((request, response) => {
    targets.push(request.url);
    response.end(MEDIUM);
  });
  await using client = await openConnection(url);
  await askAndPause(client, url, '/first');
  const closed = close();
  client.socket.write(requestHead(url, 'GET /second HTTP/1.1'));
  client.socket.resume();
  await Promise.all([client.ended, closed]);
  expect(targets).toEqual(['/first']);
});

test('answers that wait for the one before them on their connection are sent, too', async () => {
  const { url, close } = await startServer((request, response) => response.end(request.url === '/large' ? LARGE : 'the last'));
  await using client = await openConnection(url);
  client.socket.pause();
  client.socket.write(requestHead(url, 'GET /large HTTP/1.1') + requestHead(url, 'GET /small HTTP/1.1'));
  await eventually(() => expect(client.socket.bytesRead).toBeGreaterThan(0));
  const closed = close();
  client.socket.resume();
  await Promise.all([client.ended, closed]);
  expect(client.received()).toMatch(/the last$/);
});

test('a client that never closes its side is not waited for long', async () => {
  const { url, close } = await startServer((_request, response) => response.end('answer'));
  const { hostname, port } = new URL(url);
  const client = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  client.on('error', () => undefined);
  client.write(requestHead(url, 'GET / HTTP/1.1'));
  await once(client, 'data');
  const closed = close();
  await once(client.resume(), 'end');
  await closed;
  client.destroy();
});
