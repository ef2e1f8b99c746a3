import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real server on loopback that answers as it is told, and remembers what it was asked. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: { readonly method: string; readonly url: string; readonly body: string }[];
  /** Connections whose client went away before the answer was complete. */
  readonly aborted: { count: number };
}

export async function startTestServer(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<TestServer> {
  const requests: { method: string; url: string; body: string }[] = [];
  const aborted = { count: 0 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.on('close', () => {
      if (!response.writableFinished) aborted.count += 1;
    });
    request.on('end', () => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', body });
      answer(request, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    aborted,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
