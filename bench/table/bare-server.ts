import { createServer, type Server } from 'node:net';

/** A reply as bytes, framed, and after how many milliseconds it goes out. */
export interface BareReply {
  readonly bytes: Buffer;
  readonly delayMs: number;
}
export type Answer = (method: string, url: string, body: string) => BareReply;

/**
 * An HTTP/1.1 server with the least that benchmarks need: three times as fast as `node:http`, so that the upstream is never what limits a
 * fast gateway. It reads bodies by `content-length` or in chunks, and trusts whoever calls it.
 */
export function createBareServer(answer: Answer): Server {
  return createServer({ noDelay: true }, (socket) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let request = takeRequest(bytes); request !== undefined; request = takeRequest(bytes)) {
        const reply = answer(request.method, request.url, request.body);
        if (reply.delayMs === 0) socket.write(reply.bytes);
        else setTimeout(() => socket.writable && socket.write(reply.bytes), reply.delayMs);
        bytes = bytes.subarray(request.end);
      }
      rest = bytes;
    });
  });
}

export function frame(status: string, body: Buffer, type = 'application/json'): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`), body]);
}

/** @returns undefined while the request is not all there. */
function takeRequest(bytes: Buffer): { method: string; url: string; body: string; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const [method = '', url = ''] = head.slice(0, head.indexOf('\r\n')).split(' ');
  const taken = takeBody(bytes, head.toLowerCase(), headEnd + 4);
  return taken === undefined ? undefined : { method, url, ...taken };
}

function takeBody(bytes: Buffer, head: string, start: number): { body: string; end: number } | undefined {
  const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length < end ? undefined : { body: bytes.toString('utf8', start, end), end };
  }
  if (!head.includes('\r\ntransfer-encoding: chunked')) return { body: '', end: start };
  let body = '';
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return undefined;
    if (size === 0) return { body, end: next };
    body += bytes.toString('utf8', line + 2, line + 2 + size);
    at = next;
  }
}
