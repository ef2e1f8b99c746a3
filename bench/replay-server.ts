import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands before a sandbox CRM: passes each different request on once and answers its repeats from memory, so that what is measured
 * is the gateway and not the sandbox.
 */
export async function startReplayServer(target: string): Promise<{ url: string }> {
  const origin = new URL(target).origin;
  const answers = new Map<string, { status: number; type: string; body: Buffer }>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const rpcId = request.method === 'POST' ? /"id":("[^"]*"|\d+)/.exec(text)?.[0] : undefined;
    const key = `${request.method} ${request.url} ${rpcId === undefined ? text : text.replace(rpcId, '')}`;
    let answer = answers.get(key);
    if (answer === undefined) {
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': request.headers['content-type'] ?? '' };
      const upstream = await fetch(origin + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers,
        ...(text !== '' && { body: text }),
      });
      const type = upstream.headers.get('content-type') ?? 'application/json';
      answers.set(key, (answer = { status: upstream.status, type, body: Buffer.from(await upstream.arrayBuffer()) }));
    }
    const body = rpcId === undefined ? answer.body : Buffer.from(answer.body.toString().replace(/"id":("[^"]*"|\d+)/, rpcId));
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(target).pathname.replace(/\/$/, '')}`;
  return { url };
}
