import type { IncomingMessage } from 'node:http';
import { RefusalError } from '../auth/refusal.ts';

/** Operations are texts that people write; whatever is longer is no operation. */
export const BODY_BYTES_MAX = 100_000;
const TOO_LARGE_REFUSAL = { status: 413, code: 'BODY_TOO_LARGE', message: `The body may be at most ${BODY_BYTES_MAX} bytes.` };

/** The client went away before its request was whole. */
export class HangUpError extends Error {
  override readonly name = 'HangUpError';
}

/** How much of a body that is refused is still taken in, so that the client gets to read the refusal. */
const DISCARDED_BYTES_MAX = 10_000_000;

/**
 * Reads the whole body of an operation.
 *
 * @throws RefusalError BODY_TOO_LARGE as soon as it is longer than BODY_BYTES_MAX; the rest is not kept.
 * @throws HangUpError
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = () => {
      chunks.length = 0;
      reject(new RefusalError(TOO_LARGE_REFUSAL));
    };
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) refuse();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DISCARDED_BYTES_MAX) request.destroy();
      else if (bytes > BODY_BYTES_MAX) refuse();
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
