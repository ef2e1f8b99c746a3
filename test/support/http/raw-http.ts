import { request, type IncomingHttpHeaders } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as they are; fetch would not let a caller choose Host, Origin or Sec-Fetch-Site. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sends the body in chunks, without its length. */
  readonly isChunked?: boolean;
}

/** Sends exactly what it is told to: one request on a connection of its own. */
export function sendRaw(url: string, { method = 'GET', headers = {}, body, isChunked = false }: RawRequest = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined || isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(url, { method, agent: false, headers: { ...length, ...headers } }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString('utf8') }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    if (body !== undefined) outgoing.write(body);
    outgoing.end();
  });
}

/** The code of the first error of an answer; undefined when it has none. */
export function codeOf({ text }: RawAnswer): string | undefined {
  const answer = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
  return answer.errors?.[0]?.extensions?.code;
}
