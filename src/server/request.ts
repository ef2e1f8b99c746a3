import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { RefusalError } from '../auth/refusal.ts';
import type { RequestHeaders } from '../platform/request-headers.ts';

/** Reads a request's headers where they are, with every value of a name that was sent more than once. */
export function toHeaders({ headersDistinct }: IncomingMessage): RequestHeaders {
  return {
    get: (name) => headersDistinct[name]?.join(', ') ?? null,
    has: (name) => headersDistinct[name] !== undefined,
  };
}

/**
 * The Host header; undefined when there is none. Node takes the first of several, and a proxy in front may take the last.
 *
 * @throws RefusalError BAD_REQUEST for several. @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function readHost(request: IncomingMessage): string | undefined {
  const hosts = request.headersDistinct['host'] ?? [];
  if (hosts.length > 1) throw new RefusalError({ status: 400, code: 'BAD_REQUEST', message: 'A request has one Host header.' });
  return hosts[0];
}

/** The caller's own request id, if it is plain enough for a line of a log; else a new one. */
export function readRequestId(headers: RequestHeaders): string {
  const given = headers.get('x-request-id') ?? '';
  return /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Behind a proxy that is trusted, the address that the proxy saw; else the one that connected. Whatever else stands in X-Forwarded-For is the caller's own word. */
export function clientAddress(request: IncomingMessage, trustsProxy: boolean): string {
  const forwarded = trustsProxy ? request.headersDistinct['x-forwarded-for']?.join(',') : undefined;
  return forwarded?.split(',').at(-1)?.trim() || request.socket.remoteAddress || '';
}

/** Without the query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}
