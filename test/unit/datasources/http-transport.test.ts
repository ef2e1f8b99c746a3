import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { sendHttp } from '../../../src/datasources/http-transport.ts';

/** Answers at once, and never reads what is sent to it. */
async function startHastyServer() {
  const server = createServer((_request, response) => void response.end('answer'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

// The process would end by an error that nobody listens to, and the test run with it.
test('an abort that comes when the answer is read and the request still under way does no harm', async () => {
  await using server = await startHastyServer();
  const controller = new AbortController();
  const request = { method: 'POST', path: '/', json: { text: 'x'.repeat(20_000_000) } } as const;
  const response = await sendHttp(server.url, request, { timeoutMs: 5_000, signal: controller.signal });
  controller.abort();
  await new Promise((resolve) => setImmediate(resolve));
  expect(response).toMatchObject({ status: 200, text: 'answer' });
});
