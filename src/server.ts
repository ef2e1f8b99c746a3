import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpGateway, type GatewayOptions } from './http-gateway.ts';

const DRAIN_MS = 500;
const SWEEP_MS = 50;
/** How long a client may take to send one request. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface ServerOptions extends GatewayOptions {
  /** Between `/ready` turning 503 and the end of listening, so that a load balancer can look away first; 500 when left out. */
  readonly drainMs?: number;
}

/** The gateway, listening. */
export interface RunningGateway {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Turns `/ready` to 503, answers the requests in flight, and stops listening. */
  close(): Promise<void>;
}

/** Starts the HTTP server: `/graphql`, `/health`, `/ready` and `/metrics`. The last three call no CRM. */
export async function startGateway(options: ServerOptions): Promise<RunningGateway> {
  const gateway = new HttpGateway(options);
  const { host, port } = options.settings;
  const server = createServer((request, response) => void gateway.handle(request, response));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server.address() as AddressInfo), close: () => closeGently(server, gateway, options.drainMs ?? DRAIN_MS) };
}

async function closeGently(server: Server, gateway: HttpGateway, drainMs: number): Promise<void> {
  gateway.stopAccepting();
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A connection whose answer goes out only now is kept by its client, and idle from then on.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await closed;
  clearInterval(sweep);
  await gateway.settle();
}

/** One that works on this machine, also when the server listens on all its addresses. */
function urlOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/graphql`;
}
