/**
 * The CRMs of bench/identity.ts, in a thread of their own: the sandbox's, each behind a listener that keeps the replies to reads and gives them
 * after the time that a call over the internet takes. A CRM is another machine, so what an imitation of it computes is to delay nobody.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { PopulationOptions } from '../src/sandbox/population.ts';
import { startSandbox } from '../src/sandbox/sandbox.ts';

const CALL_MS = 60;
/** The id of a JSON-RPC request, which is another one each time; null in a reply is taken for any. */
const RPC_ID = /"id":"[0-9a-f-]{36}"/;

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const sandbox = await startSandbox({
  population: workerData as PopulationOptions,
  callgear: { quotas: { minute: 100_000, day: 10_000_000 } },
});
const environment = { ...sandbox.environment };
for (const name of ['ONLYOFFICE_URL', 'KOMMO_URL', 'CALLGEAR_URL'] as const) environment[name] = await keepReplies(environment[name]);
parentPort?.postMessage(environment);

/** @returns The address that answers as `origin` does. */
async function keepReplies(origin: string): Promise<string> {
  const { pathname } = new URL(origin);
  const kept = new Map<string, Promise<Reply>>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const key = `${request.method} ${request.url} ${body.replace(RPC_ID, '')}`;
      const sent = kept.get(key) ?? forward(new URL(request.url ?? '/', origin), request, body);
      kept.set(key, sent);
      const [reply] = await Promise.all([sent, sleep(CALL_MS)]);
      response.writeHead(reply.status, reply.headers).end(reply.body);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname === '/' ? '' : pathname}`;
}

async function forward(url: URL, { method, headers }: IncomingMessage, body: string): Promise<Reply> {
  const answer = await fetch(url, { method: method ?? 'GET', headers: passedOn(headers), ...(body !== '' && { body }) });
  const replied = (await answer.text()).replace(RPC_ID, '"id":null');
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'application/json' },
    body: Buffer.from(replied),
  };
}

function passedOn({ authorization, accept, 'content-type': contentType }: IncomingHttpHeaders): Record<string, string> {
  return {
    ...(authorization !== undefined && { authorization }),
    ...(accept !== undefined && { accept }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
}
