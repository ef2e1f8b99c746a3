import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { sendHttp } from '../../../../src/datasources/http/http-transport.ts';

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

test.each([
  ['application/json; charset=iso-8859-1', Buffer.from('José Muñoz', 'latin1')],
  ['application/json; charset="windows-1252"', Buffer.from('José Muñoz', 'latin1')],
  ['application/json; charset=nonsense', Buffer.from('José Muñoz')],
  ['application/json', Buffer.from('José Muñoz')],
  ['application/json; charset=iso-8859-1', Buffer.from('José Muñoz')],
])('a body is UTF-8 where it can be, and else what %s names', async (contentType, body) => {
  const server = createServer((_request, response) => void response.writeHead(200, { 'content-type': contentType }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await sendHttp(`http://127.0.0.1:${port}`, { method: 'GET', path: '/' }, { timeoutMs: 5_000 });
  server.close();
  expect(response.text).toBe('José Muñoz');
});

const ROWS = { rows: Array.from({ length: 30_000 }, (_, id) => ({ id, name: `José Жанна 日本 😀 ${'é'.repeat(id % 7)}` })) };

test.each([
  ['in UTF-8, whatever its chunks cut', Buffer.from(JSON.stringify(ROWS)), true],
  ['in another charset', Buffer.from(JSON.stringify({ rows: ROWS.rows.map(({ id }) => ({ id, name: 'José Muñoz' })) }), 'latin1'), false],
  ['of nothing but ends of characters', Buffer.alloc(1_000_000, 0xbf), false],
])('a large body %s is read whole, and parsed where it can be', async (_what, body, isParsed) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' });
    for (let from = 0; from < body.length; from += 10_007) response.write(body.subarray(from, from + 10_007));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await sendHttp(`http://127.0.0.1:${port}`, { method: 'GET', path: '/' }, { timeoutMs: 20_000 });
  server.close();
  // Not compared by `toBe`, which would print both.
  expect(response.text === body.toString(isParsed ? 'utf8' : 'latin1')).toBe(true);
  expect(response.json === undefined).toBe(!isParsed);
  if (isParsed) expect(response.json).toEqual(ROWS);
});

test.each([
  ['gzip', promisify(gzip)],
  ['br', promisify(brotliCompress)],
])('%s is offered to a CRM and read, and no encoding that servers send in two forms', async (encoding, compress) => {
  const body = await compress(Buffer.from('José Muñoz'));
  const offered: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    offered.push(request.headers['accept-encoding']);
    response.writeHead(200, { 'content-encoding': encoding }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await sendHttp(`http://127.0.0.1:${port}`, { method: 'GET', path: '/' }, { timeoutMs: 5_000 });
  server.close();
  expect(response.text).toBe('José Muñoz');
  // ONLYOFFICE takes the text apart at commas, without trimming: gzip comes first.
  expect(offered).toEqual(['gzip, br']);
});

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\n';

test.each([
  ['a read', 'that names the protocol', `${SWITCH}upgrade: websocket\r\nconnection: Upgrade\r\n\r\n`],
  ['a write', 'that names the protocol', `${SWITCH}upgrade: websocket\r\nconnection: Upgrade\r\n\r\n`],
  ['a read', 'that names none', `${SWITCH}\r\n`],
  ['a write', 'that names none', `${SWITCH}\r\n`],
])('%s that is answered by a change of protocol %s fails at once, and its connection is closed', async (kind, _which, answer) => {
  const closed = Promise.withResolvers<void>();
  const server = createTcpServer((socket) => {
    socket.once('data', () => void socket.write(answer));
    socket.on('error', () => undefined);
    socket.once('close', () => closed.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const isWrite = kind === 'a write';
  const sent = sendHttp(
    `http://127.0.0.1:${port}`,
    { method: isWrite ? 'DELETE' : 'GET', path: '/7' },
    { timeoutMs: 3_600_000, ...(isWrite && { sendBy: performance.now() + 60_000 }) },
  );
  await expect(sent).rejects.toMatchObject({ failure: 'switched', wasSent: true });
  await closed.promise;
  server.close();
});
