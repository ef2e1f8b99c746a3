import type { IncomingMessage } from 'node:http';

/** The body is longer than allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The client went away before its request was whole. */
export class HangUpError extends Error {
  override readonly name = 'HangUpError';
}

/** How much of a body that is refused is still taken in, so that the client gets to read the refusal. */
const DISCARDED_BYTES_MAX = 10_000_000;

/**
 * Reads the whole body of a request.
 *
 * @throws BodyTooLargeError as soon as it is longer than `bytesMax`; the rest is not kept.
 * @throws HangUpError
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = () => {
      chunks.length = 0;
      reject(new BodyTooLargeError());
    };
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) refuse();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DISCARDED_BYTES_MAX) request.destroy();
      else if (bytes > bytesMax) refuse();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      request.off('close', hangUp);
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    const hangUp = () => reject(new HangUpError());
    request.on('error', hangUp);
    request.on('close', hangUp);
  });
}
