import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import { HttpGateway, type GatewayOptions } from './http-gateway.ts';
import { PatientServer } from './patient-server.ts';
import { UntakenAnswers } from './untaken-answers.ts';

const DRAIN_MS = 500;
/** How long a connection that is open when listening ends may take to bring the request that it was opened for. */
const LATE_REQUEST_MS = 1_000;
/** What one client may keep of the gateway; see docs/security.md. */
export interface ClientLimits {
  /** How long a client may take to send the head of a request, counted from the connection or the end of the request before. */
  readonly headersMs: number;
  /** The same for the whole request. */
  readonly requestMs: number;
  /** How often these two are looked after: a client that is too slow is gone so much later at the most. */
  readonly checkMs: number;
  /**
   * How long a connection without a request is kept: longer than load balancers keep theirs (60 s as a rule), or they would send a request on one that
   * is just being closed.
   */
  readonly keepAliveMs: number;
  /** How long a client may take to take an answer that is written. */
  readonly answerMs: number;
  /** How many bytes of written answers may wait for their clients, all together. */
  readonly untakenBytes: number;
}
export const CLIENT_LIMITS: ClientLimits = {
  headersMs: 15_000,
  requestMs: 30_000,
  checkMs: 1_000,
  keepAliveMs: 65_000,
  answerMs: 30_000,
  untakenBytes: 64 * 1024 * 1024,
};
/** For a whole request from the end of listening on, when Node no longer looks after it. */
const LAST_REQUEST_TIMEOUT_MS = 3_000;
/**
 * Beside a request and a write: the drain, late requests, clients that read slowly, and either the read after a write that was not answered
 * (5 s at most) or the refresh of a source's tokens (30 s), without which its grant would be lost.
 */
const CLOSING_MARGIN_MS = 40_000;

/** How the gateway is served, beside what it answers from. */
export interface ServerOptions extends GatewayOptions {
  /** Between `/ready` turning 503 and the end of listening, so that a load balancer can look away first; 500 when left out. */
  readonly drainMs?: number;
  /** CLIENT_LIMITS where left out. */
  readonly clientLimits?: Partial<ClientLimits>;
}

/** The gateway cannot listen where PORT and HOST say. The message is for whoever set them. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** The gateway, listening. */
export interface RunningGateway {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Turns `/ready` to 503, stops listening, and answers what has been asked; clients that never ask anything are not waited for. */
  close(): Promise<void>;
}

/**
 * Starts the HTTP server: `/graphql`, `/health`, `/ready` and `/metrics`. The last three call no CRM.
 *
 * @throws ListenError
 */
export async function startGateway(options: ServerOptions): Promise<RunningGateway> {
  const gateway = new HttpGateway(options);
  const { host, port } = options.settings;
  const limits = { ...CLIENT_LIMITS, ...options.clientLimits };
  const untaken = new UntakenAnswers(limits.answerMs, limits.untakenBytes, options.log);
  const server = new PatientServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: limits.keepAliveMs,
    },
    (request, response) => void gateway.handle(request, response).then(() => untaken.watch(response)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, port)));
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    close: () => closeGently(server, gateway, options.drainMs ?? DRAIN_MS),
  };
}

/** How long `close` may go on, in milliseconds: what is not over by then is not going to be. */
export function closingMsMax({ requestTimeoutMs, writeTimeoutMs }: Settings): number {
  return requestTimeoutMs + writeTimeoutMs + CLOSING_MARGIN_MS;
}

async function closeGently(server: PatientServer, gateway: HttpGateway, drainMs: number): Promise<void> {
  gateway.stopAccepting();
  server.announceClose();
  await sleep(drainMs);
  await takeArrivals(server);
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Connections that never brought anything, or half a request, are spared for a moment: it may be about to come.
  await Promise.race([closed, sleep(LATE_REQUEST_MS, undefined, { ref: false })]);
  const dropping = setInterval(() => server.dropUnfinishedRequests(), LAST_REQUEST_TIMEOUT_MS);
  await server.settle();
  clearInterval(dropping);
  server.endConnections();
  await closed;
  await gateway.settle();
}

/**
 * Takes the connections that have been made by now, and what has arrived on them: the end of listening resets those that have not been taken, and
 * a connection with a request in it is not idle. One connection is taken in a turn of the event loop.
 */
async function takeArrivals(server: PatientServer): Promise<void> {
  let taken = 0;
  const count = () => {
    taken += 1;
  };
  server.on('connection', count);
  const giveUpAt = performance.now() + LATE_REQUEST_MS;
  for (let before = -1; taken !== before && performance.now() < giveUpAt;) {
    before = taken;
    await nextTurn();
  }
  server.off('connection', count);
}

function toListenError(cause: NodeJS.ErrnoException, port: number): Error {
  const fault = LISTEN_FAULTS[cause.code ?? ''];
  return fault === undefined ? cause : new ListenError(`The gateway cannot listen on PORT ${port}: ${fault}.`, { cause });
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does; stop that one, or set PORT to another port (0 takes a free one)',
  EADDRNOTAVAIL: 'HOST is no address of this machine',
  ENOTFOUND: 'HOST is no name that is known here',
  EACCES: 'this user may not, on this HOST; take a port above 1023',
};

/** One that works on this machine, also when the server listens on all its addresses. */
function urlOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}/graphql`;
}
