import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** The answers that a server still owes its clients, so that it can be closed without cutting one off. */
export class AnswersUnderWay {
  readonly #requests = new Map<ServerResponse, IncomingMessage>();

  constructor(server: Server) {
    server.on('request', (request, response) => {
      this.#requests.set(response, request);
      // Also when the client goes away before the end.
      response.once('close', () => this.#requests.delete(response));
    });
  }

  /** Tells the clients not to send another request on these connections; too late for answers that are on their way. */
  announceClose(): void {
    for (const response of this.#requests.keys()) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  /** Breaks off the connections of those clients that have not sent all of what they ask. */
  dropUnfinishedRequests(): void {
    for (const request of this.#requests.values()) if (!request.complete) request.destroy();
  }

  /** Waits until the last one is handed over whole, those included that are asked for meanwhile, or its client is gone. */
  async settle(): Promise<void> {
    while (this.#requests.size > 0) {
      await Promise.all([...this.#requests.keys()].map((response) => new Promise((resolve) => response.once('close', resolve))));
    }
  }
}
