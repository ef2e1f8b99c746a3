import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { TransportError, sendHttp } from '../../../../src/datasources/http/http-transport.ts';

const DELETE = { method: 'DELETE', path: '/7' } as const;

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

test('a write whose connection is not made by its deadline is given up, and was surely not sent', async () => {
  let received = '';
  // Takes connections, and never answers the handshake.
  using server = await listening(
    createServer((socket) => {
      socket.on('data', (bytes) => (received += bytes.toString('latin1')));
      socket.on('error', () => undefined);
    }),
  );

  const sent = sendHttp(`https://${server.address}`, DELETE, { timeoutMs: 5_000, sendBy: performance.now() + 100 });

  const error = await sent.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ failure: 'timeout', wasSent: false });
  expect(received).not.toContain('DELETE');
});

test('a write that is on its way by its deadline is waited for beyond it', async () => {
  using server = await listening(createHttpServer((_request, response) => void setTimeout(() => response.end('late'), 2_000)));

  const response = await sendHttp(`http://${server.address}`, DELETE, { timeoutMs: 30_000, sendBy: performance.now() + 1_500 });

  expect(response).toMatchObject({ status: 200, text: 'late' });
});
