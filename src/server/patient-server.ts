import { Server, type IncomingMessage, type RequestListener, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client whose connection is ended may take to close it too: one that was between two requests. */
const IDLE_LINGER_MS = 1_000;
/** The same for one that may still be taking an answer out of the system's buffers. */
const ANSWERED_LINGER_MS = 5_000;

/**
 * An HTTP server that closes connections without losing the end of an answer.
 *
 * Node counts an answer as over when it is written, and destroys its connection then: what is still in this process is lost, and if the client
 * sends anything meanwhile, what is in the system's buffers is lost too (a reset). Here a connection is ended like nginx does it: the end is sent
 * behind the answer, and input is read and discarded until the client closes its side or its time is up.
 */
export class PatientServer extends Server {
  readonly #connections = new Set<Socket>();
  /** The answers that are owed, those included that are written and not yet handed over whole. */
  readonly #owed = new Map<ServerResponse, IncomingMessage>();
  #isClosing = false;

  constructor(options: ServerOptions, listener: RequestListener) {
    super(options);
    this.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
      if (this.#isClosing) this.#endWithoutLoss(socket);
    });
    this.on('request', (request, response) => {
      // Its answer could not be sent any more.
      if (request.socket.writableEnded) return void request.resume();
      this.#owed.set(response, request);
      // Also when the client goes away before the end.
      response.once('close', () => this.#forget(response));
      listener(request, response);
    });
  }

  /** From now on clients are asked to send no other request on their connections; too late for answers that have begun. */
  announceClose(): void {
    this.#isClosing = true;
    for (const response of this.#owed.keys()) if (!response.headersSent) response.setHeader('connection', 'close');
    for (const socket of this.#connections) this.#endWithoutLoss(socket);
  }

  /** Ends the connections that are between two requests. `close` begins with this. */
  override closeIdleConnections(): void {
    for (const socket of this.#idleConnections()) this.#end(socket, socket.writableLength > 0 ? ANSWERED_LINGER_MS : IDLE_LINGER_MS);
  }

  /** Destroys the connections of clients that have not sent all of what they ask, and are not being answered. */
  dropUnfinishedRequests(): void {
    for (const [response, request] of this.#owed) if (!request.complete && !response.headersSent) request.destroy();
  }

  /** Waits until no answer is owed any more, or its client is gone. */
  async settle(): Promise<void> {
    while (this.#owed.size > 0) {
      await Promise.all([...this.#owed.keys()].map((response) => new Promise((resolve) => response.once('close', resolve))));
    }
  }

  /** Ends all connections that are left; those that nothing was ever sent on are destroyed. */
  endConnections(): void {
    for (const socket of this.#connections) {
      if (socket.bytesWritten > 0) this.#end(socket, ANSWERED_LINGER_MS);
      else socket.destroy();
    }
  }

  #forget(response: ServerResponse): void {
    this.#owed.delete(response);
    if (!this.listening) this.closeIdleConnections();
  }

  /** Node ends a connection with this after an answer that says `connection: close`; its own destroys as soon as the answer is written. */
  #endWithoutLoss(socket: Socket): void {
    socket.destroySoon = () => this.#end(socket, ANSWERED_LINGER_MS);
  }

  #end(socket: Socket, lingerMs: number): void {
    if (socket.writableEnded) return;
    socket.end(() => {
      if (socket.destroyed) return;
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => clearTimeout(timer));
    });
  }

  /** Node alone knows on which connections half a request has come, and only destroys the others: it is asked with connections that note it. */
  #idleConnections(): readonly Socket[] {
    const idle: Socket[] = [];
    for (const socket of this.#connections) socket.destroy = () => (idle.push(socket), socket);
    super.closeIdleConnections();
    for (const socket of this.#connections) Reflect.deleteProperty(socket, 'destroy');
    return idle.filter((socket) => !this.#owesMore(socket));
  }

  /** Whether an answer is still to be written on a connection: one being made, or one that waits for the answer before it. */
  #owesMore(socket: Socket): boolean {
    const responses = [...this.#owed].filter(([, request]) => request.socket === socket).map(([response]) => response);
    return responses.length > 1 || responses.some((response) => !response.writableEnded);
  }
}
