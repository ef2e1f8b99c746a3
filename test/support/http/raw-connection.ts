import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection whose bytes a test sends and takes by itself. */
export interface Connection extends AsyncDisposable {
  readonly socket: Socket;
  /** All that came so far. */
  readonly received: () => string;
  /** Resolves when the server has ended the connection, or broken it off. */
  readonly ended: Promise<void>;
}

/** Connects to the server of a URL, and sends nothing. */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    received: () => Buffer.concat(chunks).toString('latin1'),
    ended,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await ended;
    },
  };
}

/** The head of a request as it goes over the wire, down to the empty line. */
export function requestHead(url: string, line: string, ...headers: readonly string[]): string {
  return [line, `Host: ${new URL(url).host}`, ...headers, '', ''].join('\r\n');
}
